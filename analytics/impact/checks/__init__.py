"""Diagnostics, each its own object: what could be wrong with an estimated effect."""
