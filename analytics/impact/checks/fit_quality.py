"""Warnings that follow from the fit itself: memory, disagreement of the two inferences, outliers, overlap."""

from collections.abc import Sequence

import numpy as np

from analytics.impact.design import MIN_SIDE, Intervention
from analytics.impact.its import Effect, Fit
from analytics.impact.notes import Note, counted, grave, percent, warning
from analytics.impact.series import MetricSeries

RHO_ALARM = 0.9
WIDTH_ALARM = 1.5
OUTLIER = 4.5
MDE_ALARM = 25.0


def memory(effect: Effect) -> list[Note]:
    """Warn of a near-random walk and of inferences that disagree."""
    out = []
    if effect.rho >= RHO_ALARM:
        text = "Each value hangs almost wholly on the one before, so the series drifts and a step is hard to prove."
        out.append(grave("rho", text))
    if effect.width_ratio > WIDTH_ALARM:
        text = "Two ways to reckon the uncertainty disagree; the wider interval is shown."
        out.append(warning("width", text))
    return out


def outliers(series: MetricSeries, fit: Fit) -> list[Note]:
    """Warn of periods far from the model: beyond 4.5 robust standard deviations."""
    r = fit.residuals
    if len(r) < 2 * MIN_SIDE:
        return []  # too few to know what is usual
    scale = 1.4826 * float(np.median(np.abs(r - np.median(r))))
    far = np.abs(r) > OUTLIER * max(scale, 1e-12)
    if not far.any():
        return []
    days = ", ".join(str(d) for d in series.dates[fit.design.keep][far][:3])
    return [
        warning(
            "outliers",
            f"{counted(int(far.sum()), 'unusual value', ('stands', 'stand'))} out ({days}); check what happened then.",
        )
    ]


def overlap(series: MetricSeries, changes: Sequence[Intervention], focus: int) -> list[Note]:
    """Warn of other changes with fewer than 8 periods between them and the one analysed."""
    own = changes[focus].first_after(series.calendar)
    out = []
    for i, other in enumerate(changes):
        start = other.first_after(series.calendar)
        low, high = min(own, start), max(own, start)
        between = int(((series.times >= low) & (series.times < high)).sum())
        if i != focus and between < MIN_SIDE and series.times[0] < start <= series.times[-1]:
            name = other.label[:1].upper() + other.label[1:]
            text = f"{name} came within {counted(between, series.frequency)}; the two may mix."
            out.append(warning("overlap", text))
    return out


def too_coarse(detectable: float) -> list[Note]:
    """Warn where only an effect above 25% had a fair chance of being found."""
    if detectable <= MDE_ALARM:
        return []
    return [
        warning(
            "detectable",
            f"With this much data only an effect of {percent(detectable)} or more had a fair chance of being found.",
        )
    ]
