"""Pulling sources: a page of items and its cursor commit together."""
