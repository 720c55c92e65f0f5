"""The box that asks in which encoding a file is written, with a piece of its text for each it may be."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from dashboard.components import as_text

ENCODINGS = (
    *("utf-8", "utf-16", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874"),
    *("koi8_r", "koi8_u", "cp866", "mac_roman", "mac_cyrillic", "iso8859_2", "iso8859_7", "cp850"),
    *("gb18030", "big5", "cp932", "euc_jp", "euc_kr"),
)
UNTOLD = "The file's letters do not tell in which encoding it is written. Choose it above."


def encoding_box(choices: Iterable[tuple[str, str]], *, key: str, label: str = "Encoding of the text") -> str | None:
    """Ask for a file's encoding; ``choices`` are those that nothing tells apart, each with a piece of the text."""
    likely = {name: f"{name}: {piece}" for name, piece in choices}
    return st.selectbox(
        as_text(label),
        list(dict.fromkeys([*likely, *ENCODINGS])),
        index=None,
        placeholder="Found by itself" if not likely else "Nothing tells: choose the one that reads rightly",
        format_func=lambda one: likely.get(one, one),
        help="For old exports without UTF-8, where letters look wrong in the first rows below.",
        key=key,
    )
