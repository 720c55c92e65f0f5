"""What is wrong with a survey's answers: gaps, straight lines, people twice, a wave missing, all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.inference import Estimate, wilson
from analytics.surveys.closed import codes
from analytics.surveys.errors import SurveyError
from analytics.surveys.model import Item, Survey

FEWEST_FOR_STRAIGHT = 4
"""A straight line over fewer questions than this is no sign of a careless answer."""

MANY_STRAIGHT = 0.05
"""The share of people with straight lines from which it is said; a rule of thumb, no test."""


@dataclass(frozen=True)
class NonResponse:
    """How many people left one question out, in all and wave by wave."""

    key: str
    missing: Estimate
    no_answer: int
    by_wave: dict[str, Estimate]


@dataclass(frozen=True)
class QualityReport:
    """What to know about a survey before its answers are read.

    ``straight_lines`` are row numbers (from 0) of people who gave one answer to every question of a block;
    ``twice`` are respondents that appear more than once in a wave; ``identical`` the questions to which all
    gave the same answer.
    """

    respondents: int
    non_response: tuple[NonResponse, ...]
    straight_lines: tuple[int, ...]
    straight_share: Estimate
    twice: tuple[str, ...]
    identical: tuple[str, ...]
    empty_rows: int
    warnings: tuple[str, ...]


def straight_liners(survey: Survey) -> tuple[tuple[int, ...], int]:
    """Find people with one same answer over a whole block of scales.

    A block is four or more scale questions with the same labels. Returns row numbers and how many people
    answered such a block in full.
    """
    blocks: dict[tuple[str, ...], list[Item]] = {}
    for item in survey.items:
        if item.kind == "likert":
            blocks.setdefault(item.labels, []).append(item)
    flat: set[int] = set()
    judged: set[int] = set()
    for items in blocks.values():
        if len(items) < FEWEST_FOR_STRAIGHT:
            continue
        X = np.column_stack([codes(survey.frame[i.columns[0]], i) for i in items])
        full = ~np.isnan(X).any(axis=1)
        judged |= set(np.flatnonzero(full).tolist())
        level = full & (X.max(axis=1) == X.min(axis=1))
        flat |= set(np.flatnonzero(level).tolist())
    return tuple(sorted(flat)), len(judged)


def respondents_twice(frame: pd.DataFrame, respondent: str, wave: str | None = None) -> tuple[str, ...]:
    """Return the respondents who appear more than once in one wave."""
    keys = [respondent] + ([wave] if wave else [])
    known = frame[frame[respondent].notna()]
    return tuple(dict.fromkeys(known.loc[known.duplicated(keys, keep=False), respondent].astype(str)))


def keep_first(frame: pd.DataFrame, respondent: str, wave: str | None = None) -> pd.DataFrame:
    """Return the frame with each respondent's first row of each wave; rows without an id all stay."""
    keys = [respondent] + ([wave] if wave else [])
    again = frame[respondent].notna() & frame.duplicated(keys)
    return frame[~again].reset_index(drop=True)


def two_waves(values: pd.Series, before: str | None = None, after: str | None = None) -> tuple[str, str]:
    """Return the names of the wave before and the wave after.

    Raises
    ------
    SurveyError
        One wave is missing, a name is unknown, or there are more than two and none was picked.
    """
    seen = list(dict.fromkeys(str(v) for v in values.dropna()))
    for name in (before, after):
        if name is not None and name not in seen:
            raise SurveyError(f'No answer belongs to the wave "{name}". The file holds: {", ".join(seen) or "none"}.')
    if len(seen) < 2:
        held = f'only the wave "{seen[0]}"' if seen else "no wave at all"
        raise SurveyError(f"The file holds {held}: a comparison needs one before and one after. Add the other wave.")
    if before is not None and after is not None:
        if before == after:
            raise SurveyError("Before and after are the same wave. Pick two different ones.")
        return before, after
    if len(seen) > 2:
        raise SurveyError(f"The file holds {len(seen)} waves ({', '.join(seen)}). Say which is before and which after.")
    first, second = _in_time(seen)
    if before is not None or after is not None:
        other = next(name for name in seen if name not in (before, after))
        return (before, other) if before is not None else (other, str(after))
    return first, second


def _in_time(names: list[str]) -> tuple[str, str]:
    early = ("before", "pre", "baseline", "first")
    late = ("after", "post", "follow", "second")
    folded = [n.casefold() for n in names]
    for i in (0, 1):
        if folded[i].startswith(early) or folded[1 - i].startswith(late):
            return names[i], names[1 - i]
    ordered = sorted(names, key=lambda n: (float(n) if n.replace(".", "", 1).isdigit() else 0.0, n))
    return ordered[0], ordered[1]


def check_quality(survey: Survey) -> QualityReport:
    """Report non-response, straight lines, people twice, identical answers and empty rows."""
    frame = survey.frame
    asked = [c for item in survey.items for c in item.columns]
    empty = int(frame[asked].isna().all(axis=1).sum()) if asked else 0
    lines, judged = straight_liners(survey)
    respondent, wave = survey.roles.get("respondent"), survey.roles.get("wave")
    twice = respondents_twice(frame, respondent, wave) if respondent else ()
    identical = tuple(i.key for i in survey.items if i.n > 1 and _one_answer(frame, i))
    gaps = tuple(_gaps(frame, item, wave) for item in survey.items if item.columns)
    warnings = _warnings(gaps, lines, judged, twice, identical, empty, survey.items)
    share = wilson(len(lines), judged)
    return QualityReport(len(frame), gaps, lines, share, twice, identical, empty, warnings)


def _one_answer(frame: pd.DataFrame, item: Item) -> bool:
    return item.kind != "multi" and frame[item.columns[0]].dropna().nunique() == 1


def _gaps(frame: pd.DataFrame, item: Item, wave: str | None) -> NonResponse:
    gone = frame[list(item.columns)].isna().all(axis=1)
    by_wave = {}
    if wave:
        for name, rows in gone.groupby(frame[wave]):
            by_wave[str(name)] = wilson(int(rows.sum()), len(rows))
    return NonResponse(item.key, wilson(int(gone.sum()), len(gone)), item.no_answer, by_wave)


def _warnings(
    gaps: Sequence[NonResponse],
    lines: Sequence[int],
    judged: int,
    twice: Sequence[str],
    identical: Sequence[str],
    empty: int,
    items: Sequence[Item],
) -> tuple[str, ...]:
    out = []
    if twice:
        who = "1 person" if len(twice) == 1 else f"{len(twice)} people"
        out.append(f"{who} answered more than once in a wave; only the first answers count.")
    if empty:
        out.append("1 row holds no answer at all." if empty == 1 else f"{empty} rows hold no answer at all.")
    if judged and len(lines) / judged > MANY_STRAIGHT:
        out.append(f"{len(lines)} of {judged} people gave the same answer to every question of a block.")
    for gap in gaps:
        if gap.missing.value > 0.2:
            out.append(f'{gap.missing.value:.0%} left "{gap.key}" out: those who answered may differ from the rest.')
        spans = list(gap.by_wave.values())
        if len(spans) == 2 and (spans[0].low > spans[1].high or spans[1].low > spans[0].high):
            out.append(f'"{gap.key}" was left out more often in one wave than in the other.')
    out += [f'Everybody gave the same answer to "{key}": it tells nothing.' for key in identical]
    out += [item.ask for item in items if item.ask]
    return tuple(out)
