"""Who is responsible, by when, and why; values in, values out."""
