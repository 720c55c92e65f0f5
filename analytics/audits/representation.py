"""Who is reached: the make-up of each persona against everybody it could have been made from.

A page shows this, so it does without SciPy, which would cost every web process 100 MiB: the exact test
needs only logarithms.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from analytics.inference import ALPHA, LEVEL, NO_DIFFERENCE, TOO_FEW, NoDifference, TooFew, holm, wilson

AGE_BANDS: tuple[tuple[int, str], ...] = (
    (18, "under 18"),
    (25, "18-24"),
    (35, "25-34"),
    (45, "35-44"),
    (55, "45-54"),
    (65, "55-64"),
    (200, "65 and over"),
)
"""The first age above each band, and the band's name."""

Verdict = Literal["more", "fewer"] | NoDifference | TooFew


class AuditError(ValueError):
    """An audit cannot be made from this, and why."""


@dataclass(frozen=True)
class Representation:
    """One level of one attribute in one persona, against everybody.

    ``n`` counts the persona's people whose attribute is known, ``hits`` those of this level; ``share``
    (0 to 1) has Wilson's interval. ``p_holm`` is corrected over every line that was tested. Where there
    are too few to tell, every number but ``n`` and ``base_n`` is NaN and ``hits`` is 0.
    """

    group: str
    attribute: str
    level: str
    n: int
    hits: int
    share: float
    low: float
    high: float
    base_n: int
    base_share: float
    p: float
    p_holm: float
    verdict: Verdict


def age_band(age: float | None) -> str | None:
    """Return the band of an age in years; None where it is unknown or impossible."""
    if age is None or not 0 <= age < AGE_BANDS[-1][0]:
        return None
    return next(name for below, name in AGE_BANDS if age < below)


def hypergeometric_p(hits: int, n: int, base_hits: int, base_n: int) -> float:
    """Return the two-sided exact p-value that ``n`` of ``base_n`` people drawn blindly hold so many hits.

    It adds the probabilities of every outcome that is no likelier than the one seen, which makes it
    Fisher's (1935) exact test of the group against the others.

    Raises
    ------
    AuditError
        When the group does not fit into the base.
    """
    low, high = max(0, n - (base_n - base_hits)), min(n, base_hits)
    if not (0 <= n <= base_n and 0 <= base_hits <= base_n and low <= hits <= high):
        raise AuditError(f"{hits} of {n} people cannot be part of {base_hits} of {base_n}.")
    x = np.arange(low, high, dtype=float)
    steps = np.log((base_hits - x) * (n - x)) - np.log((x + 1) * (base_n - base_hits - n + x + 1))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    # Two outcomes that are equally likely may differ in the last digits.
    return float(min(1.0, chances[chances <= chances[hits - low] * (1 + 1e-7)].sum()))


def representation(
    people: pd.DataFrame, groups: Mapping[str, Collection[str]], *, fewest: int, confidence: float = LEVEL
) -> tuple[Representation, ...]:
    """Compare who is in each group with who is in the base.

    Parameters
    ----------
    people : DataFrame, shape (people, attributes)
        The base, one row a person; levels as text, unknown as None or NaN.
    groups
        The members of each group; those outside the base are not counted.
    fewest
        A level that fewer people of the base hold, and a group of which fewer people are known, is
        too few to tell: it could point at somebody, and no test could say anything.

    Raises
    ------
    AuditError
        When a person stands in the base twice.
    """
    if not people.index.is_unique:
        raise AuditError("Each person may stand in the base only once.")
    found = [
        _line(name, str(attribute), str(level), values[values.index.isin(members)], values, fewest, confidence)
        for attribute in people.columns
        for values in [people[attribute].dropna().astype(str)]
        for level in sorted(values.unique(), key=_place)
        for name, members in ((n, list(m)) for n, m in groups.items())
    ]
    tested = [i for i, line in enumerate(found) if line.verdict != TOO_FEW]
    for i, p_holm in zip(tested, holm([found[i].p for i in tested]).tolist(), strict=True):
        found[i] = _judged(found[i], p_holm)
    return tuple(found)


def _place(level: str) -> tuple[int, str]:
    """Order bands by age and everything else by name."""
    names = [name for _, name in AGE_BANDS]
    return (names.index(level) if level in names else len(names), level)


def _line(
    group: str, attribute: str, level: str, inside: pd.Series, base: pd.Series, fewest: int, confidence: float
) -> Representation:
    n, hits, base_hits = len(inside), int((inside == level).sum()), int((base == level).sum())
    if n < fewest or base_hits < fewest:
        nothing = math.nan
        return Representation(
            group,
            attribute,
            level,
            n,
            0,
            nothing,
            nothing,
            nothing,
            len(base),
            nothing,
            nothing,
            nothing,
            TOO_FEW,
        )
    share = wilson(hits, n, confidence)
    p = hypergeometric_p(hits, n, base_hits, len(base))
    base_share = base_hits / len(base)
    return Representation(
        group,
        attribute,
        level,
        n,
        hits,
        share.value,
        share.low,
        share.high,
        len(base),
        base_share,
        p,
        p,
        NO_DIFFERENCE,
    )


def _judged(line: Representation, p_holm: float) -> Representation:
    if p_holm >= ALPHA:
        return replace(line, p_holm=p_holm)
    return replace(line, p_holm=p_holm, verdict="more" if line.share > line.base_share else "fewer")
