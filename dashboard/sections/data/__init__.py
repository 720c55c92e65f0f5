"""Data page: bring files in, see what came of them, keep products."""
