"""Who is responsible: classify, locate, look up the dispatch catalogue, guard, decide."""
