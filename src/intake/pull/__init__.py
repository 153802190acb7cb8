"""The pull loop: a page of items and its cursor are committed together."""
