"""Tables that can be read aloud and taken along safely."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.components.text import as_text
from dashboard.spreadsheet import safe_csv


def csv_download(frame: pd.DataFrame, file_name: str, label: str = "Download as CSV") -> None:
    """Offer a table as CSV whose cells no spreadsheet takes for formulas."""
    st.download_button(
        as_text(label),
        data=lambda: safe_csv(frame),
        file_name=file_name,
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"csv-{file_name}",
    )


def table(frame: pd.DataFrame, caption: str, *, file_name: str | None = None, rows: int = 10) -> None:
    """Show a table with a sentence that says what it holds, and its download."""
    st.caption(as_text(caption))
    height = 38 + 35 * min(max(1, len(frame)), rows)
    grouped = st.column_config.NumberColumn(format="localized")
    # Only large counts: years and numbers of posts read better without a comma.
    whole = {
        str(name): grouped
        for name, values in frame.items()
        if pd.api.types.is_integer_dtype(values.dtype) and len(values) and values.max() >= 10_000
    }
    st.dataframe(frame, hide_index=True, width="stretch", height=height, alt=caption, column_config=whole)
    if file_name:
        csv_download(frame, file_name)
