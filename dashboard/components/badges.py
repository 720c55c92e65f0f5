"""Verdicts as icon and word, and what changed between two texts, word by word."""

from __future__ import annotations

import difflib
import html
import re

import streamlit as st

VERDICTS = {
    "pass": ("✓", "Pass", "dp-good"),
    "needs_human": ("◐", "Needs a human", "dp-care"),
    "block": ("✕", "Blocked", "dp-bad"),
}


def verdict_badge(verdict: str) -> str:
    """Return a verdict as HTML: icon and word, so that colour is never the only sign."""
    icon, word, style = VERDICTS.get(verdict, ("·", verdict, "dp-quiet"))
    return f'<span class="dp-badge {style}"><span aria-hidden="true">{icon}</span> {html.escape(word)}</span>'


def diff_html(before: str, after: str) -> str:
    """Return the change from one text to another as escaped HTML with ``ins`` and ``del``."""
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    pieces = []
    for same, left, right in _runs(old, new):
        gone, come = html.escape(left), html.escape(right)
        if same:
            pieces.append(gone)
            continue
        pieces += [f"<del>{gone}</del>"] if gone else []
        pieces += [f"<ins>{come}</ins>"] if come else []
    return f'<div class="dp-diff">{"".join(pieces)}</div>'


def _runs(old: list[str], new: list[str]) -> list[tuple[bool, str, str]]:
    """Return (same, before, after) stretch by stretch; changed words with only a space between are one change."""
    found: list[tuple[bool, str, str]] = []
    for what, a, b, c, d in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        same, left, right = what == "equal", "".join(old[a:b]), "".join(new[c:d])
        if len(found) >= 2 and not same and not found[-2][0] and found[-1][1] == " ":
            found.pop()
            _, before, after = found.pop()
            left, right = f"{before} {left}", f"{after} {right}"
        found.append((same, left, right))
    return found


def word_diff(before: str, after: str) -> None:
    """Show what changed from one text to another."""
    st.html(diff_html(before, after))
