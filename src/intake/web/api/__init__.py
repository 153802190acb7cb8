"""The HTTP interface (``/v1``) for downstream systems."""
