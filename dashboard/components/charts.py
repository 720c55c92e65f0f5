"""Charts with words beside them: what they show, and the numbers behind them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.components.tables import table
from dashboard.components.text import as_text, in_chart
from dashboard.theme import FONT, SERIES

CONFIG = {"displaylogo": False, "displayModeBar": False, "responsive": True, "plotlyServerURL": ""}


@dataclass(frozen=True)
class Chart:
    """A figure in the app's look, the sentence that says what it shows, and the numbers behind it."""

    figure: go.Figure
    words: str
    data: pd.DataFrame


def drawn(figure: go.Figure, words: str, data: pd.DataFrame, *, height: int = 320) -> Chart:
    """Give a figure the app's look. Drawing costs more than showing, so a page may keep what is drawn."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
        font={"family": FONT, "size": 13},
        colorway=list(SERIES),
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": -0.2},
    )
    _say_plainly(figure)
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    return Chart(figure, words, data)


def _say_plainly(figure: go.Figure) -> None:
    """Have names of segments, waves and metrics in a figure read as they are."""
    for trace in figure.data:
        for field in ("name", "legendgroup", "text", "hovertext", "x", "y"):
            held = getattr(trace, field, None)
            if isinstance(held, str):
                trace[field] = in_chart(held)
            elif held is not None and any(isinstance(value, str) for value in held):
                trace[field] = [in_chart(value) if isinstance(value, str) else value for value in held]
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        if axis.title.text:
            axis.title.text = in_chart(axis.title.text)
        if axis.categoryarray is not None:
            axis.categoryarray = [in_chart(value) for value in axis.categoryarray]
    for note in figure.layout.annotations:
        note.text = in_chart(note.text)


def show(found: Chart, *, key: str) -> None:
    """Show a chart, its words, and its data as a table and a CSV."""
    st.plotly_chart(found.figure, key=key, config=CONFIG, alt=found.words)
    st.caption(as_text(found.words))
    with st.expander("The numbers behind this chart"):
        table(found.data, found.words, file_name=f"{key}.csv")


def chart(figure: go.Figure, words: str, data: pd.DataFrame, *, key: str, height: int = 320) -> None:
    """Draw and show a figure at once."""
    show(drawn(figure, words, data, height=height), key=key)
