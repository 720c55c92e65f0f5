"""Surveys: waves brought in and compared, open answers coded and counted."""
