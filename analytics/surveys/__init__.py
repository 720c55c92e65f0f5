"""Surveys: before/after perceptions and themes that can be defended."""
