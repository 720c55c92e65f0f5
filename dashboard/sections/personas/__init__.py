"""Personas page: build, read, compare, put together by hand."""
