"""Surveys page: two people coded the same answers: how well they agree, and what is to be settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components import as_text, count, failure, table, with_interval
from dashboard.sections.surveys.codebook import take_step
from dashboard.services.people import User
from dashboard.services.surveys import open_answers
from dashboard.services.surveys.open_answers import OpenQuestion
from dashboard.workspace import Workspace

if TYPE_CHECKING:
    from analytics.surveys import Codebook, CoderAgreement, Disagreement


def coders_section(workspace: Workspace, user: User, question: OpenQuestion, book: Codebook) -> None:
    """Let two coders be chosen; show their agreement and settle where they differ."""
    coders = book.coders
    if len(coders) < 2:
        st.info(
            "Two people have to code the same answers first. Both get them in the same order under Code, and neither "
            "sees what the other chose.",
            icon=":material/group:",
        )
        return
    left, right = st.columns(2)
    first = left.selectbox("First coder", coders, key="coder_one")
    second = right.selectbox("Second coder", [c for c in coders if c != first], key="coder_two")
    with failure():
        found = open_answers.agreement(book, first, second)
        st.markdown(as_text(found.sentence))
        _by_code(found, book)
        _disagreements(workspace, user, question, book, found)


def _by_code(found: CoderAgreement, book: Codebook) -> None:
    overall = found.alpha
    rows = [
        {
            "Code": "All codes (alpha)",
            "Agreement": with_interval(overall.value, overall.low, overall.high, unit="", digits=2),
        }
    ]
    rows += [
        {"Code": f"{book.code(c).name} (kappa)", "Agreement": with_interval(k.value, k.low, k.high, unit="", digits=2)}
        for c, k in found.by_code.items()
    ]
    table(
        pd.DataFrame(rows),
        f"Krippendorff's alpha over all codes and Cohen's kappa of each, n={found.n:,} answers, 95% intervals. "
        "1 is full agreement, 0 is chance.",
        file_name="agreement.csv",
    )


def _disagreements(
    workspace: Workspace, user: User, question: OpenQuestion, book: Codebook, found: CoderAgreement
) -> None:
    texts = {a.id: a.text for a in question.spoken}
    open_ones = [d for d in found.disagreements if not d.resolved and d.answer in texts]
    settled = len(found.disagreements) - len(open_ones)
    st.subheader("Where they differ", anchor=False)
    st.caption(f"{count(len(open_ones), 'answer')} to settle, {settled:,} settled.")
    if open_ones:
        _settle(workspace, user, question, book, open_ones[0], texts)
    if len(open_ones) > 1:
        rows = [
            {"Answer": texts[d.answer][:300]} | {who: ", ".join(names) or "none" for who, names in d.given.items()}
            for d in open_ones
        ]
        table(pd.DataFrame(rows), "All answers they coded differently", file_name="disagreements.csv")


def _settle(
    workspace: Workspace,
    user: User,
    question: OpenQuestion,
    book: Codebook,
    found: Disagreement,
    texts: dict[str, str],
) -> None:
    codes = {c.id: c.name for c in book.codes if not c.draft}
    with st.container(border=True, key="answer_to_settle"):
        st.markdown(as_text(texts[found.answer][:3_000]))
        for who, names in found.given.items():
            st.caption(f"{as_text(who)}: {as_text(', '.join(names) or 'none')}")
    chosen = st.pills(
        "What holds?",
        list(codes),
        format_func=lambda code: as_text(codes[code]),
        selection_mode="multi",
        key=f"settle-{found.answer}",
    )
    save, none = st.columns(2)
    if save.button("Settle and next", type="primary", shortcut="S", disabled=not chosen, width="stretch"):
        take_step(workspace, user, question.item.id, lambda b: b.resolve(found.answer, chosen, by=user.name))
    if none.button("None fits", shortcut="N", width="stretch"):
        take_step(workspace, user, question.item.id, lambda b: b.resolve(found.answer, [], by=user.name))
