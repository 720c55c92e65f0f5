"""What does it cost to hold the weeks around Christmas, and what does it cost not to? False alarms beside power.

Run: python benchmarks/impact_christmas.py [--reps 60] [--write docs/impact-validity.md]

Weekly series with a straight trend and errors of 5%; each begins on another week of the year (13 starts, `--reps` of
each), and a peak of random width (4 to 14 days) and day comes back every December. Read by the p-value alone, without
the checks that stand beside it in a report.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.impact.calendar import Calendar
from analytics.impact.design import Design, Intervention, build
from analytics.impact.events import EventCalendar
from analytics.impact.gls import dual, problem
from analytics.impact.holding import LEVEL, is_held
from analytics.impact.power import ar1_noise
from analytics.inference import ALPHA

DESIGNS = ((26, 26), (104, 26))
RHOS = (0.0, 0.4, 0.7)
CASES = ((0.0, 0.0), (0.1, 0.0), (0.2, 0.0), (0.8, 0.0), (0.0, 0.11), (0.0, 0.18), (0.6, 0.18))
STARTS, YEARS = 13, range(2020, 2025)
MARK = "## The weeks around Christmas: held always, never, or where they stand out"


@dataclass(frozen=True)
class Made:
    """The design with and without the weeks around Christmas, (n, m) responses, and a Christmas before the change."""

    held: Design
    bare: Design
    y: np.ndarray
    seen_before: bool


def made(start: int, m: int, sides: tuple[int, int], rho: float, high: float, effect: float) -> Made:
    n, rng = sum(sides), np.random.default_rng([start, sides[0], int(100 * rho), int(100 * high)])
    days = pd.date_range(pd.Timestamp("2021-01-04") + pd.Timedelta(weeks=4 * start), periods=n, freq="W-MON")
    number = days.to_numpy().astype("datetime64[D]").astype(np.int64)
    calendar, after = Calendar("week"), np.arange(n) >= sides[0]
    y = 0.05 * ar1_noise(np.arange(n), rho, m, int(rng.integers(1 << 30)))
    y += (0.002 * np.arange(n) + np.log1p(effect) * after)[:, None]
    for column in y.T:
        peaks = np.array([np.datetime64(date(y, 12, 19 + int(rng.integers(7))), "D").astype(np.int64) for y in YEARS])
        off = np.abs(number[:, None] - peaks).min(axis=1)
        column += np.log1p(high * np.exp(-((off / rng.uniform(4, 14)) ** 2) / 2))
    change, times = [Intervention(days[sides[0]].date())], calendar.number(number)
    held, bare = (build(times, calendar, change, events=EventCalendar(year_end=own)) for own in (True, False))
    return Made(held, bare, y, any(days[0] <= pd.Timestamp(y, 12, 20) < days[sides[0]] for y in YEARS))


def found(case: Made) -> np.ndarray:
    """(4, m) whether p < 0.05: held always, never, only if a Christmas was seen before, where it stands out."""
    always, never = (dual(problem(case.y, d.X, d.contrast, d.times)).p < ALPHA for d in (case.held, case.bare))
    asked = case.held.X, case.held.names, case.held.times, Calendar("week")
    out = np.array([is_held(column, *asked) for column in case.y.T])
    return np.array([always, never, always if case.seen_before else never, np.where(out, always, never)])


def rows(reps: int) -> list[list[str]]:
    table = []
    for sides in DESIGNS:
        for rho in RHOS:
            for high, effect in CASES:
                got = np.hstack([found(made(k, reps, sides, rho, high, effect)) for k in range(STARTS)])
                shares = [f"{100 * share:.1f}" for share in got.mean(axis=1)]
                table.append([f"{sides[0]}+{sides[1]}", f"{rho:g}", f"{high:.0%}", f"{effect:.0%}", *shares])
                print(" | ".join(table[-1]), flush=True)
    return table


def section(reps: int) -> str:
    """This part of the document, computed."""
    head = ["weeks", "memory", "peak", "effect", "always", "never", "if seen before the change", "where they stand out"]
    lines = ["| " + " | ".join(line) + " |" for line in (head, ["---"] * len(head), *rows(reps))]
    return f"""{MARK}

Per cent of {STARTS * reps:,} series a row with p < 0.05: false alarms where the effect is 0%, power elsewhere. The
product holds them where two were seen or an F-test speaks of them at {LEVEL:.0%} (last column).

{chr(10).join(lines)}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=60)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    text = section(asked.reps)
    print(text)
    if asked.write:
        before, _, rest = asked.write.read_text().partition(MARK)
        after = rest.partition("\n## ")[2]
        asked.write.write_text(f"{before.rstrip()}\n\n{text}" + (f"\n## {after}" if after else ""))


if __name__ == "__main__":
    main()
