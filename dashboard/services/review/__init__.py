"""Review: a human decides, and what was approved leaves."""
