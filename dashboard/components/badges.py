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
    for what, a, b, c, d in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        gone, come = html.escape("".join(old[a:b])), html.escape("".join(new[c:d]))
        if what == "equal":
            pieces.append(gone)
            continue
        pieces += [f"<del>{gone}</del>"] if gone else []
        pieces += [f"<ins>{come}</ins>"] if come else []
    return f'<div class="dp-diff">{"".join(pieces)}</div>'


def word_diff(before: str, after: str) -> None:
    """Show what changed from one text to another."""
    st.html(diff_html(before, after))
