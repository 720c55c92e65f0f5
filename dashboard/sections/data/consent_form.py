"""Data page: on what ground people's rows may be used."""

from __future__ import annotations

import streamlit as st

from analytics.intake import Mapping
from dashboard.services.data.imports import PERSONAL_KINDS, Consent, ConsentHow
from db.repositories.consents import PURPOSES

WAYS: dict[ConsentHow, str] = {
    "statement": "I state the legal basis for everybody in this file",
    "column": "A column says who consented",
    "file": "I will bring in a file of consents",
    "none": "There is none, or I do not know",
}
USES = {
    "profiling": "Finding groups (profiling)",
    "personalisation": "Writing posts for groups (personalisation)",
    "analytics": "Counting and measuring (analytics)",
    "survey": "Sending surveys (survey)",
    "recommendation": "Suggesting products (recommendation)",
}


def consent_form(kind: str, mapping: Mapping, file_id: str) -> Consent:
    """Ask how the people in the file consented; nothing is assumed."""
    if kind not in PERSONAL_KINDS:
        return Consent()
    in_columns = any(name.startswith("consent_") for name in mapping.fields())
    st.markdown("**May these people's data be used?**")
    ways = list(WAYS)
    how = st.radio(
        "Consent",
        ways,
        index=ways.index("column" if in_columns else "none"),
        format_func=WAYS.__getitem__,
        label_visibility="collapsed",
        key=f"consent-{file_id}-{kind}",
    )
    if how == "statement":
        return _statement(file_id)
    if how == "column" and not in_columns:
        st.warning("Map at least one column to a consent field in the table above.")
    if how in ("none", "file"):
        later = " until the consents are here" if how == "file" else ""
        st.info(f"The rows are kept, but no persona, model or post will use them{later}.")
    return Consent(how)


def _statement(file_id: str) -> Consent:
    st.caption("It covers")
    with st.container(horizontal=True):
        purposes = tuple(p for p in PURPOSES if st.checkbox(USES[p], key=f"purpose-{p}-{file_id}"))
    basis = st.text_area(
        "Legal basis, in words",
        placeholder="For example: customers agreed in the shop's terms of 2024, section 4",
        max_chars=1_000,
        key=f"basis-{file_id}",
    )
    st.caption("Your name goes into the ledger, these words beside it. A person's own refusal always counts more.")
    return Consent("statement", purposes, basis)
