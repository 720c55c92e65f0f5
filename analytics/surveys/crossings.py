"""Themes against groups: which wave, age group or persona speaks more of a theme than the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.inference import ALPHA, LEVEL, Estimate, holm
from analytics.surveys.classifier import Coding
from analytics.surveys.errors import SurveyError
from analytics.surveys.prevalence import Prevalence, PrevalenceChange, prevalence, prevalence_change, sample_of
from analytics.surveys.wording import percent, points

FEWEST_CODED = 20
"""With fewer hand-coded answers a group is shown and not compared."""


@dataclass(frozen=True)
class ThemeInGroup:
    """How common a code is in one group, against everybody else, with Holm's p over all cells."""

    code: str
    by: str
    group: str
    share: Prevalence
    against_rest: Estimate | None
    p: float
    p_holm: float
    sentence: str


@dataclass(frozen=True)
class ThemeChange:
    """How a code's share changed between two waves, with Holm's p over the codes."""

    code: str
    change: PrevalenceChange
    p_holm: float
    sentence: str


def themes_by_group(
    coding: Coding,
    groups: pd.DataFrame,
    people: Sequence[str],
    *,
    k: int,
    names: Mapping[str, str] | None = None,
    level: float = LEVEL,
) -> tuple[ThemeInGroup, ...]:
    """Compare every code's share in each group with that of everybody else.

    Parameters
    ----------
    coding
        All answers coded (``classifier.code_answers``).
    groups
        One row an answer in the coding's order; columns such as wave, age group, persona. Gaps are left out.
    people
        Who gave each answer, in the same order: whoever answered several times is one person.
    k
        The privacy floor. A group of fewer people is left out altogether, and so is a cell whose answers coded by
        hand come from fewer: its share would point at people.
    names
        Code id -> the name to write in sentences.

    Raises
    ------
    SurveyError
        There are more or fewer rows or people than answers.
    """
    if not len(groups) == len(people) == len(coding.probabilities):
        raise SurveyError(f"There are {len(coding.probabilities)} coded answers and {len(groups)} rows of groups.")
    who = np.asarray(people, dtype=str)
    cells = []
    for by in groups.columns:
        values = _of_enough(groups[by].astype(object).reset_index(drop=True), who, k)
        known = np.flatnonzero(values.notna())
        for group in sorted(map(str, pd.unique(values.iloc[known]))):
            inside = values.astype(str).to_numpy() == group
            for code in coding.codes:
                rows = known[inside[known]]
                if _coded_people(coding, rows.tolist(), who) >= k:
                    cells.append(_cell(coding, code, str(by), group, rows, known[~inside[known]], level))
    adjusted = holm([c.p for c in cells]).tolist()
    return tuple(_said(replace(c, p_holm=q), names or {}) for c, q in zip(cells, adjusted, strict=True))


def _of_enough(values: pd.Series, who: np.ndarray, k: int) -> pd.Series:
    """Return each answer's group, missing where fewer than k people are in it."""
    size = pd.Series(who).groupby(values).nunique()
    return values.where(values.map(size) >= k, None)


def _coded_people(coding: Coding, rows: Sequence[int], who: np.ndarray) -> int:
    """Return how many people gave those of some answers that were coded by hand."""
    return len(set(who[sorted(set(rows) & set(coding.coded))]))


def _cell(
    coding: Coding, code: str, by: str, group: str, inside: np.ndarray, outside: np.ndarray, level: float
) -> ThemeInGroup:
    ours = sample_of(coding, code, inside.tolist())
    theirs = sample_of(coding, code, outside.tolist())
    if min(ours.human.size, theirs.human.size) < FEWEST_CODED:
        return ThemeInGroup(code, by, group, prevalence(ours, level), None, np.nan, np.nan, "")
    change = prevalence_change(theirs, ours, level)
    return ThemeInGroup(code, by, group, change.after, change.best, change.p, np.nan, "")


def _said(cell: ThemeInGroup, names: Mapping[str, str]) -> ThemeInGroup:
    name, share = names.get(cell.code, cell.code), cell.share.best
    start = f'"{name}" in {cell.group}: {percent(share.value)} [{100 * share.low:.1f}, {100 * share.high:.1f}]'
    if cell.against_rest is None:
        end = f"too few answers coded by hand ({cell.share.n_human}) to compare with the others"
    elif cell.p_holm < ALPHA:
        end = f"{'more' if cell.against_rest.value > 0 else 'less'} than the others ({points(cell.against_rest)})"
    else:
        end = "we cannot tell whether that differs from the others"
    return replace(cell, sentence=f"{start}; {end}.")


def themes_before_after(
    coding: Coding,
    before: Sequence[int],
    after: Sequence[int],
    people: Sequence[str],
    *,
    k: int,
    names: Mapping[str, str] | None = None,
    level: float = LEVEL,
) -> tuple[ThemeChange, ...]:
    """Compare every code's share between two waves given as row numbers; Holm over the codes.

    ``people`` and ``k`` are those of ``themes_by_group``.

    Raises
    ------
    SurveyError
        The answers coded by hand of a wave come from fewer than k people.
    """
    who = np.asarray(people, dtype=str)
    if min(_coded_people(coding, rows, who) for rows in (before, after)) < k:
        raise SurveyError(f"In one of the waves the answers coded by hand come from fewer than {k} people. Code more.")
    changes = [
        prevalence_change(sample_of(coding, c, before), sample_of(coding, c, after), level) for c in coding.codes
    ]
    enough = [min(c.before.n_human, c.after.n_human) >= FEWEST_CODED for c in changes]
    adjusted = holm([c.p if ok else np.nan for c, ok in zip(changes, enough, strict=True)]).tolist()
    out = []
    for code, change, q in zip(coding.codes, changes, adjusted, strict=True):
        out.append(ThemeChange(code, change, q, _changed((names or {}).get(code, code), change, q)))
    return tuple(out)


def _changed(name: str, change: PrevalenceChange, p_holm: float) -> str:
    b, a = change.before.best.value, change.after.best.value
    if np.isnan(p_holm):
        return f'"{name}": too few answers coded by hand in one wave to tell.'
    if p_holm >= ALPHA:
        return f'"{name}": we cannot tell whether it changed ({points(change.best)}).'
    way = "rose" if a > b else "fell"
    return f'"{name}" {way} from {percent(b)} to {percent(a)} ({points(change.best)}).'
