"""Amounts of money in a text, as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.content import PostContent
from engine.fidelity.places import Place, matches

_NUMBER = r"\d{1,3}(?:[,.\s]\d{3})*(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_MONEY = re.compile(
    rf"(?:(?:US|C|A)?[$€£¥]|\b(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN)\s?)\s?(?P<after>{_NUMBER})"
    rf"|(?<![\w.,])(?P<before>{_NUMBER})\s?(?:€|£|\$|(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|euros?|dollars?|pounds?|kr|zł)\b)",
    re.IGNORECASE,
)


def amounts(content: PostContent) -> Iterator[tuple[Place, re.Match[str], float]]:
    """Yield every amount of money in a post with its value."""
    for place, match in matches(_MONEY, content):
        yield place, match, _value(match["after"] or match["before"])


def _value(text: str) -> float:
    """Read 1,299.00 and 1.299,00 and 12,5 alike: the last mark with one or two digits after it is decimal."""
    plain = re.sub(r"\s", "", text)
    decimal = re.search(r"[.,](\d{1,2})$", plain)
    whole = re.sub(r"[.,]", "", plain[: decimal.start()] if decimal else plain)
    return float(f"{whole}.{decimal[1]}" if decimal else whole)


def same_amount(one: float, other: float) -> bool:
    """Say whether two prices are the same to the cent."""
    return abs(one - other) < 0.005
