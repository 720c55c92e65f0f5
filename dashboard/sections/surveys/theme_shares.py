"""Surveys page: how common each theme is, found in three ways, with quotes, groups and downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from analytics.inference import ALPHA
from dashboard.components import as_text, count, csv_download, failure, table, with_interval
from dashboard.services.people import User
from dashboard.services.surveys import open_answers, theme_shares
from dashboard.services.surveys.open_answers import OpenQuestion
from dashboard.workspace import Workspace

if TYPE_CHECKING:
    from analytics.surveys import Codebook

WAYS = {"human_only": "Hand-coded only", "counted": "Counted by the classifier", "best": "Corrected (use this)"}


def shares_section(workspace: Workspace, user: User, question: OpenQuestion, book: Codebook) -> None:
    """Draw what is coded by hand, the button that codes the rest, and the shares."""
    item_id, coded = question.item.id, len(book.codings())
    st.write(
        f"{count(coded, 'answer')} coded by hand. A classifier learns from them and codes the rest; each share is "
        "then corrected by how far the classifier was off on the hand-coded ones."
    )
    for doubt in theme_shares.hand_coding(question, book).doubts:
        st.warning(as_text(doubt), icon=":material/warning:")
    if st.button("Code the rest", type="primary", icon=":material/auto_awesome:"):
        with failure():
            st.session_state[f"job-{item_id}"] = theme_shares.code_rest(workspace, user, item_id)
            st.rerun()
    if question.item.coding:
        _shares(workspace, question, book, question.item.coding)
    _report(question, book)


def _shares(workspace: Workspace, question: OpenQuestion, book: Codebook, found: dict[str, Any]) -> None:
    if found["steps"] != len(book.events):
        st.warning("The codebook changed since. Code the rest again to bring the shares up to date.")
    if found["no_change"]:
        st.info(as_text(found["no_change"]))
    _overall(found)
    for change in found["changes"]:
        _change(workspace, question, book, change)
    if found["groups"]:
        _groups(found["groups"])
    with st.expander("How this was done"):
        _method(found)


def _groups(cells: list[dict[str, Any]]) -> None:
    """Show each theme's share in each age group and persona, what differs first."""
    rows = [
        {
            "Theme": cell["name"],
            "Group": f"{cell['by']}: {cell['group']}",
            "Share": _share(cell["share"]["best"]),
            "Against the others (points)": _share(cell["against_rest"], unit="") if cell["against_rest"] else "too few",
            "Corrected p": "" if cell["p_holm"] is None else f"{cell['p_holm']:.3f}",
        }
        for cell in sorted(cells, key=lambda c: (c["p_holm"] is None, c["p_holm"] or 0.0))
    ]
    with st.expander("Themes in each group of people"):
        for cell in cells:
            if cell["p_holm"] is not None and cell["p_holm"] < ALPHA:
                st.markdown(f"- {as_text(cell['sentence'])}")
        table(
            pd.DataFrame(rows), "Each theme in each group, corrected over all of them by Holm", file_name="groups.csv"
        )


def _report(question: OpenQuestion, book: Codebook) -> None:
    """Offer the codebook and the coded answers; say what is missing before themes are reported."""
    st.subheader("Report", anchor=False)
    reasons = theme_shares.not_publishable(question, book)
    for reason in reasons:
        st.caption(f":material/pending: {as_text(reason)}")
    if not reasons:
        st.success("These themes may be reported: people made, coded and defined them.", icon=":material/check_circle:")
    tables = theme_shares.export_tables(question, book)
    with st.container(horizontal=True):
        for name, frame in zip(("codebook", "coded-answers"), tables, strict=True):
            csv_download(frame, f"{name}.csv", f"Download the {name.replace('-', ' ')}")


def _change(workspace: Workspace, question: OpenQuestion, book: Codebook, change: dict[str, Any]) -> None:
    first, second = change["waves"]
    parts = change["change"]
    rows = [
        {
            "Estimate": label,
            f"{first}": _share(parts["before"][way]),
            f"{second}": _share(parts["after"][way]),
            "Change (points)": _share(parts[way], unit=""),
            "Answers": f"{parts['before'][way]['n']:,.0f} and {parts['after'][way]['n']:,.0f}",
        }
        for way, label in WAYS.items()
    ]
    with st.container(border=True):
        st.markdown(as_text(change["sentence"]))
        table(pd.DataFrame(rows), f"Three estimates for “{change['name']}”; the last one is to be used")
        code = next((c for c in book.codes if c.id == change["code"]), None)
        quotes = open_answers.quotes(question, book, code, workspace.settings.k_min_people) if code else ()
        if not quotes:
            st.caption("No quote: too few people spoke of it for one to stand for many.")
        for quote in quotes:
            about = ", ".join(quote.about.values())
            st.caption(f"“{as_text(quote.text)}”" + (f" ({as_text(about)})" if about else ""))


def _share(estimate: dict[str, Any], unit: str = "%") -> str:
    value, low, high = (None if estimate[n] is None else 100 * estimate[n] for n in ("value", "low", "high"))
    return with_interval(value, low, high, unit=unit)


def _overall(found: dict[str, Any]) -> None:
    rows = [
        {
            "Theme": o["name"],
            "Hand-coded only": _share(o["share"]["human_only"]),
            "Counted by the classifier": _share(o["share"]["counted"]),
            "Corrected (use this)": _share(o["share"]["best"]),
        }
        for o in found["overall"]
    ]
    table(pd.DataFrame(rows), "How common each theme is", file_name="themes.csv")


def _method(found: dict[str, Any]) -> None:
    kappa = found["kappa"]
    agreement = with_interval(kappa["value"], kappa["low"], kappa["high"], unit="", digits=2)
    st.write(
        f"{found['n_hand']:,} of {found['n']:,} answers were coded by hand. The classifier agrees with the hand coding "
        f"with Cohen's kappa {agreement}, judged on answers it had not seen. Shares and changes: prediction-powered "
        "estimates with 95% intervals, corrected over the themes by Holm."
    )
    if found["not_learned"]:
        st.write(f"Too few examples to learn from: {as_text(', '.join(found['not_learned']))}.")
