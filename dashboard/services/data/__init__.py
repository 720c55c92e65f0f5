"""Data: files become imports, products get facts and pictures."""
