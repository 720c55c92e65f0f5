"""Costs before and after, cost per engagement, and the return on what was spent, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.impact.design import Intervention
from analytics.impact.errors import ImpactError
from analytics.impact.its import Effect
from analytics.impact.report import ImpactReport, analyse


@dataclass(frozen=True)
class Return:
    """Return on investment (%): (extra income x margin - spent) / spent, with its 95% interval."""

    percent: float
    low: float
    high: float
    extra_income: float
    spent: float
    sentence: str


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
) -> CostReport:
    """The effect of a change on expenses and on cost per engagement, by the same method as any metric.

    Parameters
    ----------
    expenses, engagements : columns date and value, on the same dates.

    Raises
    ------
    ImpactError
        Where the two tables share no dates, or a series cannot be analysed.
    """
    spent = analyse(expenses, changes, metric="Expenses", kind="amount")
    if engagements is None:
        return CostReport(spent, None)
    both = expenses.groupby("date")["value"].sum().rename("cost").to_frame()
    both = both.join(engagements.groupby("date")["value"].sum(), how="inner")
    both = both[both["value"] > 0]
    if both.empty:
        raise ImpactError("Expenses and engagements share no date with engagements above zero; check both tables.")
    ratio = pd.DataFrame({"date": both.index, "value": (both["cost"] / both["value"]).to_numpy()})
    return CostReport(spent, analyse(ratio, changes, metric="Cost per engagement", kind="rate"))


def return_on_investment(sales: Effect, spent: float, *, margin: float = 1.0) -> Return:
    """Return on what the change cost, from the total effect on sales.

    Parameters
    ----------
    sales : effect on an amount of money. spent : what the change cost, taken as known, in the same money.
    margin : part of each sale that is kept (0 to 1).

    Raises
    ------
    ImpactError
        Where nothing was spent or the margin is not between 0 and 1.
    """
    if spent <= 0:
        raise ImpactError("Enter what the change cost (above zero) to work out a return.")
    if not 0 < margin <= 1:
        raise ImpactError("The margin is a part of each sale, above 0 and at most 1 (0.4 for 40%).")
    value, low, high = (100.0 * (total * margin - spent) / spent for total in sales.cumulative)
    if low > 0:
        said = "The change earned more than it cost."
    elif high < 0:
        said = "The change cost more than it earned."
    else:
        said = "Cannot tell whether the change earned back what it cost."
    return Return(value, low, high, sales.cumulative[0], spent, said)
