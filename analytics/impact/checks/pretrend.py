"""A curved trend before the change: a straight line carried forward would then mislead."""

import numpy as np

from analytics.impact.covariance import Array
from analytics.impact.design import Design
from analytics.impact.gls import dual, problem
from analytics.impact.notes import Note, grave, info, warning
from analytics.impact.regression import independent
from analytics.inference import ALPHA

GRAVE = 0.01  # below it the bend leaves no verdict: several checks stand side by side


def curved_pretrend(y: Array, design: Design) -> Note:
    """Test a quadratic term on the time before the change, with the same dual inference."""
    rows = design.before
    held = [i for i in range(design.X.shape[1]) if i not in design.effect and np.ptp(design.X[rows, i]) > 0]
    u = design.times[rows] - design.times[rows].mean()
    X = np.column_stack([np.ones(int(rows.sum())), design.X[rows][:, held], u**2 / max(float(u.max()) ** 2, 1.0)])
    kept = independent(X)
    bends, X = X.shape[1] - 1 in kept, X[:, kept]
    if not bends or len(X) - X.shape[1] < 4 or np.ptp(y[rows]) == 0:
        return info("pretrend", "There is too little time before the change to see whether the trend was straight.")
    p = float(dual(problem(y[rows], X, np.eye(X.shape[1])[-1], design.times[rows])).p[0])
    if p < ALPHA:
        said = grave if p < GRAVE else warning
        return said("pretrend", "The trend before the change was already bending, so a straight line may mislead.")
    return info("pretrend", "The trend before the change shows no bend.")
