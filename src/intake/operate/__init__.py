"""Health checks, counters of sources, hot matters."""
