"""``intake catalogue``: checking, comparing and changing the dispatch catalogue."""
