"""Comparing one item of two waves: its test, top boxes, promoters and odds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from analytics.inference import CANNOT_TELL, Estimate
from analytics.surveys.choices import compare_choices
from analytics.surveys.closed import (
    brunner_munzel,
    codes,
    distribution,
    panel_change,
    top_box_difference,
    top_estimate,
)
from analytics.surveys.errors import SurveyError
from analytics.surveys.model import Floats, Item
from analytics.surveys.odds import OddsRatio, ordinal_logit
from analytics.surveys.pairing import Waves
from analytics.surveys.proportions import FEWEST, net_promoter, net_promoter_change, paired_difference, too_few
from analytics.surveys.results import ItemComparison

_CHANCE_OF_GAP = 1e-4


def refuse_other_scale(item: Item, before: Floats, after: Floats) -> None:
    """Refuse a scale that looks longer in one wave than in the other (5 v 7 points).

    Only patterns that another scale leaves behind count: for numbers the top points unused (1-5 v 1-7), for
    words two or more unused between used ones ("somewhat agree"). And at the other wave's shares, nobody
    choosing them would have to happen less than once in 10,000 surveys.

    Raises
    ------
    SurveyError
        The scales differ. An order given by a person settles it and is not questioned.
    """
    if item.family == "given" or not item.points:
        return
    first = 0 if item.kind == "recommend" else 1
    used = [[int((x == first + k).sum()) for k in range(item.points)] for x in (before, after)]
    for ours, theirs, wave, other in ((0, 1, "before", "after"), (1, 0, "after", "before")):
        unused = [k for k in range(item.points) if used[ours][k] == 0 and used[theirs][k] > 0]
        n, m = sum(used[ours]), sum(used[theirs])
        share = sum(used[theirs][k] for k in unused) / max(1, m)
        points = sum(c > 0 for c in used[ours])
        if points >= 3 and _another_scale(item, used[ours], unused) and (1 - share) ** n < _CHANCE_OF_GAP:
            raise SurveyError(
                f'"{item.question}" seems to have {points} points {wave} and {item.points} {other}: answers on '
                "different scales cannot be compared. If the scale was the same, give its full list of labels."
            )


def _another_scale(item: Item, used: list[int], unused: list[int]) -> bool:
    ours = [k for k, count in enumerate(used) if count]
    if item.family == "numbers":
        return len(unused) >= 2 and min(unused) > max(ours)
    return sum(min(ours) < k < max(ours) for k in unused) >= 2


def _refuse_one_wave(item: Item, before: Floats, after: Floats) -> None:
    for answers, other in ((after, "before"), (before, "after")):
        if np.isnan(answers).all():
            raise SurveyError(f'"{item.question}" was answered only {other}: there is nothing to compare it with.')


def compare_item(
    item: Item, waves: Waves, covariates: Sequence[str], boxes: int, level: float, k: int = FEWEST
) -> ItemComparison:
    if item.kind in ("multi", "single"):
        return compare_choices(item, waves, level, k)
    pair = (codes(waves.before[item.columns[0]], item), codes(waves.after[item.columns[0]], item))
    _refuse_one_wave(item, *pair)
    refuse_other_scale(item, *pair)
    found = ItemComparison(item, CANNOT_TELL, "", np.nan, np.nan)
    if few := too_few(item, [int((~np.isnan(x)).sum()) for x in pair], k):
        return replace(found, warnings=(few,))
    if item.labels:
        w = waves.weights or (None, None)
        found = replace(
            found, before=distribution(pair[0], item, w[0], level), after=distribution(pair[1], item, w[1], level)
        )
        found = replace(found, top_box=_top_box(item, pair, waves, boxes, level))
        found = replace(found, top_shares=_top_shares(item, pair, waves, boxes, level))
    if item.kind == "recommend":
        found = replace(found, promoters=_promoters(pair, waves, level))
    if waves.paired:
        panel = panel_change(*pair, level)
        found = replace(found, panel=panel, p=panel.p)
    else:
        test = brunner_munzel(*pair, weights=waves.weights, design=waves.design, level=level)
        found = replace(found, test=test, p=test.p)
    if covariates:
        found = replace(found, odds=_odds(pair, waves, covariates, level))
    return found


def _top_box(item: Item, pair: tuple[Floats, Floats], waves: Waves, boxes: int, level: float) -> Estimate | None:
    if item.points <= boxes:
        return None
    if not waves.paired:
        return top_box_difference(*pair, item, boxes=boxes, weights=waves.weights, design=waves.design, level=level)
    known = ~(np.isnan(pair[0]) | np.isnan(pair[1]))
    cut = item.points - boxes + (0 if item.kind == "recommend" else 1)
    was, now = pair[0][known] >= cut, pair[1][known] >= cut
    return paired_difference(int((now & ~was).sum()), int((was & ~now).sum()), int(known.sum()), level)


def _top_shares(
    item: Item, pair: tuple[Floats, Floats], waves: Waves, boxes: int, level: float
) -> tuple[Estimate, Estimate] | None:
    if item.points <= boxes:
        return None
    w, d = waves.weights or (None, None), waves.design or (None, None)
    both = [top_estimate(pair[k], item, boxes=boxes, weights=w[k], design=d[k], level=level) for k in (0, 1)]
    return both[0], both[1]


def _promoters(pair: tuple[Floats, Floats], waves: Waves, level: float) -> tuple[Estimate, Estimate, Estimate]:
    w = waves.weights or (None, None)
    change = net_promoter_change(pair[0], pair[1], w[0], w[1], level)
    if waves.paired:
        change = _paired_promoters(pair, level)
    return net_promoter(pair[0], w[0], level), net_promoter(pair[1], w[1], level), change


def _paired_promoters(pair: tuple[Floats, Floats], level: float) -> Estimate:
    known = ~(np.isnan(pair[0]) | np.isnan(pair[1]))
    class_of = [(x[known] >= 9).astype(float) - (x[known] <= 6) for x in pair]
    change = 100 * (class_of[1] - class_of[0])
    n = change.size
    half = float(stats.t.ppf(0.5 + level / 2, max(1, n - 1)) * change.std(ddof=1) / np.sqrt(n))
    mean = float(change.mean())
    return Estimate(mean, mean - half, mean + half, n, "mean change of net promoter class, paired t")


def _odds(pair: tuple[Floats, Floats], waves: Waves, covariates: Sequence[str], level: float) -> tuple[OddsRatio, ...]:
    for name in covariates:
        if name not in waves.before:
            raise SurveyError(f'There is no column "{name}" to use as a covariate.')
    wave = np.concatenate([np.zeros(pair[0].size), np.ones(pair[1].size)])
    about = pd.concat([waves.before, waves.after], ignore_index=True)[list(covariates)]
    return ordinal_logit(np.concatenate(pair), wave, about, level)
