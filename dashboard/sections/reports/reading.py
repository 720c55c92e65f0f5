"""Reports page: choose a campaign, read its report, take it along."""

from __future__ import annotations

import html

import pandas as pd
import streamlit as st

from dashboard.components import as_text, count, download_link, empty_state, failure, table
from dashboard.downloads import report_url
from dashboard.page_cache import kept
from dashboard.reports import Report, Section, Table, Trail
from dashboard.services.people import User
from dashboard.services.reports import building
from dashboard.services.reports.building import FORMS
from dashboard.services.studio import campaigns
from dashboard.workspace import Workspace

LABELS = {".html": "Download the page (HTML)", ".xlsx": "Download the workbook (XLSX)"}
TRAILS_SHOWN = 20
Frames = list[list[pd.DataFrame]]


def report_section(workspace: Workspace, user: User) -> None:
    """Let a campaign be chosen, and show and offer its report."""
    names = {c.id: c.name for c in kept(workspace, "campaigns", lambda: campaigns.listing(workspace))}
    if not names:
        empty_state(
            "No campaign yet",
            "A report tells what a campaign asked for, what was signed and what left.",
            link="studio",
            link_label="Go to Studio",
        )
        return
    chosen = st.selectbox(
        "Campaign", list(names), format_func=lambda i: f"{names[i]} ({i})", key="campaign", bind="query-params"
    )
    if chosen is None:
        return
    with failure():
        key = ("report", chosen, user.name)
        report, frames = kept(workspace, key, lambda: _read(workspace, user, chosen))
        _downloads(chosen)
        _preview(report, frames)


def _read(workspace: Workspace, user: User, campaign_id: int) -> tuple[Report, Frames]:
    """Return a campaign's report and, for each of its parts, the tables as they are shown."""
    report = building.campaign_report(workspace, user, campaign_id)
    return report, [[_frame(found) for found in part.tables] for part in report.sections]


def _downloads(campaign_id: int) -> None:
    with st.container(horizontal=True):
        for suffix in FORMS:
            download_link(LABELS[suffix], report_url(campaign_id, suffix))
    st.caption("Both work without this app: nothing in them is fetched from elsewhere.")


def _preview(report: Report, frames: Frames) -> None:
    for part, shown_tables in zip(report.sections, frames, strict=True):
        _part(part, shown_tables)
    if report.trails:
        st.subheader("From each post back to its evidence", anchor=False)
        shown = report.trails[:TRAILS_SHOWN]
        for trail in shown:
            _trail(trail)
        if len(shown) < len(report.trails):
            st.caption(f"{count(len(report.trails) - len(shown), 'more post')} in the downloads.")


def _part(part: Section, frames: list[pd.DataFrame]) -> None:
    st.subheader(as_text(part.title), anchor=False)
    for sentence in part.sentences:
        st.html(f'<p class="dp-line">{html.escape(sentence)}</p>')
    for found, frame in zip(part.tables, frames, strict=True):
        table(frame, found.caption)


def _frame(found: Table) -> pd.DataFrame:
    """Return a table of a report; a column of several kinds becomes text, as it is read."""
    frame = pd.DataFrame(list(found.rows), columns=list(found.columns))
    return frame.apply(lambda column: column.map(str) if column.map(type).nunique() > 1 else column)


def _trail(trail: Trail) -> None:
    with st.expander(as_text(trail.title)):
        steps = "".join(
            f'<p class="dp-line"><strong>{html.escape(s.what)}</strong>: {html.escape(s.says)}</p>' for s in trail.steps
        )
        st.html(steps)
