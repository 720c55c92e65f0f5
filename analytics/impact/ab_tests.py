"""Randomised A/B tests: clicks over impressions by variant, with allowance for more scatter than chance alone.

Source: quasi-likelihood for proportions, McCullagh & Nelder 1989, section 4.5.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc, stdtr, stdtrit

from analytics.impact.errors import ImpactError
from analytics.impact.multiplicity import benjamini_hochberg, holm
from analytics.impact.notes import Note, info, warning

MIN_CLICKS = 10


@dataclass(frozen=True)
class ABEffect:
    """One variant against its test's control: rates, lift (%) with interval, p-values raw and corrected."""

    test: str
    variant: str
    control: str
    impressions: int
    rate: float
    control_rate: float
    lift: float
    low: float
    high: float
    p: float
    p_holm: float
    q: float
    answer: str


@dataclass(frozen=True)
class ABReport:
    """All comparisons, the over-dispersion used (1 is chance alone) with its degrees of freedom, and notes."""

    rows: tuple[ABEffect, ...]
    dispersion: float
    df: float
    notes: tuple[Note, ...]


def ab_tests(frame: pd.DataFrame, *, control: str | None = None) -> ABReport:
    """Compare the variants of randomised tests.

    Parameters
    ----------
    frame : columns test, variant, clicks, impressions; several rows of one variant (days, placements) let the extra
        scatter be measured.
    control : name of the control variant; by default the first variant of each test, in order of the rows.

    Raises
    ------
    ImpactError
        For missing columns, impossible numbers, or no test with two variants.
    """
    missing = {"test", "variant", "clicks", "impressions"} - set(frame.columns)
    if missing:
        raise ImpactError(f"The table has no column called {', '.join(sorted(missing))}; map or add it.")
    table = frame[frame["impressions"] > 0]
    if ((table["clicks"] < 0) | (table["clicks"] > table["impressions"])).any():
        raise ImpactError("A row has fewer than no clicks or more clicks than impressions; mend that row.")
    dispersion, df, note = _dispersion(table)
    rows: list[ABEffect] = []
    for test, part in table.groupby("test", sort=False):
        rows += _compare(str(test), part, control, dispersion, df)
    if not rows:
        raise ImpactError("No test has two variants with impressions; there is nothing to compare.")
    p = np.array([row.p for row in rows])
    corrected = zip(rows, holm(p), benjamini_hochberg(p), strict=True)
    answers = tuple(_answer(row, float(a), float(q)) for row, a, q in corrected)
    return ABReport(answers, dispersion, df, (note, *_uneven(table)))


def _uneven(table: pd.DataFrame) -> list[Note]:
    """Warn of tests whose impressions are spread over the variants more unevenly than chance does.

    Chi-square against equal shares at p < 0.001 after Holm (a sample-ratio mismatch, Fabijan et al. 2019): a sign that
    the assignment was not left to chance.
    """
    sums = table.groupby(["test", "variant"])["impressions"].sum()
    by_test = sums.groupby("test")
    sizes, expected = by_test.size(), by_test.mean()
    chi = ((sums - by_test.transform("mean")) ** 2).groupby("test").sum() / expected
    p = holm(np.where(sizes > 1, chdtrc(sizes - 1.0, chi), np.nan))
    broken = int((p < 0.001).sum())
    if not broken:
        return []
    text = (
        f"In {broken} of {int((sizes > 1).sum())} tests the variants were shown far from equally often; unless that "
        "was planned, the assignment was not left to chance and the answer cannot be trusted."
    )
    return [warning("uneven", text)]


def _dispersion(table: pd.DataFrame) -> tuple[float, float, Note]:
    """Pearson's chi-square over its degrees of freedom, pooled over all variants; never below 1."""
    sums = table.groupby(["test", "variant"])[["clicks", "impressions"]].transform("sum")
    rate = sums["clicks"] / sums["impressions"]
    expected = rate * table["impressions"]
    spread = expected * (1 - rate)
    usable = spread > 0
    chi = float((((table["clicks"] - expected) ** 2)[usable] / spread[usable]).sum())
    spare = int(usable.sum()) - len(table[usable].groupby(["test", "variant"]))
    if spare < 5:
        text = "Too few repeated rows to measure extra scatter; the intervals assume chance alone and may be short."
        return 1.0, 1e9, warning("dispersion_unknown", text)
    phi = max(1.0, chi / spare)
    text = f"Rows of one variant scatter {phi:.1f} times as much as chance alone; the intervals allow for it."
    return phi, float(spare), info("dispersion", text)


def _compare(test: str, part: pd.DataFrame, control: str | None, phi: float, df: float) -> list[ABEffect]:
    sums = part.groupby("variant", sort=False)[["clicks", "impressions"]].sum()
    base = control if control in sums.index else sums.index[0]
    if len(sums) < 2:
        return []
    rates = {v: ((c + 0.5) / (n + 0.5), c, n) for v, c, n in sums.itertuples()}
    r0, c0, n0 = rates[base]
    out = []
    for variant, (r1, c1, n1) in rates.items():
        if variant == base:
            continue
        log_lift = np.log(r1 / r0)
        se = np.sqrt(phi * (1 / (c1 + 0.5) - 1 / (n1 + 0.5) + 1 / (c0 + 0.5) - 1 / (n0 + 0.5)))
        reach = stdtrit(df, 0.975) * se
        told = min(c0, c1) >= MIN_CLICKS
        p = float(2 * stdtr(df, -abs(log_lift) / se)) if told else float("nan")
        lift, low, high = (float(100 * np.expm1(v)) for v in (log_lift, log_lift - reach, log_lift + reach))
        out.append(
            ABEffect(test, str(variant), str(base), int(n1), c1 / n1, c0 / n0, lift, low, high, p, np.nan, np.nan, "")
        )
    return out


def _answer(row: ABEffect, p_holm: float, q: float) -> ABEffect:
    if not np.isfinite(row.p):
        answer = "too few to tell"
    elif p_holm < 0.05:
        answer = f"{row.variant} does {'better' if row.lift > 0 else 'worse'} than {row.control}"
    else:
        answer = "no difference shown"
    return ABEffect(**{**row.__dict__, "p_holm": p_holm, "q": q, "answer": answer})
