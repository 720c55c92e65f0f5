"""The larger parts of pages, one module each."""
