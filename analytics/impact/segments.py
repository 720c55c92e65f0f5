"""Effects by segment: differences only by the interaction (own minus others), Holm over everything tested."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.impact.aggregation import to_periods
from analytics.impact.calendar import Calendar, Days, infer
from analytics.impact.covariance import Array
from analytics.impact.design import MIN_BURST, MIN_SIDE, Intervention, build, check_timing
from analytics.impact.errors import ImpactError
from analytics.impact.events import EventCalendar, is_year_end
from analytics.impact.gls import DualInference, dual, problem
from analytics.impact.holding import is_held
from analytics.impact.notes import HAS, Note, counted, info, percent, warning
from analytics.impact.series import Kind, as_percent, clean_rows, respond
from analytics.impact.totals import gains
from analytics.inference import ALPHA, NO_DIFFERENCE, TOO_FEW, holm


@dataclass(frozen=True)
class Percent:
    """An effect in percent with its 95% interval."""

    value: float
    low: float
    high: float


UNKNOWN = Percent(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True)
class SegmentEffect:
    """One segment and one metric.

    Attributes
    ----------
    own : the segment's own effect; for reading, not for comparing.
    difference : own effect against all others, the interaction; this alone is tested.
    p, p_holm : of the interaction, before and after Holm's correction over every metric and segment.
    p_own_holm : of the own effect, corrected likewise.
    answer : "gains more", "gains less", or the house's words for nothing shown and too few.
    """

    metric: str
    segment: str
    n_before: int
    n_after: int
    own: Percent
    difference: Percent
    p: float
    p_holm: float
    p_own_holm: float
    answer: str


@dataclass(frozen=True)
class SegmentReport:
    """Effects by segment with findings; `tests` is the number of comparisons that Holm corrected for."""

    rows: tuple[SegmentEffect, ...]
    tests: int
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class _Case:
    metric: str
    segment: str
    times: Days
    own: Array
    against: Array
    log: bool
    base: float


def together(parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the tables of several metrics, by name, as one that says the metric of each row.

    Raises
    ------
    ImpactError
        When only some are rates with denominators.
    """
    divided = ["denominator" in part for part in parts.values()]
    if any(divided) and not all(divided):
        raise ImpactError(
            "Rates with denominators and plain numbers cannot be compared in one go; choose metrics of one sort."
        )
    return pd.concat([part.assign(metric=name) for name, part in parts.items()], ignore_index=True)


def analyse_segments(
    frame: pd.DataFrame,
    change: Intervention | date,
    *,
    kinds: dict[str, Kind] | Kind = "rate",
    as_of: date | None = None,
) -> SegmentReport:
    """Compare the effect of a change between segments, for one metric or several.

    Parameters
    ----------
    frame : columns date, segment, value, optionally denominator and metric.
    kinds : the kind of the metric, or of each metric by name.

    Raises
    ------
    ImpactError
        Where columns are missing, there is only one segment, or the change lies outside the data.
    """
    if "segment" not in frame.columns:
        raise ImpactError("The table has no column called segment; choose the column that names the groups.")
    step = Intervention(change) if isinstance(change, date) else change
    named = frame if "metric" in frame.columns else frame.assign(metric="the metric")
    notes: list[Note] = []
    results: list[SegmentEffect] = []
    for metric, part in named.groupby("metric", sort=True):
        kind = kinds if isinstance(kinds, str) else kinds.get(str(metric))
        if kind is None:
            raise ImpactError(f"The kind of {metric} is not given; say whether it is a rate, count, amount or level.")
        cases, calendar, said = _cases(str(metric), part, kind, step, as_of)
        notes += [note for note in said if note not in notes]
        results += _effects(cases, calendar, step)
    return _corrected(results, notes)


def _cases(
    metric: str, part: pd.DataFrame, kind: Kind, step: Intervention, as_of: date | None
) -> tuple[list[_Case], Calendar, list[Note]]:
    """Own response, and own minus others, of every segment of one metric."""
    if part["segment"].nunique() < 2:
        raise ImpactError(f"There is only one segment in {metric}; a comparison needs two or more.")
    part = part.reset_index(drop=True)
    rows, notes = clean_rows(part, kind, None)
    rows = rows.assign(segment=part["segment"].astype(str).reindex(rows.index))
    if kind == "total":
        parts = {name: gains(own)[0] for name, own in rows.groupby("segment")}
        rows = pd.concat([own.assign(segment=name) for name, own in parts.items()]).sort_values("day", kind="stable")
        kind = "amount"
    calendar, mixed = infer(np.unique(rows["day"].to_numpy()))
    whole = to_periods(rows, calendar, kind, mixed=mixed, as_of=as_of)
    check_timing(whole.times, calendar, step, as_of)
    rows["period"] = calendar.number(rows["day"].to_numpy())
    rows = rows[rows["period"].isin(whole.times)]
    value, below = _tables(rows, kind)
    notes = [note for note in notes if note.code not in ("duplicates", "unsorted")]
    return _against_others(metric, value, below, kind, notes), calendar, notes


def _tables(rows: pd.DataFrame, kind: Kind) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Periods x segments: (numerators or values, denominators)."""
    grouped = rows.groupby(["period", "segment"], sort=True)
    if "denominator" in rows:
        return grouped["value"].sum().unstack(), grouped["denominator"].sum().unstack()
    adding = kind in ("count", "amount")
    return (grouped["value"].sum() if adding else grouped["value"].mean()).unstack(), None


def _against_others(
    metric: str, value: pd.DataFrame, below: pd.DataFrame | None, kind: Kind, notes: list[Note]
) -> list[_Case]:
    """Others are pooled (sums), or averaged where the rate has no denominators.

    Only segments present in every period count among the others: one that comes or goes would move them.
    """
    times, table = value.index.to_numpy(np.int64), value.to_numpy(float)
    under = below.to_numpy(float) if below is not None else np.ones_like(table)
    full = np.isfinite(table).all(axis=0)
    if full.sum() < 2:
        full = np.ones_like(full)
    pooled = kind in ("count", "amount") or below is not None
    total, total_under = np.nansum(table[:, full], axis=1), np.nansum(under[:, full], axis=1)
    members = np.isfinite(table[:, full]).sum(axis=1)
    out = []
    for j, segment in enumerate(value.columns):
        here = np.isfinite(table[:, j]) & (members > full[j])
        if not here.any():
            continue
        part = float(full[j])
        rest, rest_under = total[here] - part * table[here, j], total_under[here] - part * under[here, j]
        if below is None:
            rest = rest if pooled else rest / (members[here] - part)
            pair = ((table[here, j], None), (rest, None))
        else:
            pair = ((table[here, j] / under[here, j], under[here, j]), (rest / rest_under, rest_under))
        out.append(_case(metric, str(segment), times[here], pair, kind, notes))
    return out


def _case(
    metric: str,
    segment: str,
    times: Days,
    pair: tuple[tuple[Array, Array | None], tuple[Array, Array | None]],
    kind: Kind,
    notes: list[Note],
) -> _Case:
    (mine, _), (rest, _) = pair
    said: list[Note] = []
    own, log = respond(mine, kind, said)
    other, other_log = respond(rest, kind, said)
    base = 1.0
    if not (log and other_log):  # by addition, each in parts of its own mean, so that a difference reads in percent
        own, other = (values / (abs(float(np.mean(values))) or 1.0) for values in (mine, rest))
        log = False
    notes += [note for note in said if note not in notes]
    return _Case(metric, segment, times, own, own - other, log, base)


def _effects(cases: list[_Case], calendar: Calendar, step: Intervention) -> list[SegmentEffect]:
    """Fit the cases in batches that share their dates."""
    groups: dict[tuple[bytes, bool], list[_Case]] = {}
    for case in cases:
        groups.setdefault((case.times.tobytes(), case.log), []).append(case)
    out: list[SegmentEffect] = []
    for (_, log), members in groups.items():
        try:
            check_timing(members[0].times, calendar, step)
            out += _batch(members, calendar, step, log=log)
        except ImpactError:
            out += [_untold(case, calendar, step) for case in members]
    order = {(case.metric, case.segment): i for i, case in enumerate(cases)}
    return sorted(out, key=lambda row: order[row.metric, row.segment])


def _batch(members: list[_Case], calendar: Calendar, step: Intervention, *, log: bool) -> list[SegmentEffect]:
    times = members[0].times
    design = build(times, calendar, [step], controlled=True)
    before, after = int(design.before.sum()), int(design.window.sum())
    if before < MIN_SIDE or after < (MIN_BURST if step.shape.kind == "burst" else MIN_SIDE):
        return [_untold(case, calendar, step) for case in members]
    flags = [np.ptp(case.own[design.keep][design.before]) > 0 for case in members]
    moving = [case for case, moves in zip(members, flags, strict=True) if moves]
    still = [_untold(case, calendar, step) for case, moves in zip(members, flags, strict=True) if not moves]
    if not moving:
        return still
    Y = np.column_stack([c.own[design.keep] for c in moving] + [c.against[design.keep] for c in moving])
    if any(map(is_year_end, design.names)) and not is_held(Y, design.X, design.names, design.times, calendar):
        design = build(times, calendar, [step], controlled=True, events=EventCalendar(year_end=False))
    both = dual(problem(Y, design.X, design.contrast, design.times))
    return still + [_row(case, both, i, len(moving), before, after, log=log) for i, case in enumerate(moving)]


def _row(case: _Case, both: DualInference, i: int, m: int, before: int, after: int, *, log: bool) -> SegmentEffect:
    own, gap = (
        Percent(*(as_percent(float(v[k]), log=log, base=case.base) for v in (both.estimate, both.low, both.high)))
        for k in (i, i + m)
    )
    p, p_own = float(both.p[i + m]), float(both.p[i])
    return SegmentEffect(case.metric, case.segment, before, after, own, gap, p, np.nan, p_own, NO_DIFFERENCE)


def _untold(case: _Case, calendar: Calendar, step: Intervention) -> SegmentEffect:
    before = int((case.times <= step.last_before(calendar)).sum())
    after = int((case.times >= step.first_after(calendar)).sum())
    return SegmentEffect(case.metric, case.segment, before, after, UNKNOWN, UNKNOWN, np.nan, np.nan, np.nan, TOO_FEW)


def _corrected(rows: list[SegmentEffect], notes: list[Note]) -> SegmentReport:
    adjusted = holm(np.array([row.p for row in rows]))
    own = holm(np.array([row.p_own_holm for row in rows]))
    out = []
    for row, p_holm, p_own in zip(rows, adjusted, own, strict=True):
        answer = row.answer
        if np.isfinite(p_holm) and p_holm < ALPHA:
            answer = "gains more" if row.difference.value > 0 else "gains less"
        fields = {**row.__dict__, "p_holm": float(p_holm), "p_own_holm": float(p_own), "answer": answer}
        out.append(SegmentEffect(**fields))
    tests = int(np.isfinite(adjusted).sum())
    short = sum(row.answer == TOO_FEW for row in out)
    said = list(notes)
    if short:
        said.append(
            info(
                "too_few",
                f"{counted(short, 'segment', HAS)} too few points, or never moved, before or after the change.",
            )
        )
    for metric in sorted({row.metric for row in out}):
        said += _inclusivity([row for row in out if row.metric == metric])
    return SegmentReport(tuple(out), tests, tuple(said))


def _inclusivity(rows: Sequence[SegmentEffect]) -> list[Note]:
    """Say where one group gains while another loses, or is left behind."""
    behind = [row for row in rows if row.answer == "gains less"]
    losers = [row for row in rows if row.p_own_holm < ALPHA and row.own.value < 0]
    winners = [row for row in rows if row.p_own_holm < ALPHA and row.own.value > 0]
    apart = any(row.answer.startswith("gains") for row in rows)
    if losers and winners and apart:
        best = max(winners, key=lambda row: row.own.value)
        worst = min(losers, key=lambda row: row.own.value)
        return [
            warning(
                "inclusivity",
                f"{best.metric}: {best.segment} gains {percent(best.own.value)} while {worst.segment} loses "
                f"{percent(-worst.own.value)}; check whether the change leaves {worst.segment} out.",
            )
        ]
    if behind:
        worst = min(behind, key=lambda row: row.difference.value)
        text = f"{worst.metric}: {worst.segment} does worse than the others; check whether the change suits this group."
        return [warning("left_behind", text)]
    return []
