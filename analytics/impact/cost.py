"""Costs before and after, cost per engagement, and the return on what was spent, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.impact.calendar import ORDER
from analytics.impact.design import Intervention
from analytics.impact.errors import ImpactError
from analytics.impact.report import ImpactReport, analyse
from analytics.impact.series import prepare
from analytics.inference import CANNOT_TELL


@dataclass(frozen=True)
class Return:
    """Return on investment (%): (extra income x margin - spent) / spent, with its 95% interval.

    Attributes
    ----------
    verdict : the sentence on the income, on which the return rests. doubts : what could be wrong with it.
    n_before, n_after : periods of the income that were used.
    """

    percent: float
    low: float
    high: float
    extra_income: float
    spent: float
    sentence: str
    verdict: str
    doubts: tuple[str, ...]
    n_before: int
    n_after: int


@dataclass(frozen=True)
class CostReport:
    """Expenses, and cost per engagement where engagements were given."""

    expenses: ImpactReport
    per_engagement: ImpactReport | None


def analyse_costs(
    expenses: pd.DataFrame,
    changes: Intervention | Sequence[Intervention],
    *,
    engagements: pd.DataFrame | None = None,
    as_of: date | None = None,
) -> CostReport:
    """The effect of a change on expenses and on cost per engagement, by the same method as any metric.

    Parameters
    ----------
    expenses, engagements : columns date and value; the finer of two rhythms is added up to the coarser.
    as_of : the last day on which data had arrived.

    Raises
    ------
    ImpactError
        Where the two tables share no period, or a series cannot be analysed.
    """
    spent = analyse(expenses, changes, metric="Expenses", kind="amount", as_of=as_of)
    if engagements is None:
        return CostReport(spent, None)
    ratio = cost_per(expenses, engagements, as_of=as_of)
    return CostReport(spent, analyse(ratio, changes, metric="Cost per engagement", kind="rate", as_of=as_of))


def cost_per(expenses: pd.DataFrame, engagements: pd.DataFrame, *, as_of: date | None = None) -> pd.DataFrame:
    """Columns date and value: expenses over engagements, by the coarser rhythm of the two.

    Raises
    ------
    ImpactError
        Where the two share no period with engagements.
    """
    top, below = (prepare(t[["date", "value"]], kind="amount", as_of=as_of) for t in (expenses, engagements))
    coarser = max((top, below), key=lambda s: ORDER.index(s.frequency)).frequency
    top, below = (
        s if s.frequency == coarser else prepare(t[["date", "value"]], kind="amount", frequency=coarser, as_of=as_of)
        for s, t in ((top, expenses), (below, engagements))
    )
    if top.calendar != below.calendar:
        raise ImpactError("The weeks of expenses and engagements begin on different days; use the same weeks.")
    times, mine, theirs = np.intersect1d(top.times, below.times, return_indices=True)
    shared = below.value[theirs] > 0
    if not shared.any():
        raise ImpactError(
            f"Expenses and engagements share no {coarser} with engagements above zero; check both tables."
        )
    days = top.calendar.start(times[shared]).astype("datetime64[D]")
    return pd.DataFrame({"date": days, "value": top.value[mine][shared] / below.value[theirs][shared]})


def return_on_investment(income: ImpactReport, spent: float, *, margin: float = 1.0) -> Return:
    """Return on what the change cost, from the total effect on income over the time that its stated shape acts.

    Parameters
    ----------
    income : report on an amount of money. spent : what the change cost, taken as known, in the same money.
    margin : part of each sale that is kept (0 to 1).

    Raises
    ------
    ImpactError
        Where nothing was spent, the margin is not between 0 and 1, or the effect on income has no verdict: money
        follows the verdict, so what cannot be told has no return either.
    """
    if not (np.isfinite(spent) and spent > 0):
        raise ImpactError("Enter what the change cost (above zero) to work out a return.")
    if not 0 < margin <= 1:
        raise ImpactError("The margin is a part of each sale, above 0 and at most 1 (0.4 for 40%).")
    if income.verdict.answer == CANNOT_TELL:
        raise ImpactError(f"No return can be told, because the effect on income cannot. {income.verdict.sentence}")
    effect = income.effect
    value, low, high = (100.0 * (total * margin - spent) / spent for total in effect.cumulative)
    if low > 0:
        said = "The change earned more than it cost."
    elif high < 0:
        said = "The change cost more than it earned."
    else:
        said = "Cannot tell whether the change earned back what it cost."
    return Return(
        value,
        low,
        high,
        effect.cumulative[0],
        spent,
        said,
        income.verdict.sentence,
        income.verdict.could_be_wrong,
        effect.n_before,
        effect.n_after,
    )
