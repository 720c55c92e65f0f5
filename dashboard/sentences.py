"""Errors and numbers as people read them, for pages and commands alike."""

from __future__ import annotations

from pydantic import ValidationError


def sentence(error: BaseException) -> str:
    """Return what an error says, without the machinery around it."""
    if not isinstance(error, ValidationError):
        return str(error)
    return " ".join(
        f"{'.'.join(str(part) for part in problem['loc']).replace('_', ' ').capitalize()}: {problem['msg']}."
        for problem in error.errors()
    )


def p_value(p: float) -> str:
    """Return a p-value as it is written: ``p < 0.001``, ``p = 0.012``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
