"""Tables that leave the app: safe to open in a spreadsheet.

A cell that begins with ``= + - @`` or a tab or return is run as a formula by spreadsheets (OWASP, "CSV
injection"), in some of them also behind blanks; such text gets an apostrophe in front. Numbers stay numbers.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

# What does not show, some programs drop before they look: blanks, control and format characters, fillers and selectors.
_UNSEEN = r"\s\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
_UNSEEN += r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
# Each sign with the forms that Unicode's NFKC makes the same.
_SIGNS = r"=+\-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋"
DANGEROUS = re.compile(rf"[{_UNSEEN}]*[{_SIGNS}]|[\t\r\n]")


def safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and DANGEROUS.match(value):
        return "'" + value
    return value


def safe_csv(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV in UTF-8 with a byte-order mark, which spreadsheets read right."""
    safe = frame.rename(columns=safe_cell).map(safe_cell)
    return safe.to_csv(index=False).encode("utf-8-sig")
