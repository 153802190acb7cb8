"""The way of an item from landed to committed, in batches."""
