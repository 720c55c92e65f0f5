"""Charts of the Surveys page: the full distribution of two waves as diverging stacked bars, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from dashboard.components import percent, with_interval

if TYPE_CHECKING:
    from analytics.surveys import Distribution, ItemComparison

LOW, MIDDLE, HIGH = (176, 92, 36), (196, 196, 190), (24, 104, 100)


def diverging_bars(before: Distribution, after: Distribution, names: tuple[str, str]) -> tuple[go.Figure, pd.DataFrame]:
    """Return stacked bars around the scale's middle, one a wave, and the shares behind them."""
    k = len(before.labels)
    waves = list(zip(names, (before, after), strict=True))
    figure = go.Figure()
    below = [i for i in range(k) if i < (k - 1) / 2]
    middle = [k // 2] if k % 2 else []
    above = [i for i in range(k) if i > (k - 1) / 2]
    # Bars grow outwards from the middle, so the lower half is drawn from its inner end.
    drawn = [(i, -0.5) for i in middle] + [(i, -1.0) for i in reversed(below)]
    drawn += [(i, 0.5) for i in middle] + [(i, 1.0) for i in above]
    for i, side in drawn:
        shares = [d.shares[i].value for _, d in waves]
        inside = [f"{100 * s:.0f}%" if s >= 0.06 and side != -0.5 else "" for s in shares]
        figure.add_bar(
            y=[name for name, _ in waves],
            x=[100 * side * s for s in shares],
            orientation="h",
            name=before.labels[i],
            legendrank=i,
            showlegend=side != -0.5,
            legendgroup=before.labels[i],
            marker={"color": _colour(i, k), "line": {"color": "#fcfbf8", "width": 1}},
            text=inside,
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            hovertext=[f"{before.labels[i]}: {100 * s:.1f}%" for s in shares],
            hoverinfo="text",
        )
    figure.update_layout(barmode="relative", bargap=0.3, yaxis={"autorange": "reversed"})
    figure.update_layout(legend={"font": {"size": 11}, "maxheight": 0.9, "entrywidth": 0})
    figure.update_xaxes(showticklabels=False, zeroline=True, zerolinecolor="rgba(128,128,128,.6)", showgrid=False)
    rows = [
        {"Wave": name, "Answer": label, "People": n, "Share": with_interval(100 * s.value, 100 * s.low, 100 * s.high)}
        for name, d in waves
        for label, n, s in zip(d.labels, d.counts, d.shares, strict=True)
    ]
    return figure, pd.DataFrame(rows)


def _colour(place: int, points: int) -> str:
    """Return the colour of a label: from brown (low) over grey to teal (high)."""
    at = 2 * place / max(1, points - 1) - 1
    end, part = (HIGH, at) if at > 0 else (LOW, -at)
    return "#" + "".join(f"{round(m + (e - m) * part):02x}" for m, e in zip(MIDDLE, end, strict=True))


def in_words(found: ItemComparison, names: tuple[str, str]) -> str:
    """Return the full distributions in words, for those who do not see the chart."""
    said = []
    for name, d in zip(names, (found.before, found.after), strict=True):
        if d is not None:
            shares = ", ".join(f"{x} {percent(s.value)}" for x, s in zip(d.labels, d.shares, strict=True))
            said.append(f"{name} (n={d.n}): {shares}")
    return "; ".join(said) + "."
