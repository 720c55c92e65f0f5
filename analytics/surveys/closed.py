"""Comparing closed answers: full distributions, Brunner-Munzel, top boxes, and panels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analytics.inference import LEVEL, Estimate, newcombe, wilson
from analytics.surveys.errors import SurveyError
from analytics.surveys.labels import plain_label
from analytics.surveys.model import Floats, Item
from analytics.surveys.numbered import numbered
from analytics.surveys.proportions import paired_difference
from analytics.surveys.weights import kish, mean_variance


@dataclass(frozen=True)
class Distribution:
    """How one wave answered one item: counts, (weighted) shares with Wilson intervals, from low to high."""

    labels: tuple[str, ...]
    counts: tuple[int, ...]
    shares: tuple[Estimate, ...]
    n: int
    effective_n: float
    missing: int


@dataclass(frozen=True)
class Superiority:
    """The chance that a random answer of the second group is higher than one of the first (ties half)."""

    chance: Estimate
    statistic: float
    df: float
    p: float
    note: str = ""


@dataclass(frozen=True)
class PanelChange:
    """What the same people answered twice: how many rose, fell and stayed, and Wilcoxon's test."""

    rose: int
    fell: int
    same: int
    difference: Estimate
    p: float
    method: str = "Wilcoxon signed ranks, zeros by Pratt"


def codes(values: pd.Series, item: Item) -> Floats:
    """Turn an item's answers into numbers: 1..k for a scale, 0-10 for recommend, else the number itself.

    Returns
    -------
    ndarray of shape (n,)
        Missing and "no answer" become NaN.
    """
    if item.kind == "number":
        return np.asarray(pd.to_numeric(values, errors="coerce"), dtype=float)
    if not item.labels:
        raise SurveyError(f'The answers to "{item.question}" are not a list of choices.')
    first = 0 if item.kind == "recommend" else 1
    place = {plain_label(label): i + first for i, label in enumerate(item.labels)}
    if item.family == "numbers" or item.kind == "recommend":
        by_number = {n.number: i + first for i, label in enumerate(item.labels) if (n := numbered(label))}
        read = values.map(lambda v: None if _blank(v) or (n := numbered(str(v))) is None else n.number)
        return np.asarray(read.map(by_number), dtype=float)
    plain = values.map(lambda v: None if _blank(v) else plain_label(_whole(str(v))))
    return np.asarray(plain.map(place), dtype=float)


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _whole(text: str) -> str:
    """Spreadsheets turn whole numbers into "4.0" when a column has gaps."""
    return text[:-2] if text.endswith(".0") and text[:-2].lstrip("-").isdigit() else text


def distribution(answers: Floats, item: Item, weights: Floats | None = None, level: float = LEVEL) -> Distribution:
    """Return the full distribution of one wave's answers (codes of shape (n,), NaN missing)."""
    first = 0 if item.kind == "recommend" else 1
    known = ~np.isnan(answers)
    kept = answers[known] - first
    w = np.ones(kept.size) if weights is None else weights[known]
    effective = kish(w)[1]
    counts, shares = [], []
    for place in range(len(item.labels)):
        here = kept == place
        counts.append(int(here.sum()))
        share = float(w[here].sum() / w.sum()) if kept.size else 0.0
        shares.append(wilson(min(effective, share * effective), effective, level))
    return Distribution(item.labels, tuple(counts), tuple(shares), kept.size, effective, int((~known).sum()))


def _placements(ours: Floats, theirs: Floats, weights: Floats) -> Floats:
    """Return for each of ours the weighted share of theirs that lies below (ties half)."""
    order = np.argsort(theirs, kind="stable")
    ranked, mass = theirs[order], np.concatenate([[0.0], np.cumsum(weights[order])])
    below = mass[np.searchsorted(ranked, ours, side="left")]
    upto = mass[np.searchsorted(ranked, ours, side="right")]
    return (below + upto) / (2 * mass[-1])


def brunner_munzel(
    before: Floats,
    after: Floats,
    *,
    weights: tuple[Floats, Floats] | None = None,
    design: tuple[Floats, Floats] | None = None,
    level: float = LEVEL,
) -> Superiority:
    """Compare two independent waves (Brunner and Munzel 2000) with a logit interval.

    Parameters
    ----------
    before, after
        Shape (n,) and (m,): codes, NaN missing. Only their order matters.
    weights
        One array a wave. The variance is then linearised, less what the margins explain.
    design
        Indicator columns of the weighting margins, one array a wave (``weights.design_of``).

    Returns
    -------
    Superiority
        ``chance`` is P(after > before) + P(tie) / 2; 0.5 is no change. Unweighted, statistic, df and p equal
        ``scipy.stats.brunnermunzel`` (sign turned).

    Raises
    ------
    SurveyError
        A wave has fewer than two answers.
    """
    kb, ka = ~np.isnan(before), ~np.isnan(after)
    x, y = before[kb], after[ka]
    if min(x.size, y.size) < 2:
        raise SurveyError(f"Too few answers to compare: {x.size} before, {y.size} after. Each wave needs two or more.")
    wx, wy = (np.ones(x.size), np.ones(y.size)) if weights is None else (weights[0][kb], weights[1][ka])
    dx, dy = (None, None) if design is None else (design[0][kb], design[1][ka])
    chance, var_y = mean_variance(_placements(y, x, wx), wy, dy)
    _, var_x = mean_variance(_placements(x, y, wy), wx, dx)
    df = _welch(var_x, x.size, var_y, y.size)
    method = "Brunner-Munzel, logit interval" + ("" if weights is None else ", weighted")
    n = x.size + y.size
    if var_x + var_y < 1e-15:
        return _without_spread(x, y, n, method)
    se = math.sqrt(var_x + var_y)
    statistic = (chance - 0.5) / se
    p = float(2 * stats.t.sf(abs(statistic), df))
    low, high = _logit_interval(chance, se, float(stats.t.ppf(0.5 + level / 2, df)))
    return Superiority(Estimate(chance, low, high, n, method), statistic, df, p)


def _welch(var_x: float, n_x: int, var_y: float, n_y: int) -> float:
    below = var_x**2 / (n_x - 1) + var_y**2 / (n_y - 1)
    return (var_x + var_y) ** 2 / below if below > 0 else float(n_x + n_y - 2)


def _logit_interval(chance: float, se: float, t: float) -> tuple[float, float]:
    edge = min(max(chance, 1e-6), 1 - 1e-6)
    centre, half = math.log(edge / (1 - edge)), t * se / (edge * (1 - edge))
    return 1 / (1 + math.exp(min(700, half - centre))), 1 / (1 + math.exp(min(700, -centre - half)))


def _without_spread(x: Floats, y: Floats, n: int, method: str) -> Superiority:
    """Answer where no answer of one wave lies among the other's: the ranks hold no spread to test with."""
    if x[0] == y[0]:
        same = Estimate(0.5, 0.0, 1.0, n, method)
        return Superiority(same, 0.0, math.nan, 1.0, "Everybody gave the same answer: nothing to compare.")
    chance = float(y[0] > x[0])
    fewest = min(x.size, y.size)
    # With no overlap the exact permutation p-value is 2 / C(n, m); the interval is Wilson's on the smaller wave.
    log_p = math.log(2) - (math.lgamma(n + 1) - math.lgamma(x.size + 1) - math.lgamma(y.size + 1))
    edge = wilson(chance * fewest, fewest)
    found = Estimate(chance, edge.low, edge.high, n, method)
    side = "above" if chance else "below"
    note = f"Every answer after lies {side} every answer before."
    return Superiority(found, math.copysign(math.inf, chance - 0.5), math.nan, min(1.0, math.exp(log_p)), note)


def top_labels(item: Item, boxes: int = 2) -> tuple[str, ...]:
    """Return the highest labels of a scale, () where it has too few points for a top of that many."""
    return item.labels[-boxes:] if item.points > boxes else ()


def top_estimate(
    answers: Floats,
    item: Item,
    *,
    boxes: int = 2,
    weights: Floats | None = None,
    design: Floats | None = None,
    level: float = LEVEL,
) -> Estimate:
    """Return the share of the top boxes of one wave with Wilson's interval; ``n`` counts people."""
    known = ~np.isnan(answers)
    high = (answers[known] >= _cut(item, boxes)).astype(float)
    w = None if weights is None else weights[known]
    share, n = share_and_n(high, w, None if design is None else design[known])
    found = wilson(share * n, n, level)
    return Estimate(found.value, found.low, found.high, int(known.sum()), found.method)


def _cut(item: Item, boxes: int) -> int:
    if not 0 < boxes < item.points:
        raise SurveyError(f'"{item.question}" has {item.points} points: {boxes} top boxes leave nothing to compare.')
    return item.points - boxes + (0 if item.kind == "recommend" else 1)


def top_box_difference(
    before: Floats,
    after: Floats,
    item: Item,
    *,
    boxes: int = 2,
    weights: tuple[Floats, Floats] | None = None,
    design: tuple[Floats, Floats] | None = None,
    level: float = LEVEL,
) -> Estimate:
    """Return the change in the share of the top boxes with Newcombe's interval.

    Weighted waves enter with the number of answers that would give the weighted share its variance.
    """
    parts = []
    for k, wave in enumerate((before, after)):
        known = ~np.isnan(wave)
        high = (wave[known] >= _cut(item, boxes)).astype(float)
        w = None if weights is None else weights[k][known]
        d = None if design is None else design[k][known]
        parts.append(share_and_n(high, w, d))
    (p_b, n_b), (p_a, n_a) = parts
    found = newcombe(p_b * n_b, n_b, p_a * n_a, n_a, level)
    n = int((~np.isnan(before)).sum() + (~np.isnan(after)).sum())
    return Estimate(found.value, found.low, found.high, n, "Newcombe" + ("" if weights is None else ", weighted"))


def share_and_n(hits: Floats, weights: Floats | None, design: Floats | None = None) -> tuple[float, float]:
    """Return a (weighted) share and the number of plain answers with the same variance."""
    if weights is None or not hits.size:
        return (float(hits.mean()) if hits.size else 0.0), float(hits.size)
    p, variance = mean_variance(hits, weights, design)
    p = min(1.0, max(0.0, p))
    return p, (p * (1 - p) / variance if variance > 0 and 0 < p < 1 else kish(weights)[1])


def panel_change(before: Floats, after: Floats, level: float = LEVEL) -> PanelChange:
    """Compare two answers of the same people: Wilcoxon's signed ranks with Pratt's (1959) zeros.

    Parameters
    ----------
    before, after
        Shape (n,), person by person; a pair with a gap is left out.

    Raises
    ------
    SurveyError
        Fewer than two complete pairs.
    """
    known = ~(np.isnan(before) | np.isnan(after))
    change = after[known] - before[known]
    if change.size < 2:
        raise SurveyError(f"Only {change.size} people answered both times; a panel needs two or more.")
    rose, fell = int((change > 0).sum()), int((change < 0).sum())
    p = 1.0
    if rose + fell:
        p = float(stats.wilcoxon(change, zero_method="pratt", method="asymptotic").pvalue)
    difference = paired_difference(rose, fell, change.size, level)
    return PanelChange(rose, fell, change.size - rose - fell, difference, p)
