"""Audits: consent, privacy and what the checks found; and erasing one person."""
