"""Errors in a sentence that people can act on."""

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
