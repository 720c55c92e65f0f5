"""The demo: an invented shop for an empty workspace."""
