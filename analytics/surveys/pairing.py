"""The rows of two waves, ready to compare: who answered twice, and what weights even the mix of ages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from analytics.surveys.errors import SurveyError
from analytics.surveys.model import Floats, Survey
from analytics.surveys.quality import keep_first
from analytics.surveys.weights import MixShift, Weights, design_of, kish, mix_shift, post_stratify, rake

Mix = Literal["auto", "always", "never"]
Margins = Mapping[str, Mapping[str, float]]
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Waves:
    """The rows of the two waves, their weights and, for a panel, which rows belong together."""

    before: pd.DataFrame
    after: pd.DataFrame
    paired: bool
    weights: tuple[Floats, Floats] | None = None
    design: tuple[Floats, Floats] | None = None


def split_waves(survey: Survey, column: str, first: str, second: str, panel: bool | None) -> tuple[Waves, list[str]]:
    respondent = survey.roles.get("respondent")
    frame = keep_first(survey.frame, respondent, column) if respondent else survey.frame
    label = frame[column].astype(str)
    b, a = (frame[label == name].reset_index(drop=True) for name in (first, second))
    both: list[str] = []
    if respondent:
        theirs = set(a[respondent].dropna())
        both = [r for r in b[respondent].dropna() if r in theirs]
    overlap = len(both) / max(1, min(len(b), len(a)))
    if panel is None:
        panel = overlap >= 0.5
    if not panel:
        note = (
            f"{len(both)} people answered both times, yet the waves are treated as independent: "
            "intervals are then too wide or too narrow. Compare them as a panel."
        )
        return Waves(b, a, False), [note] if both else []
    if len(both) < 2:
        raise SurveyError(f"A panel needs people who answered both times; {len(both)} respondents are in both waves.")
    b, a = (x.set_index(respondent).loc[both].reset_index() for x in (b, a))
    left = len(frame[label.isin([first, second])]) - 2 * len(both)
    note = f"{len(both)} people answered both times and are compared with themselves"
    return Waves(b, a, True), [note + (f"; {left} single answers are left out." if left else ".")]


def age_shift(waves: Waves, survey: Survey) -> MixShift | None:
    column = survey.roles.get("age_group")
    if column is None or waves.paired:
        return None
    b, a = age_bands(waves.before[column]), age_bands(waves.after[column])
    return mix_shift(b, a)


def age_bands(values: pd.Series) -> pd.Series:
    """Return age groups; years of age are banded as the survey trade does."""
    numbers = pd.to_numeric(values, errors="coerce")
    if numbers.notna().sum() < 0.9 * max(1, values.notna().sum()) or values.nunique() <= 8:
        return values
    edges = [0, 18, 25, 35, 45, 55, 65, 200]
    names = ["under 18", "18-24", "25-34", "35-44", "45-54", "55-64", "65+"]
    return pd.cut(numbers, edges, right=False, labels=names).astype(object)


def weighted(
    waves: Waves, survey: Survey, shift: MixShift | None, mix: Mix, margins: Margins | None = None
) -> tuple[Waves, str, tuple[str, ...]]:
    """Weight both waves: to given margins, by the file's weights, or to one mix of ages where that shifted.

    Returns
    -------
    tuple
        The waves with their weights, by what they were made ("" where there are none), and warnings.

    Raises
    ------
    SurveyError
        Margins were given for a panel, name no column, or cannot be met.
    """
    if margins:
        return _to_margins(waves, margins)
    if waves.paired or mix == "never":
        return waves, "", ()
    column = survey.roles.get("weight")
    if column is not None:
        both = [_given(x[column]) for x in (waves.before, waves.after)]
        if min(w.sum() for w in both) > 0:
            return replace(waves, weights=(both[0] / both[0].mean(), both[1] / both[1].mean())), "weight column", ()
    age = survey.roles.get("age_group")
    if age is None or shift is None or (mix == "auto" and not shift.shifted):
        return waves, "", ()
    groups = [age_bands(x[age]).fillna(UNKNOWN).astype(str) for x in (waves.before, waves.after)]
    shared = set(groups[0]) & set(groups[1])
    if len(shared) < 2 or any((~g.isin(shared)).any() for g in groups):
        return waves, "", ()
    pooled = pd.concat(groups).value_counts(normalize=True).to_dict()
    made = [post_stratify(g, {str(k): v for k, v in pooled.items()}) for g in groups]
    return _with(waves, made, [g.rename("age").to_frame() for g in groups]), "age mix", _uneven(made)


def _to_margins(waves: Waves, margins: Margins) -> tuple[Waves, str, tuple[str, ...]]:
    if waves.paired:
        raise SurveyError("People of a panel are compared with themselves: leave the margins out.")
    for column in margins:
        if column not in waves.before:
            raise SurveyError(f'There is no question or column "{column}" to weight by.')
    parts = [
        pd.DataFrame({c: age_bands(x[c]).fillna(UNKNOWN).astype(str) for c in margins})
        for x in (waves.before, waves.after)
    ]
    made = [rake(part, {c: _keeping_unknown(part[c], margins[c]) for c in margins}) for part in parts]
    return _with(waves, made, parts), "given margins", _uneven(made)


def _keeping_unknown(values: pd.Series, margin: Mapping[str, float]) -> dict[str, float]:
    """Leave people of unknown group their share; the margin divides the rest."""
    unknown = float((values == UNKNOWN).mean())
    total = sum(margin.values())
    if UNKNOWN in margin or not 0 < unknown < 1 or total <= 0:
        return dict(margin)
    return {k: share / total * (1 - unknown) for k, share in margin.items()} | {UNKNOWN: unknown}


def _with(waves: Waves, made: Sequence[Weights], groups: Sequence[pd.DataFrame]) -> Waves:
    indicator, cut = design_of(pd.concat(groups)), len(groups[0])
    return replace(waves, weights=(made[0].values, made[1].values), design=(indicator[:cut], indicator[cut:]))


def _uneven(made: Sequence[Weights]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.warning for m in made if m.warning))


def _given(values: pd.Series) -> Floats:
    """Return weights of the file; a missing one counts as 0, so its answer is left out."""
    return np.asarray(pd.to_numeric(values, errors="coerce").fillna(0), dtype=float)


def effective(waves: Waves) -> tuple[float, float]:
    if waves.weights is None:
        return float(len(waves.before)), float(len(waves.after))
    return kish(waves.weights[0])[1], kish(waves.weights[1])[1]
