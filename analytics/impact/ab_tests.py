"""Randomised A/B tests: clicks over impressions by variant, with allowance for more scatter than chance alone.

Sources: quasi-likelihood for proportions, McCullagh & Nelder 1989, section 4.5; sample ratio mismatch, Fabijan et al.
2019, "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD; Holm 1979; Benjamini & Hochberg 1995.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy.special import chdtrc, stdtr, stdtrit

from analytics.impact.errors import ImpactError
from analytics.impact.notes import Note, info, warning
from analytics.inference import ALPHA, NO_DIFFERENCE, TOO_FEW, UPPER, benjamini_hochberg, holm

MIN_CLICKS = 10
UNEVEN_P = 0.001
UNEVEN = "cannot tell: shown unevenly"
NAMED = 5
Family = Literal["test", "campaign", "all"]
FAMILIES: tuple[Family, ...] = get_args(Family)
"""What is corrected together: the comparisons of one test, of one campaign, or all."""
_NUMBERS = ("rate", "control_rate", "lift", "low", "high", "p", "p_holm", "q")


@dataclass(frozen=True)
class ABEffect:
    """One variant against its test's control: rates, lift (%) with interval, p-values raw and corrected.

    ``p_holm`` and ``q`` (Benjamini-Hochberg) are corrected within the family asked for. ``uneven`` marks a test whose
    variants were shown far from equally often: its lift is no effect of the variant, and no verdict is given.
    """

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
    uneven: bool = False


@dataclass(frozen=True)
class ABReport:
    """All comparisons, the over-dispersion used (1 is chance alone) with its degrees of freedom, and notes."""

    rows: tuple[ABEffect, ...]
    dispersion: float
    df: float
    notes: tuple[Note, ...]
    family: Family = "all"


def ab_tests(frame: pd.DataFrame, *, control: str | None = None, family: Family = "all") -> ABReport:
    """Compare the variants of randomised tests.

    Parameters
    ----------
    frame : columns test, variant, clicks, impressions; several rows of one variant (days, placements) let the extra
        scatter be measured.
        Names are told apart without regard to case and blanks at their ends. A column campaign is needed for that
        family.
    control : name of the control variant; by default the first variant of each test, in order of the rows.
    family : what is corrected together: each test alone, each campaign, or all comparisons.

    Raises
    ------
    ImpactError
        For missing columns, impossible numbers, or no test with two variants.
    """
    missing = {"test", "variant", "clicks", "impressions"} - set(frame.columns)
    if missing:
        raise ImpactError(f"The table has no column called {', '.join(sorted(missing))}; map or add it.")
    if family == "campaign" and ("campaign" not in frame or frame["campaign"].isna().any()):
        raise ImpactError("Some rows have no campaign, so tests cannot be corrected by campaign; map or add it.")
    table = _named_alike(frame[frame["impressions"] > 0])
    if ((table["clicks"] < 0) | (table["clicks"] > table["impressions"])).any():
        raise ImpactError("A row has fewer than no clicks or more clicks than impressions; mend that row.")
    dispersion, df, note = _dispersion(table)
    pairs = _pairs(table, None if control is None else _key(control))
    if pairs.empty:
        raise ImpactError("No test has two variants with impressions; there is nothing to compare.")
    uneven, doubts = _uneven(table)
    rows = _effects(pairs, dispersion, df, _families(table, pairs, family), uneven)
    return ABReport(rows, dispersion, df, (note, *doubts, _corrected(rows, family)), family)


def _key(name: object) -> str:
    return " ".join(str(name).split()).casefold()


def _named_alike(table: pd.DataFrame) -> pd.DataFrame:
    """Give one name, the first spelling, to names that differ only in case and blanks."""
    out = table.copy()
    for column in ("test", "variant", "campaign"):
        if column in out:
            shown = out[column].map(lambda v: v if v is None or v != v else " ".join(str(v).split()))
            out[column] = shown.groupby(shown.map(_key)).transform("first")
    return out


def _families(table: pd.DataFrame, pairs: pd.DataFrame, family: Family) -> pd.Series:
    """Return the family of each comparison, as a name a row of ``pairs``."""
    if family == "all":
        return pd.Series("all", index=pairs.index)
    if family == "test":
        return pairs["test"]
    campaigns = table.groupby("test")["campaign"]
    if (campaigns.nunique() > 1).any():
        raise ImpactError("A test runs in several campaigns; correct it by test, or all tests together.")
    return pairs["test"].map(campaigns.first())


def _corrected(rows: tuple[ABEffect, ...], family: Family) -> Note:
    """Say how many differences stand by each correction, over which family."""
    judged = [row for row in rows if np.isfinite(row.p) and not row.uneven]
    over = {"test": "within each test", "campaign": "within each campaign", "all": "over all comparisons"}[family]
    by_holm, by_bh = sum(r.p_holm < ALPHA for r in judged), sum(r.q < ALPHA for r in judged)
    text = (
        f"Corrected {over}: {by_holm:,} of {len(judged):,} comparisons differ by Holm (a false claim in at most 5 of "
        f"100 such reports), {by_bh:,} by Benjamini-Hochberg (at most 5 of 100 claims false). The answers go by Holm."
    )
    return info("corrected", text)


def _uneven(table: pd.DataFrame) -> tuple[frozenset[str], list[Note]]:
    """Find the tests whose impressions are spread over the variants more unevenly than chance does.

    Chi-square against equal shares at p < 0.001 after Holm (a sample ratio mismatch, Fabijan et al. 2019): a sign that
    the assignment was not left to chance.
    """
    sums = table.groupby(["test", "variant"], sort=False)["impressions"].sum()
    by_test = sums.groupby("test", sort=False)
    sizes, expected = by_test.size(), by_test.mean()
    chi = ((sums - by_test.transform("mean")) ** 2).groupby("test", sort=False).sum() / expected
    p = holm(np.where(sizes > 1, chdtrc(sizes - 1.0, chi), np.nan))
    broken = [str(name) for name in sizes.index[p < UNEVEN_P]]
    if not broken:
        return frozenset(), []
    named = ", ".join(f"“{name}”" for name in broken[:NAMED])
    named += f" and {len(broken) - NAMED:,} more" if len(broken) > NAMED else ""
    text = (
        f"In {len(broken)} of {int((sizes > 1).sum())} tests the variants were shown far from equally often ({named}); "
        "unless that was planned, the assignment was not left to chance. Their rows are marked and get no verdict."
    )
    return frozenset(broken), [warning("uneven", text)]


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


def _pairs(table: pd.DataFrame, control: str | None) -> pd.DataFrame:
    """Each variant beside the control of its test: columns test, variant, clicks, impressions and the control's."""
    sums = table.groupby(["test", "variant"], sort=False)[["clicks", "impressions"]].sum().reset_index()
    sums["is_control"] = sums["variant"].map(_key) == control
    # Stable: where no variant is the named control, the first one stays in front.
    ordered = sums.sort_values("is_control", ascending=False, kind="stable")
    base = ordered.drop_duplicates("test").drop(columns="is_control")
    pairs = sums.drop(columns="is_control").merge(base, on="test", suffixes=("", "_0"))
    return pairs[pairs["variant"] != pairs["variant_0"]]


def _effects(
    pairs: pd.DataFrame, phi: float, df: float, families: pd.Series, uneven: frozenset[str]
) -> tuple[ABEffect, ...]:
    c1, n1, c0, n0 = (pairs[name].to_numpy(float) for name in ("clicks", "impressions", "clicks_0", "impressions_0"))
    log_lift = np.log((c1 + 0.5) / (n1 + 0.5)) - np.log((c0 + 0.5) / (n0 + 0.5))
    se = np.sqrt(phi * (1 / (c1 + 0.5) - 1 / (n1 + 0.5) + 1 / (c0 + 0.5) - 1 / (n0 + 0.5)))
    reach = stdtrit(df, UPPER) * se
    p = np.where(np.minimum(c0, c1) >= MIN_CLICKS, 2 * stdtr(df, -np.abs(log_lift) / se), np.nan)
    lift, low, high = (100 * np.expm1(v) for v in (log_lift, log_lift - reach, log_lift + reach))
    p_holm, q = np.full(p.size, np.nan), np.full(p.size, np.nan)
    for rows in families.reset_index(drop=True).groupby(families.to_numpy(), sort=False).indices.values():
        p_holm[rows], q[rows] = holm(p[rows]), benjamini_hochberg(p[rows])
    columns = (c1 / n1, c0 / n0, lift, low, high, p, p_holm, q)
    numbers = [dict(zip(_NUMBERS, row, strict=True)) for row in np.column_stack(columns).tolist()]
    names = zip(pairs["test"].astype(str), pairs["variant"].astype(str), pairs["variant_0"].astype(str), strict=True)
    return tuple(
        ABEffect(
            test=test,
            variant=variant,
            control=base,
            impressions=int(n),
            answer=UNEVEN if test in uneven else _answer(variant, base, row),
            uneven=test in uneven,
            **row,
        )
        for (test, variant, base), n, row in zip(names, n1, numbers, strict=True)
    )


def _answer(variant: str, base: str, row: dict[str, float]) -> str:
    if not np.isfinite(row["p"]):
        return TOO_FEW
    if row["p_holm"] < ALPHA:
        return f"{variant} does {'better' if row['lift'] > 0 else 'worse'} than {base}"
    return NO_DIFFERENCE
