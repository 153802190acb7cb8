"""The desk's pages, one module per group of addresses."""
