"""Running totals (followers, subscribers): measured by their gains, since a total of years hides what a week adds."""

import numpy as np
import pandas as pd

from analytics.impact.covariance import Array
from analytics.impact.errors import ImpactError
from analytics.impact.notes import Note, counted, grave, info, warning

RISING = 0.95  # of the steps of a running total do not fall: some people leave
FEWEST = 20  # points without a single fall, from which values alone speak of a running total
NAMES = ("follower", "subscriber", "fans", "members", "cumulative", "running total", "connections", "audience size")
GAINS = ("new", "gain", "growth", "net", "lost", "added", "rate", "per ")


def named_total(name: str) -> bool:
    """Whether a metric's name speaks of a running total, and not already of its gains."""
    lower = name.lower()
    return any(word in lower for word in NAMES) and not any(word in lower for word in GAINS)


def looks_total(name: str, values: Array) -> bool:
    """Whether name and values (n,), in order of time, both speak of a running total."""
    steps = np.diff(values[np.isfinite(values)])
    return named_total(name) and len(steps) >= 3 and bool((steps >= 0).mean() >= RISING and steps.sum() > 0)


def never_falls(values: Array) -> list[Note]:
    """A grave doubt where sums or amounts rise at every single step: they may be a running total."""
    steps = np.diff(values)
    if len(steps) + 1 < FEWEST or (steps < 0).any() or (steps > 0).mean() < RISING:
        return []
    return [
        grave(
            "running_total",
            "The numbers never fall. If they are a running total (followers so far), measure them as one: its gains "
            "are then compared.",
        )
    ]


def gains(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """From readings of a running total to what each added to the one before.

    Parameters
    ----------
    rows : columns `day` (day numbers) and `value`.

    Returns
    -------
    The same columns without the first reading, and notes. A gain over a missing reading spans more than one period
    and is left out, not spread.

    Raises
    ------
    ImpactError
        With fewer than five readings.
    """
    readings = rows.sort_values("day", kind="stable").drop_duplicates("day", keep="last")
    if len(readings) < 5:
        raise ImpactError(f"Only {len(readings)} readings of this running total; its gains need at least 5.")
    day, value = readings["day"].to_numpy(), readings["value"].to_numpy(float)
    apart = np.diff(day)
    usual = apart <= 1.5 * np.median(apart)
    notes = [info("gains", "A running total: each reading less the one before, so that gains are compared.")]
    if not usual.all():
        lost = counted(int((~usual).sum()), "gain")
        notes.append(warning("gains_gaps", f"{lost} over missing readings left out: they span several periods."))
    return pd.DataFrame({"day": day[1:][usual], "value": np.diff(value)[usual]}), notes
