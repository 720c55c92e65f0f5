"""A link to a file that our own server sends, block by block."""

from __future__ import annotations

import html

import streamlit as st


def download_link(label: str, address: str) -> None:
    """Draw a link that saves what lies at an address of this app, in this tab."""
    st.html(f'<a class="dp-download" href="{html.escape(address)}" download>{html.escape(label)}</a>')
