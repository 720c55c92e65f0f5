"""Charts with words beside them: what they show, and the numbers behind them."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.components.tables import table
from dashboard.theme import FONT, SERIES

CONFIG = {"displaylogo": False, "displayModeBar": False, "responsive": True, "plotlyServerURL": ""}


def chart(figure: go.Figure, words: str, data: pd.DataFrame, *, key: str, height: int = 320) -> None:
    """Show a figure, the sentence that says what it shows, and its data as a table and a CSV."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
        font={"family": FONT, "size": 13},
        colorway=list(SERIES),
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": -0.2},
    )
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    st.plotly_chart(figure, key=key, config=CONFIG, alt=words)
    st.caption(words)
    with st.expander("The numbers behind this chart"):
        table(data, words, file_name=f"{key}.csv")
