"""Multi-channel intake of citizens' requests: pull, land, clean, relate, route, publish."""

__version__ = "0.1.0"
