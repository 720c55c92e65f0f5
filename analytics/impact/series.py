"""From a table of dates and values to a series that can be analysed, with every step said in a note."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.impact.aggregation import Periods, to_periods
from analytics.impact.calendar import ORDER, Calendar, Days, Frequency, day_numbers, infer
from analytics.impact.covariance import Array, Mask
from analytics.impact.errors import ImpactError
from analytics.impact.events import TURN_OF_YEAR, EventCalendar
from analytics.impact.notes import HAS, IS, Note, counted, info, warning
from analytics.impact.totals import gains, never_falls

Kind = Literal["rate", "count", "amount", "level", "total"]


@dataclass(frozen=True)
class MetricSeries:
    """A clean series, one row a period, sorted, without gaps filled.

    Attributes
    ----------
    calendar : numbers the periods. times : (n,) period numbers, increasing, gaps where data is missing.
    value : (n,) the metric as shown. response : (n,) the scale the model works on (log or plain).
    log : whether `response` is a logarithm.
    exposure : (n,) denominators of a rate, ones of a count, None for anything else.
    events : holidays and events that are held beside the effect. controls : (n, c) columns of control series, each
    with a coefficient of its own. difference : the series less its one control, to be shown beside.
    """

    kind: Kind
    calendar: Calendar
    times: Days
    value: Array
    response: Array
    log: bool
    notes: tuple[Note, ...]
    exposure: Array | None = None
    events: EventCalendar = TURN_OF_YEAR
    controls: Array | None = None
    difference: "MetricSeries | None" = None

    @property
    def frequency(self) -> Frequency:
        """One of day, week, month, quarter and year."""
        return self.calendar.frequency

    @property
    def dates(self) -> npt.NDArray[np.datetime64]:
        """(n,) first day of each period."""
        return self.calendar.start(self.times).astype("datetime64[D]")

    def only(self, mask: Mask) -> "MetricSeries":
        """The periods where `mask` (n,) is true."""
        exposure, controls = (None if part is None else part[mask] for part in (self.exposure, self.controls))
        return replace(
            self,
            times=self.times[mask],
            value=self.value[mask],
            response=self.response[mask],
            exposure=exposure,
            controls=controls,
            difference=None,
        )

    def percent(self, effect: float, seen: float, estimate: float) -> float:
        """An effect on the model's scale in percent of what would have been without it.

        Parameters
        ----------
        effect : the effect, or an end of its interval. seen : the mean that was seen while it acted.
        estimate : the effect as estimated.

        Without a logarithm an end of the interval has its own base: had the effect been larger, less would have been
        there without it, so that both move together (Fieller 1954). One base for all covers +50% on small counts in
        80 to 89% of series. What is never negative falls by no more than all of it, and rises without bound where
        nothing would have been left. Levels, which have no zero to count from, are read against one base.
        """
        if self.log or self.kind == "level" or (self.value < 0).any():
            return as_percent(effect, log=self.log, base=seen - estimate)
        return max(as_percent(effect, log=False, base=seen - effect), -100.0) if seen > effect else float("inf")

    def back(self, response: Array) -> Array:
        """From the model's scale to the metric's own ."""
        if not self.log:
            return response
        return np.exp(np.minimum(response, 700.0))


def prepare(
    frame: pd.DataFrame,
    *,
    kind: Kind = "rate",
    frequency: Frequency | None = None,
    timezone: str | None = None,
    as_of: date | None = None,
) -> MetricSeries:
    """Check, sort, merge and aggregate one metric.

    Parameters
    ----------
    frame : columns `date`, `value` and, for rates, optionally `denominator`; then `value` is the numerator
        (clicks) and the metric is value / denominator (clicks per impression).
    kind : "rate" (never negative), "count" (never negative), "amount" (money, growth: logged where all
        positive), "level" (never logged) or "total" (a running total, of which the gains are taken).
    frequency : analyse at this frequency; by default the finest that all the dates keep to.
    as_of : the last day on which data had arrived; a period that was not over by then is dropped.

    Raises
    ------
    ImpactError
        With a sentence for the reader, where nothing can be analysed.
    """
    rows, notes = clean_rows(frame, kind, timezone)
    if kind == "total":
        rows, said = gains(rows)
        notes += said
        kind = "amount"
    calendar, mixed = infer(np.unique(rows["day"].to_numpy()))
    if mixed:
        notes.append(
            info(
                "mixed",
                f"The dates mix several rhythms, so everything was brought to one value a {calendar.frequency}.",
            )
        )
    calendar = _wanted(calendar, frequency, rows, kind, notes)
    periods = to_periods(rows, calendar, kind, mixed=mixed, as_of=as_of)
    notes += periods.notes
    return _finish(periods, kind, calendar, notes)


def clean_rows(frame: pd.DataFrame, kind: Kind, timezone: str | None) -> tuple[pd.DataFrame, list[Note]]:
    missing = {"date", "value"} - set(frame.columns)
    if missing:
        raise ImpactError(f"The table has no column called {' or '.join(sorted(missing))}; rename or map it.")
    if frame.empty:
        raise ImpactError("The table has no rows; import the metric first.")
    notes: list[Note] = []
    days, zoned = day_numbers(frame["date"], timezone)
    if zoned:
        notes.append(info("time_zone", "Moments with a time zone were read as local dates."))
    if np.any(np.diff(days) < 0):
        notes.append(info("unsorted", "The rows were not in order of date; they were sorted."))
    rows = pd.DataFrame({"day": days, "value": pd.to_numeric(frame["value"], errors="coerce").to_numpy(float)})
    if "denominator" in frame.columns:
        rows["denominator"] = pd.to_numeric(frame["denominator"], errors="coerce").to_numpy(float)
    rows = _drop_unknown(rows, notes)
    _refuse_negative(rows, kind)
    return rows.sort_values("day", kind="stable"), notes


def _drop_unknown(rows: pd.DataFrame, notes: list[Note]) -> pd.DataFrame:
    bad = ~np.isfinite(rows["value"])
    if bad.any():
        notes.append(
            warning("missing_values", f"{counted(int(bad.sum()), 'row', HAS)} no number; left out, none was made up.")
        )
    if "denominator" in rows:
        below = ~(rows["denominator"] > 0)
        if below.all():
            raise ImpactError("No row has a denominator above zero, so no rate can be worked out; check that column.")
        if below.any():
            notes.append(
                warning(
                    "missing_denominators",
                    f"{counted(int(below.sum()), 'row', HAS)} no denominator above zero; left out.",
                )
            )
        bad |= below
    rows = rows[~bad]
    if rows.empty:
        raise ImpactError("No row holds a number; check which column was chosen as the value.")
    return rows


def _refuse_negative(rows: pd.DataFrame, kind: Kind) -> None:
    if kind in ("rate", "count") and (rows["value"] < 0).any():
        row = rows[rows["value"] < 0].iloc[0]
        day = np.datetime64(int(row["day"]), "D")
        raise ImpactError(
            f"A {kind} cannot be below zero, but the value on {day} is {row['value']:g}; mend it, "
            "or analyse the metric as an amount or a level."
        )


def _wanted(found: Calendar, asked: Frequency | None, rows: pd.DataFrame, kind: Kind, notes: list[Note]) -> Calendar:
    """The frequency asked for, if the dates allow; sparse daily data goes to weeks."""
    if asked is None:
        days = rows.groupby("day")["value"].sum()
        if found.frequency == "day" and kind != "level" and (days == 0).mean() > 0.3 and len(days) >= 56:
            notes.append(info("sparse", "Most days are near zero, so days were added up to weeks."))
            return Calendar("week")
        return found
    if ORDER.index(asked) < ORDER.index(found.frequency):
        raise ImpactError(f"The data has one value a {found.frequency}; it cannot be analysed by {asked}.")
    return found if asked == found.frequency else Calendar(asked)


def _finish(periods: Periods, kind: Kind, calendar: Calendar, notes: list[Note]) -> MetricSeries:
    value = periods.value
    if len(value) < 4:
        whole = counted(len(value), f"whole {calendar.frequency}", IS)
        raise ImpactError(f"Only {whole} left; nothing can be compared.")
    if np.all(value == 0):
        raise ImpactError("Every value is zero; there is nothing to analyse. Check that the right column was chosen.")
    if np.ptp(value) == 0:
        raise ImpactError(f"Every value is {value[0]:g}; a series that never moves cannot show an effect.")
    steps = np.diff(periods.times)
    if (steps > 1).any():
        lost = int((steps - 1).sum())
        notes.append(
            warning("gaps", f"{counted(lost, calendar.frequency, IS)} missing; the gaps were respected, not filled.")
        )
    if kind in ("count", "amount"):
        notes += never_falls(value)
    response, log = respond(value, kind, notes)
    exposure = np.ones(len(value)) if kind == "count" else periods.denominator if kind == "rate" else None
    return MetricSeries(kind, calendar, periods.times, value, response, log, tuple(notes), exposure)


def respond(value: Array, kind: Kind, notes: list[Note]) -> tuple[Array, bool]:
    """The model's scale: the logarithm where every value is above zero, else the plain value.

    No constant is ever added before a logarithm: the size of the effect would hang on it.

    Returns (n,) response, and whether it is a logarithm.
    """
    if kind == "level":
        return value.astype(float), False
    if (value > 0).all():
        return np.log(value), True
    if (value < 0).any():
        notes.append(info("plain_scale", "Some values are below zero, so the effect is measured by addition."))
    else:
        notes.append(
            info(
                "zeros",
                "Some values are zero, so the effect is measured by addition and read in percent of what would have "
                "been.",
            )
        )
    return value.astype(float), False


def as_percent(value: float, *, log: bool, base: float) -> float:
    """An effect on the model's scale in percent: of what would have been (log), or of `base` (plain)."""
    if log:
        return float(100.0 * np.expm1(min(value, 50.0)))
    return float(100.0 * value / abs(base)) if base else float("nan")
