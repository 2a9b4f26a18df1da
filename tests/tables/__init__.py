"""Rows as tables."""
