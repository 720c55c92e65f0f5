"""Comparing two waves item by item: the one entry for pages and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.inference import LEVEL, holm
from analytics.surveys.comparing import compare_item
from analytics.surveys.errors import SurveyError
from analytics.surveys.layout import read_survey
from analytics.surveys.model import Role, Survey
from analytics.surveys.pairing import Margins, Mix, Waves, age_shift, effective, split_waves, weighted
from analytics.surveys.proportions import FEWEST
from analytics.surveys.quality import check_quality, two_waves
from analytics.surveys.results import ItemComparison, SurveyReport
from analytics.surveys.weights import MixShift
from analytics.surveys.wording import judged


def compare_waves(
    source: pd.DataFrame | Survey,
    *,
    wave: str | None = None,
    before: str | None = None,
    after: str | None = None,
    roles: Mapping[Role, str] | None = None,
    orders: Mapping[str, Sequence[str]] | None = None,
    items: Sequence[str] | None = None,
    panel: bool | None = None,
    mix: Mix = "auto",
    margins: Margins | None = None,
    covariates: Sequence[str] = (),
    boxes: int = 2,
    level: float = LEVEL,
    k: int = FEWEST,
) -> SurveyReport:
    """Compare every closed item of two waves.

    Parameters
    ----------
    source
        The file as text (see ``read_survey``) or a survey already read. Two files: ``join_waves`` first.
    wave
        The column that tells the waves apart, where it is not recognised.
    before, after
        The two waves' names; needed where there are more than two.
    orders
        Question -> labels from lowest to highest, for labels that do not order themselves.
    items
        Keys of the items to compare; all closed ones by default.
    panel
        True pairs people by respondent id, False treats the waves as independent; None decides: a panel
        where at least half of the smaller wave answered both times.
    mix
        "auto" post-stratifies both waves to their pooled age mix when that mix shifted; "always", "never".
        A weight column of the file is used unless ``mix`` is "never".
    margins
        Column -> group -> share: both waves are raked to these known shares instead.
    covariates
        Columns for an ordinal logit beside the default test.
    boxes
        How many top answers make the top box.
    level
        Coverage of all intervals.
    k
        The privacy floor: a question that fewer people answered in a wave is neither shown nor judged. A
        respondent counts once a wave.

    Raises
    ------
    SurveyError
        No wave column, a wave is missing, published shares only, or an asked item cannot be compared.
    """
    survey = _survey(source, wave, roles, orders)
    column = survey.roles.get("wave")
    if column is None:
        raise SurveyError("No column says which wave an answer belongs to. Name it, or add the second file.")
    quality = check_quality(survey)
    first, second = two_waves(survey.frame[column], before, after)
    waves, notes = split_waves(survey, column, first, second, panel)
    shift = age_shift(waves, survey)
    waves, how, uneven = weighted(waves, survey, shift, mix, margins)
    warnings = (*survey.notes, *quality.warnings, *notes, *_mix_warnings(shift, how, mix), *uneven)
    done, skipped = _compare_all(survey, waves, items, covariates, boxes, level, k)
    return SurveyReport(
        first,
        second,
        len(waves.before),
        len(waves.after),
        effective(waves),
        waves.paired,
        how,
        _corrected(done, (first, second)),
        skipped,
        shift,
        quality,
        tuple(dict.fromkeys(warnings)),
        _method(waves, level),
    )


def _survey(
    source: pd.DataFrame | Survey,
    wave: str | None,
    roles: Mapping[Role, str] | None,
    orders: Mapping[str, Sequence[str]] | None,
) -> Survey:
    if isinstance(source, Survey):
        survey = source
    else:
        named: dict[Role, str] = dict(roles or {})
        if wave:
            named["wave"] = wave
        survey = read_survey(source, roles=named, orders=orders)
    if survey.shape == "shares":
        raise SurveyError("This file holds published shares, not people's answers: there is nothing to test.")
    return survey


def _mix_warnings(shift: MixShift | None, how: str, mix: Mix) -> list[str]:
    if shift is None or not shift.shifted:
        return []
    out = [shift.warning]
    if how == "age mix":
        out.append("Both waves were weighted to the same age mix before they were compared.")
    elif not how and mix != "never":
        out.append("Some age groups answered in only one of the waves, so the mix could not be evened out.")
    return out


def _compare_all(
    survey: Survey,
    waves: Waves,
    keys: Sequence[str] | None,
    covariates: Sequence[str],
    boxes: int,
    level: float,
    k: int,
) -> tuple[list[ItemComparison], tuple[str, ...]]:
    done, skipped = [], []
    for item in survey.items if keys is None else [survey.item(k) for k in keys]:
        if item.kind == "open" or item.key in covariates:
            continue
        try:
            done.append(compare_item(item, waves, covariates, boxes, level, k))
        except SurveyError as problem:
            if keys is not None:
                raise
            skipped.append(str(problem))
    return done, tuple(skipped)


def _corrected(done: list[ItemComparison], names: tuple[str, str]) -> tuple[ItemComparison, ...]:
    """Correct p over the items that are large enough to be judged, then say each result in words."""
    adjusted = holm([c.p if not c.warnings else np.nan for c in done]).tolist()
    return tuple(judged(replace(c, p_holm=q), names) for c, q in zip(done, adjusted, strict=True))


def _method(waves: Waves, level: float) -> str:
    test = "Wilcoxon signed ranks with Pratt's zeros" if waves.paired else "Brunner-Munzel"
    share = "Bonett-Price" if waves.paired else "Newcombe"
    return f"{test}; shares by {share} and Wilson; {level:.0%} intervals; p corrected over items by Holm."
