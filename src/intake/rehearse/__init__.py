"""Trying a text, or past requests under other tables, without storing anything."""
