"""Watching over the product: health, counters, matters that grow."""
