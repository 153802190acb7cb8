"""The process loop: from landed items to committed requests and decisions, in batches."""
