"""Charts of the Impact page: the series with its counterfactual, pretended dates, segments, waits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from dashboard.components import chart
from dashboard.theme import SERIES

if TYPE_CHECKING:
    from analytics.impact.power import Plan
    from analytics.impact.report import ImpactReport
    from analytics.impact.segments import SegmentReport

SEEN, EXPECTED, CHANGE = SERIES[0], SERIES[1], SERIES[3]
BAND, SETTLING = "rgba(201,130,43,.22)", "rgba(128,128,128,.22)"
SEGMENTS_SHOWN, CROWDED = 25, 150
ONE_DAY_MS = 86_400_000
PERIOD_DAYS = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}


def _scale(report: ImpactReport, frame: pd.DataFrame) -> tuple[float, str]:
    """Rates below one are read as percent."""
    small = float(frame["observed"].abs().max()) <= 1
    return (100.0, f"{report.metric} (%)") if small else (1.0, report.metric)


def series_chart(report: ImpactReport) -> None:
    """Draw what was seen, what would have been, the change and the settling time."""
    frame = report.chart_frame()
    factor, label = _scale(report, frame)
    columns = ["observed", "counterfactual", "low", "high"]
    frame[columns] = frame[columns] * factor
    kept = frame[~frame["washout"]]
    before, after = kept[~kept["after"]], kept[kept["after"]]
    figure = go.Figure()
    figure.add_scatter(x=after["day"], y=after["high"], mode="lines", line={"width": 0}, showlegend=False)
    figure.add_scatter(
        x=after["day"], y=after["low"], mode="lines", line={"width": 0}, fill="tonexty", fillcolor=BAND, name="95% band"
    )
    figure.add_scatter(
        x=kept["day"],
        y=kept["counterfactual"],
        mode="lines",
        line={"dash": "dash", "color": EXPECTED, "width": 2},
        name="Without the change",
    )
    for part, symbol, word in ((before, "circle", "Before"), (after, "diamond", "After")):
        figure.add_scatter(
            x=part["day"],
            y=part["observed"],
            mode="lines+markers",
            line={"color": SEEN, "width": 1},
            marker={"symbol": symbol, "size": 7 if len(kept) <= CROWDED else 3, "color": SEEN},
            name=word,
        )
    _mark_change(figure, report, frame)
    figure.update_yaxes(title=label)
    figure.update_layout(legend_traceorder="normal")
    frame[columns] = frame[columns].round(4)
    chart(figure, report.alt_text, frame, key="impact-series", height=420)


def _mark_change(figure: go.Figure, report: ImpactReport, frame: pd.DataFrame) -> None:
    left_out = frame[frame["washout"]]
    if len(left_out):
        figure.add_scatter(
            x=left_out["day"],
            y=left_out["observed"],
            mode="markers",
            marker={"symbol": "x-thin-open", "size": 8, "color": "#888"},
            name="Left out",
        )
        end = left_out["day"].max() + pd.Timedelta(days=PERIOD_DAYS[report.frequency])
        figure.add_vrect(x0=left_out["day"].min(), x1=end, fillcolor=SETTLING, line_width=0)
    day = pd.Timestamp(report.change.day)
    figure.add_vline(x=day, line={"color": CHANGE, "width": 2, "dash": "dot"})
    figure.add_annotation(x=day, y=1.04, yref="paper", text="Change", showarrow=False, font={"color": CHANGE})


def placebo_chart(report: ImpactReport) -> None:
    """Draw the effects "found" at earlier dates beside the real one, in percent."""
    found = report.placebo
    percents = [_as_percent(report, float(value)) for value in found.estimates]
    frame = pd.DataFrame({"effect at a pretended date (%)": percents, "p": found.p}).round(4)
    figure = go.Figure(go.Histogram(x=percents, marker={"color": SERIES[2]}, name="Pretended dates", nbinsx=24))
    figure.add_vline(x=report.effect.percent, line={"color": CHANGE, "width": 3})
    figure.add_annotation(
        x=report.effect.percent, y=1.06, yref="paper", text="Real date", showarrow=False, font={"color": CHANGE}
    )
    figure.update_xaxes(title="Effect (%)")
    figure.update_yaxes(title="Dates")
    figure.update_layout(bargap=0.05)
    words = (
        f"Effects at {len(percents)} pretended dates before the change, from {min(percents):.1f}% to "
        f"{max(percents):.1f}%; the real one is {report.effect.percent:.1f}%."
    )
    chart(figure, words, frame, key="impact-placebo", height=280)


def _as_percent(report: ImpactReport, estimate: float) -> float:
    """Bring an estimate to percent on the scale on which the real one was brought there."""
    effect = report.effect
    if math.isclose(effect.percent, 100 * math.expm1(min(effect.estimate, 50.0)), rel_tol=1e-6, abs_tol=1e-9):
        return 100 * math.expm1(min(estimate, 50.0))
    return estimate * effect.percent / effect.estimate if effect.estimate else math.nan


def segments_chart(report: SegmentReport, kind: str) -> None:
    """Draw each segment's effect against all the others, with intervals (a forest plot)."""
    told = [row for row in report.rows if math.isfinite(row.difference.value)]
    told = sorted(told, key=lambda row: abs(row.difference.value), reverse=True)[:SEGMENTS_SHOWN]
    told = sorted(told, key=lambda row: row.difference.value)
    if not told:
        return
    many = len({row.metric for row in told}) > 1
    names = [f"{row.metric}: {row.segment}" if many else row.segment for row in told]
    values = [row.difference.value for row in told]
    figure = go.Figure()
    for answer, symbol in (("gains more", "triangle-up"), ("gains less", "triangle-down"), ("", "circle")):
        which = [
            i for i, row in enumerate(told) if (row.answer == answer) or (not answer and "gains" not in row.answer)
        ]
        if which:
            figure.add_scatter(
                x=[values[i] for i in which],
                y=[names[i] for i in which],
                mode="markers",
                marker={"symbol": symbol, "size": 12},
                error_x={
                    "array": [told[i].difference.high - values[i] for i in which],
                    "arrayminus": [values[i] - told[i].difference.low for i in which],
                },
                name=answer.capitalize() or "No difference shown",
            )
    figure.add_vline(x=0, line={"color": "#888", "dash": "dot"})
    figure.update_xaxes(ticksuffix="%")
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=names)
    best, worst = told[-1], told[0]
    words = (
        f"Effect by {kind} against all the others, with 95% intervals: from {worst.segment} "
        f"({worst.difference.value:.1f}%) to {best.segment} ({best.difference.value:.1f}%)."
    )
    frame = pd.DataFrame(
        {
            "segment": names,
            "%": values,
            "low": [r.difference.low for r in told],
            "high": [r.difference.high for r in told],
        }
    )
    chart(figure, words, frame.round(2), key="impact-segments", height=150 + 34 * len(told))


def waits_chart(plan: Plan) -> None:
    """Draw the smallest effect that can be seen by the time waited."""
    frame = pd.DataFrame([(w.periods, w.detectable) for w in plan.waits], columns=["waited", "smallest effect (%)"])
    figure = go.Figure(
        go.Scatter(x=frame["waited"], y=frame["smallest effect (%)"], mode="lines+markers", name="Smallest effect")
    )
    figure.add_hline(y=plan.target, line={"color": CHANGE, "dash": "dot"})
    figure.add_annotation(
        x=1, xref="paper", y=plan.target, text="Wanted", showarrow=False, yshift=10, font={"color": CHANGE}
    )
    figure.update_xaxes(title=f"{plan.frequency.capitalize()}s after the change")
    figure.update_yaxes(title="Smallest effect (%)", rangemode="tozero")
    first, last = plan.waits[0], plan.waits[-1]
    words = (
        f"The smallest effect that 4 of 5 analyses would find: {first.detectable:.1f}% after {first.periods} "
        f"{plan.frequency}s, {last.detectable:.1f}% after {last.periods}."
    )
    chart(figure, words, frame.round(2), key="impact-waits", height=300)
