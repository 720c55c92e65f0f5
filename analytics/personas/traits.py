"""Traits: how the people of a group differ from all others, with intervals and corrected p-values."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from analytics.inference import ALPHA, LEVEL, TOO_FEW, holm, newcombe
from analytics.kept import Trait, TraitKind

YES = ("1", "true", "yes")
NO = ("0", "false", "no")


def readable(name: str) -> str:
    """Return a column's name as words: ``MntWines`` becomes ``Mnt wines``."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("_", " ")).strip()
    return words[:1].upper() + words[1:].lower() if words else name


def traits_of(attributes: pd.DataFrame, inside: pd.Series, fewest: int, confidence: float = LEVEL) -> list[Trait]:
    """Return one trait a number and one a level, uncorrected.

    Parameters
    ----------
    attributes : DataFrame, shape (people, attributes)
        Floats or text.
    inside : Series of bool
        Who belongs to the group, on the same index.

    Notes
    -----
    Numbers: difference of means, Welch's t interval. Levels: difference of shares, Newcombe's hybrid
    score interval (1998, method 10) and Fisher's exact test.
    """
    found = []
    for name in attributes.columns:
        values = attributes[name]
        given = values.notna()
        if pd.api.types.is_float_dtype(values.dtype):
            found.append(_number(name, values[given & inside], values[given & ~inside], fewest, confidence))
            continue
        levels = values[given].value_counts().index
        for level in _telling(sorted(map(str, levels))):
            if level != "other":
                found.append(_level(name, level, values[given & inside], values[given & ~inside], fewest, confidence))
    return found


def _telling(levels: list[str]) -> list[str]:
    """Return the levels to test: of two that are each other's opposite, the "yes" or the first."""
    if len(levels) != 2:
        return levels
    return [next((level for level in levels if level.lower() in YES), levels[0])]


def _number(name: str, group: pd.Series, others: pd.Series, fewest: int, confidence: float) -> Trait:
    label = readable(name)
    n, m = len(group), len(others)
    if min(n, m) < fewest:
        return _too_few(name, label, "number", n, m)
    spread = (float(group.var(ddof=1)) / n, float(others.var(ddof=1)) / m)
    error = np.sqrt(sum(spread))
    if not error > 0:
        return _too_few(name, label, "number", n, m)
    # Welch (1947), with Satterthwaite's degrees of freedom; a group may be constant.
    freedom = sum(spread) ** 2 / (spread[0] ** 2 / (n - 1) + spread[1] ** 2 / (m - 1))
    difference = float(group.mean() - others.mean())
    half = float(stats.t.ppf((1 + confidence) / 2, freedom) * error)
    return Trait(
        field=name,
        label=label,
        kind="number",
        group=float(group.mean()),
        others=float(others.mean()),
        difference=difference,
        low=difference - half,
        high=difference + half,
        p=float(2 * stats.t.sf(abs(difference) / error, freedom)),
        p_holm=1.0,
        n_group=n,
        n_others=m,
        verdict="same",
        sentence="",
        method="difference of means, Welch's t",
    )


def _level(name: str, level: str, group: pd.Series, others: pd.Series, fewest: int, confidence: float) -> Trait:
    label = _level_label(name, level)
    n, m = len(group), len(others)
    if min(n, m) < fewest:
        return _too_few(name, label, "share", n, m)
    a, b = int((group.astype(str) == level).sum()), int((others.astype(str) == level).sum())
    found = newcombe(b, m, a, n, confidence)
    p = stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue
    return Trait(
        field=f"{name}={level}",
        label=label,
        kind="share",
        group=a / n,
        others=b / m,
        difference=found.value,
        low=found.low,
        high=found.high,
        p=float(p),
        p_holm=1.0,
        n_group=n,
        n_others=m,
        verdict="same",
        sentence="",
        method="difference of shares, Newcombe; Fisher's exact test",
    )


def _level_label(name: str, level: str) -> str:
    if level.lower() in YES:
        return f"{readable(name)}: yes"
    if level.lower() in NO:
        return f"{readable(name)}: no"
    return f"{readable(name)}: {level}"


def _too_few(name: str, label: str, kind: TraitKind, n: int, m: int) -> Trait:
    nan = float("nan")
    return Trait(
        name,
        label,
        kind,
        nan,
        nan,
        nan,
        nan,
        nan,
        nan,
        1.0,
        n,
        m,
        TOO_FEW,
        f"{label}: too few people to tell ({n}).",
        "none",
    )


def corrected(groups: list[list[Trait]]) -> list[list[Trait]]:
    """Correct all traits of all groups together (Holm 1979) and put each into a sentence."""
    tested = [t for traits in groups for t in traits if t.verdict != TOO_FEW]
    if not tested:
        return groups
    adjusted = iter(holm([t.p for t in tested]).tolist())
    return [[t if t.verdict == TOO_FEW else _judged(t, next(adjusted)) for t in traits] for traits in groups]


def _judged(trait: Trait, p_holm: float) -> Trait:
    verdict = "same" if p_holm >= ALPHA else "higher" if trait.difference > 0 else "lower"
    if trait.kind == "share":
        numbers = f"{trait.group:.0%} against {trait.others:.0%} of the others"
        words = {"higher": "more often", "lower": "less often", "same": "no clear difference"}
        sentence = f"{trait.label}, {words[verdict]}: {numbers}."
    else:
        numbers = f"{_amount(trait.group)} against {_amount(trait.others)} on average"
        words = {"higher": "is higher", "lower": "is lower", "same": "shows no clear difference"}
        sentence = f"{trait.label} {words[verdict]}: {numbers}."
    return replace(trait, p_holm=p_holm, verdict=verdict, sentence=sentence)  # type: ignore[arg-type]


def _amount(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2g}"


def strength(trait: Trait) -> float:
    """Return how far from zero a difference is for sure, in units of its interval: to rank traits."""
    if trait.verdict not in ("higher", "lower"):
        return 0.0
    half = (trait.high - trait.low) / 2
    return abs(trait.difference) / half if half > 0 else 0.0
