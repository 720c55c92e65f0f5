"""Alembic migrations and the triggers that keep tables append-only."""
