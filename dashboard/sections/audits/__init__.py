"""Audits page: consent, checks, ledger, and erasing one person."""
