"""Verifying the ledger on a page: against a head that was kept elsewhere too, with the head to keep there."""

from __future__ import annotations

import streamlit as st

from dashboard.components import as_text, failure
from dashboard.services.audits import proof
from dashboard.workspace import Workspace
from db.heads import MAX_BYTES, read_head
from db.ledger import LedgerReport

SHOWN = 20


def proof_section(workspace: Workspace) -> None:
    """Verify the ledger, also against a head that was kept elsewhere, and give its head to be kept there."""
    kept = st.text_area(
        "A head of the ledger that you kept elsewhere, if any",
        key="ledger anchor",
        max_chars=MAX_BYTES,
        help="Then it also shows when the whole workspace was put back to an older state.",
    )
    left, right = st.columns(2)
    if left.button("Verify the ledger", icon=":material/verified_user:", width="stretch"):
        with failure():
            report = proof.verify(workspace, read_head(kept, "What you pasted") if kept.strip() else None)
            proof_words(report)
    if right.button("Show the head to keep elsewhere", icon=":material/anchor:", width="stretch"):
        with failure():
            st.code(proof.anchor(workspace).to_json(), language="json")


def proof_words(report: LedgerReport) -> None:
    """Say whether the ledger and what it vouches for are intact, and what is not."""
    if report.intact:
        lines = f"All {report.lines:,} lines are as they were written."
        st.success(f"{lines} Decisions, exports and pictures fit them.", icon=":material/verified:")
        return
    st.error(as_text(report.problem), icon=":material/error:")
    for other in report.others[:SHOWN]:
        st.text(other)
    if len(report.others) > SHOWN:
        st.caption(f"And {len(report.others) - SHOWN:,} more: digital-persona --json ledger verify")
