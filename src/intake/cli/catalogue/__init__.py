"""What ``intake catalogue`` does: looking after the dispatch catalogue."""
