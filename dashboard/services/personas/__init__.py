"""Personas: built, put together by hand, compared."""
