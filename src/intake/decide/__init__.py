"""The decision: which unit is responsible, by when, and why. Takes values, returns values."""
