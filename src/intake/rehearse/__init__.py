"""Trying without consequences: lines of text, past requests under other tables."""
