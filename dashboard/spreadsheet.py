"""Tables that leave the app: safe to open in a spreadsheet.

A cell that begins with ``= + - @`` or a tab or return is run as a formula by spreadsheets (OWASP, "CSV
injection"), in some of them also behind blanks; such text gets an apostrophe in front. Numbers stay numbers.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

# Blanks, control and zero-width characters do not show, and some programs drop them before they look.
DANGEROUS = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")


def safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and DANGEROUS.match(value):
        return "'" + value
    return value


def safe_csv(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV in UTF-8 with a byte-order mark, which spreadsheets read right."""
    safe = frame.rename(columns=safe_cell).map(safe_cell)
    return safe.to_csv(index=False).encode("utf-8-sig")
