"""Immutable values that pass from stage to stage and are stored."""
