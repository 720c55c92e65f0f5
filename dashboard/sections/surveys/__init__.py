"""Surveys page: results, open answers, a new survey, the planner."""
