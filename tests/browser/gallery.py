"""A script for the app's server that shows every shared part on one page, or breaks when asked to."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import components, theme

st.set_page_config(page_title="Gallery", layout="centered")
st.html(theme.CSS)
st.title("Gallery", anchor=False)
if person := st.query_params.get("break"):
    raise KeyError(person)
data = pd.DataFrame({"week": ["1", "2", "=1+1"], "rate": [2.0, 3.5, 3.1]})
figure = go.Figure(go.Bar(x=["1", "2", "3"], y=data["rate"], name="rate"))
components.chart(figure, "The rate rose from 2.0 to 3.1 in three weeks.", data, key="rates")
components.table(data, "Rates by week", file_name="weeks.csv")
st.html(components.verdict_badge("needs_human"))
components.word_diff("a <b>soft</b> vest", "a <i>warm</i> vest")
st.button("Approve", type="primary")
components.empty_state("Nothing yet", "Bring something in.")
