"""Numbers, dates and names as people read them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from analytics.inference import CANNOT_TELL


def _plain(value: float, digits: int) -> str:
    text = f"{value:,.{digits}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) != 0 else text.lstrip("-")


def with_interval(
    value: float | None, low: float | None, high: float | None, *, unit: str = "%", digits: int = 1
) -> str:
    """Return an estimate with its interval: ``18.2% [11.4, 25.3]``, or "cannot tell".

    Parameters
    ----------
    value, low, high
        In the unit as shown: 18.2 for 18.2%, not 0.182.
    """
    if any(v is None or not math.isfinite(v) for v in (value, low, high)):
        return CANNOT_TELL
    parts = [_plain(float(v), digits) for v in (value, low, high) if v is not None]
    return f"{parts[0]}{unit} [{parts[1]}, {parts[2]}]"


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share (0 to 1) as a percentage."""
    return CANNOT_TELL if share is None or not math.isfinite(share) else f"{_plain(share * 100, digits)}%"


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: ``1 row``, ``2,000 rows``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def told_apart(names: Mapping[int, str]) -> dict[int, str]:
    """Return names by number, each that several bear with its number: choices alike cannot be chosen between."""
    bearers = Counter(names.values())
    return {number: name if bearers[name] == 1 else f"{name} ({number})" for number, name in names.items()}


def when(moment: datetime, now: datetime | None = None) -> str:
    """Return how long ago something was, or its date after a week."""
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 60:
        return "just now"
    for size, name in ((60, "minute"), (3600, "hour"), (86_400, "day")):
        if seconds < size * {"minute": 60, "hour": 24, "day": 8}[name]:
            return f"{count(int(seconds // size), name)} ago"
    return f"{moment:%-d %B %Y}"
