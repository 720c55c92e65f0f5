"""Effects that grow, fade or end, a Christmas peak, and real dates on which nothing happened: what the verdicts say.

Run: python benchmarks/impact_shapes.py [--reps 200] [--write docs/impact-validity.md]

The whole analysis with every check is run on each series: 26 + 26 weeks, a straight trend, errors of 5% with memory.
`--write` replaces this part of the document only. Real placebos need DIGITAL_PERSONA_REAL_DATA.
"""

from __future__ import annotations

import argparse
import os
import re
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.impact import EffectShape, ImpactReport, Intervention, analyse
from analytics.impact.errors import ImpactError
from analytics.impact.power import ar1_noise
from analytics.inference import ALPHA, CANNOT_TELL

CHANGE = date(2024, 7, 1)
U = np.arange(26)
BURST = EffectShape("burst", until=date(2024, 7, 28))
RAMP, SLOPE, STEP = EffectShape("ramp", ramp_days=56), EffectShape("slope"), EffectShape()
PATHS = {
    "none": np.zeros(26),
    "step of 10%": np.full(26, np.log(1.1)),
    "step of 18%": np.full(26, np.log(1.18)),
    "growing to 20%": np.log1p(0.2 * (U + 0.5) / 26),
    "growing to 40%": np.log1p(0.4 * (U + 0.5) / 26),
    "fading from 30%": np.log1p(0.3 * (1 - (U + 0.5) / 26)),
    "burst of 30%, 4 weeks": np.log1p(0.3 * (U < 4)),
    "ramp to 20% in 8 weeks": np.log1p(0.2 * np.minimum((U + 0.5) / 8, 1)),
}
ASKED = (
    *((name, STEP) for name in PATHS),
    ("none", SLOPE),
    ("growing to 40%", SLOPE),
    ("fading from 30%", SLOPE),
    ("none", BURST),
    ("burst of 30%, 4 weeks", BURST),
    ("none", RAMP),
    ("ramp to 20% in 8 weeks", RAMP),
)
RHOS = (0.0, 0.5)
MARK = "## Effects in and out of their stated shape"


def ruled_out(report: ImpactReport) -> tuple[float, float] | None:
    """The range (%) beyond which the verdict rules an average out, or None where it rules nothing out."""
    told = re.search(r"rise above ([\d.]+)% or an average fall below −?([\d.]+)%", report.verdict.sentence)
    return (-float(told[2]), float(told[1])) if told else None


def one(seed: int, *, path: str, shape: EffectShape, rho: float) -> tuple[str, bool, float, bool, bool]:
    """Verdict; a false "ruled out"; miss of the average in points; truth inside the interval; p < 0.05."""
    effect = PATHS[path]
    noise = 0.05 * ar1_noise(np.arange(52), rho, 1, seed)[:, 0]
    value = 1000 * np.exp(0.002 * np.arange(52) + noise + np.concatenate([np.zeros(26), effect]))
    frame = pd.DataFrame({"date": pd.date_range("2024-01-01", periods=52, freq="W-MON"), "value": value})
    report = analyse(frame, Intervention(CHANGE, shape=shape), kind="amount")
    true = 100 * float(np.expm1(effect[: 4 if shape.kind == "burst" else None].mean()))
    out = ruled_out(report)
    found = report.effect
    return (
        report.verdict.answer,
        out is not None and not out[0] <= true <= out[1],
        found.percent - true,
        found.low <= true <= found.high,
        found.p < ALPHA,
    )


def shape_rows(reps: int, pool: ProcessPoolExecutor) -> list[list[str]]:
    rows = []
    for path, shape in ASKED:
        for rho in RHOS:
            got = list(pool.map(partial(one, path=path, shape=shape, rho=rho), range(reps), chunksize=10))
            answers = [row[0] for row in got]
            told = [row for row in got if row[0] == "effect found"]
            miss = f"{np.mean([row[2] for row in told]):+.1f}" if len(told) > 2 else ""
            held = f"{100 * np.mean([row[3] for row in told]):.0f}" if len(told) > 2 else ""
            rows.append(
                [
                    path,
                    shape.kind,
                    f"{rho:g}",
                    *(f"{100 * answers.count(a) / reps:.0f}" for a in ("effect found", "no evidence", CANNOT_TELL)),
                    f"{100 * np.mean([row[1] for row in got]):.1f}",
                    f"{100 * np.mean([row[4] for row in got]):.0f}",
                    miss,
                    held,
                ]
            )
            print(" | ".join(rows[-1]), flush=True)
    return rows


def christmas(seed: int) -> bool:
    """Whether a peak in two Decembers, and nothing else, is called an effect."""
    days = pd.date_range("2023-01-02", periods=104, freq="W-MON")
    rng = np.random.default_rng(seed)
    middle, high, wide = 19 + int(rng.integers(7)), rng.uniform(0.3, 1.2), rng.uniform(4, 14)
    off = np.array([min(abs((d - pd.Timestamp(y, 12, middle)).days) for y in (2022, 2023, 2024)) for d in days])
    value = (1 + high * np.exp(-((off / wide) ** 2) / 2)) * np.exp(0.05 * ar1_noise(np.arange(104), 0.3, 1, seed)[:, 0])
    change = date(2023, 7, 3) + timedelta(weeks=int(rng.integers(52)))
    report = analyse(pd.DataFrame({"date": days, "value": 1000 * value}), change, kind="amount")
    return report.verdict.answer == "effect found"


def real_case(case: tuple[pd.DataFrame, date]) -> tuple[bool, bool] | None:
    """Found, and p < 0.05, on real numbers around a date on which nothing is known to have happened."""
    try:
        report = analyse(case[0], case[1], kind="count")
    except ImpactError:
        return None
    return report.verdict.answer == "effect found", report.effect.p < ALPHA


def real_rows(pool: ProcessPoolExecutor, folder: str | None) -> list[list[str]]:
    if folder is None:
        return [["not run: DIGITAL_PERSONA_REAL_DATA is not set", "", "", ""]]
    table = pd.read_csv(Path(folder) / "series" / "blog_daily_views" / "Thecleverprogrammer.csv")
    days = pd.to_datetime(table["Date"], format="%d/%m/%Y")
    frame = pd.DataFrame({"date": days, "value": table["Views"]}).sort_values("date").reset_index(drop=True)
    rows, every = [], []
    for side, step in ((28, 3), (56, 3), (91, 3), (182, 1)):
        starts = range(0, len(frame) - 2 * side + 1, step)
        cases = [(frame.iloc[k : k + 2 * side], frame["date"].iloc[k + side].date()) for k in starts]
        got = [row for row in pool.map(real_case, cases, chunksize=4) if row is not None]
        every += got
        rows.append(real_row(f"{side}+{side} days", got))
    return [*rows, real_row("all", every)]


def real_row(name: str, got: list[tuple[bool, bool]]) -> list[str]:
    share = [f"{100 * np.mean([row[k] for row in got]):.1f}" for k in (0, 1)]
    print(name, len(got), share, flush=True)
    return [name, f"{len(got)}", *share]


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def section(reps: int, workers: int) -> str:
    """This part of the document, computed."""
    with ProcessPoolExecutor(workers) as pool:
        peaks = list(pool.map(christmas, range(reps), chunksize=10))
        real = real_rows(pool, os.environ.get("DIGITAL_PERSONA_REAL_DATA"))
        shapes = shape_rows(reps, pool)
    head = "effect|stated|memory|found|no evidence|cannot tell|false “ruled out”|p < 0.05 alone|bias|coverage"
    return f"""{MARK}

Per cent of {reps} series a row (26+26 weeks, errors of 5%); the whole analysis with every check. "p < 0.05 alone" is
what the answer would be without checks of shape and doubts, and so the power that they cost. Bias (points) and
coverage are those of the found ones. Before
these checks, growing and fading effects were falsely ruled out in 73 to 85% of series, and a burst read as a step was
found in 150 of 150 with seven times its average.

{table(head.split("|"), shapes)}

A Christmas peak of two years and no effect, {reps} series with the change at any week of the middle year: found in
{100 * np.mean(peaks):.1f}% (before: 24 of 24).

Real daily page views around dates on which nothing is known to have happened (windows overlap, so that their number
says more than their evidence):

{table(["design", "dates", "found (%)", "p < 0.05 alone (%)"], real)}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=200)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    text = section(asked.reps, asked.workers)
    print(text)
    if asked.write:
        asked.write.write_text(f"{asked.write.read_text().split(MARK)[0].rstrip()}\n\n{text}")


if __name__ == "__main__":
    main()
