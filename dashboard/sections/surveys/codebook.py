"""Surveys page: the codebook of an open question: suggestions, codes, themes, good examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from dashboard.components import as_text, failure, table
from dashboard.services.people import User
from dashboard.services.surveys import open_answers
from dashboard.services.surveys.open_answers import OpenQuestion
from dashboard.workspace import Workspace

if TYPE_CHECKING:
    from analytics.surveys import Code, Codebook

EXAMPLES_SHOWN = 12


def take_step(workspace: Workspace, user: User, item_id: int, step: Any) -> None:
    """Take a step in a codebook and draw the page again; where it does not fit, say why."""
    with failure():
        open_answers.change(workspace, user, item_id, step)
        st.rerun()


def codebook_section(workspace: Workspace, user: User, question: OpenQuestion, book: Codebook) -> None:
    """Draw suggestions, the codes in use and the forms that change them."""
    item_id = question.item.id
    suggest, undo = st.columns(2)
    if suggest.button("Suggest themes", icon=":material/lightbulb:", width="stretch"):
        with failure():
            st.session_state[f"job-{item_id}"] = open_answers.suggest(workspace, user, item_id)
            st.rerun()
    if undo.button(
        "Undo the last step", icon=":material/undo:", disabled=not book.may_undo(user.name), width="stretch"
    ):
        take_step(workspace, user, item_id, lambda b: b.undo(by=user.name))
    with st.form("new_code", clear_on_submit=True):
        name = st.text_input("New code", max_chars=120)
        meaning = st.text_input("What it means", max_chars=500)
        if st.form_submit_button("Add code"):
            take_step(workspace, user, item_id, lambda b: b.create(name, by=user.name, description=meaning))
    drafts = [c for c in book.codes if c.draft]
    if drafts:
        st.subheader("Suggestions", anchor=False)
        st.caption("Drafts of a machine: a place to start reading, never a result. Accept, rename or remove each.")
        if len(drafts) > 1 and st.button(f"Remove all {len(drafts)} suggestions", icon=":material/delete:"):
            take_step(workspace, user, item_id, lambda b: [b.remove(c.id, by=user.name) for c in drafts])
    for code in drafts:
        _draft(workspace, user, question, code)
    kept = [c for c in book.codes if not c.draft]
    if kept:
        st.subheader("Codes in use", anchor=False)
        _kept_codes(workspace, user, question, book, kept)


def _draft(workspace: Workspace, user: User, question: OpenQuestion, code: Code) -> None:
    item_id, texts = question.item.id, {a.id: a.text for a in question.spoken}
    theme = next((t for t in question.item.suggestions.get("themes", []) if t["code"] == code.id), None)
    with st.container(border=True):
        share = f" · {100 * theme['share']:.0f}% of answers" if theme else ""
        st.markdown(f"**Draft: {as_text(code.name)}**{share}")
        for answer in (theme or {}).get("answers", [])[:3]:
            if answer in texts:
                st.caption(f"“{as_text(texts[answer][:200])}”")
        name = st.text_input("Name", value=code.name, key=f"name-{code.id}", label_visibility="collapsed")
        accept, remove = st.columns(2)
        if accept.button("Accept", key=f"accept-{code.id}", width="stretch"):
            take_step(workspace, user, item_id, lambda b: _accepted(b, code, name, user))
        if remove.button("Remove", key=f"remove-{code.id}", width="stretch"):
            take_step(workspace, user, item_id, lambda b: b.remove(code.id, by=user.name))


def _accepted(book: Codebook, code: Code, name: str, user: User) -> None:
    if name.strip() != code.name:
        book.rename(code.id, name, by=user.name)
    book.accept(code.id, by=user.name)


def _kept_codes(workspace: Workspace, user: User, question: OpenQuestion, book: Codebook, codes: list[Code]) -> None:
    used, names = book.codings(), {c.id: c.name for c in codes}
    rows = [
        {
            "Code": c.name,
            "Means": c.description,
            "Theme": c.theme,
            "Answers": sum(c.id in given for given in used.values()),
            "Good examples": len(book.exemplars(c.id)),
        }
        for c in codes
    ]
    table(pd.DataFrame(rows), "The codebook", file_name="codebook-short.csv")
    item_id = question.item.id
    chosen = st.selectbox("Change", list(names), format_func=names.__getitem__, key="code_to_change")
    code = book.code(chosen)
    with st.form(f"change-{code.id}"):
        name = st.text_input("Name", value=code.name, max_chars=120)
        meaning = st.text_input("What it means", value=code.description, max_chars=500)
        theme = st.text_input("Theme it belongs to", value=code.theme, max_chars=120)
        definition = st.text_input("What the theme means", value=book.themes.get(code.theme, ""), max_chars=500)
        if st.form_submit_button("Save"):
            take_step(workspace, user, item_id, lambda b: _edited(b, code, name, meaning, theme, definition, user))
    with st.form(f"merge-{code.id}"):
        others = [i for i in names if i != code.id]
        into = st.selectbox("Merge into", others, format_func=names.__getitem__)
        if st.form_submit_button("Merge", disabled=not others):
            take_step(workspace, user, item_id, lambda b: b.merge([code.id], into, by=user.name))
    with st.form(f"split-{code.id}"):
        word = st.text_input("Split off the answers that hold")
        part = st.text_input("Name of the new code", max_chars=120)
        if st.form_submit_button("Split"):
            take_step(
                workspace,
                user,
                item_id,
                lambda b: open_answers.split_by_word(question, code, b, word, part, user),
            )
    _examples(workspace, user, question, book, code)
    if st.button("Remove this code", icon=":material/delete:"):
        take_step(workspace, user, item_id, lambda b: b.remove(code.id, by=user.name))


def _examples(workspace: Workspace, user: User, question: OpenQuestion, book: Codebook, code: Code) -> None:
    """Show answers that were given the code; a good one is marked as its example and quoted first."""
    texts, marked = {a.id: a.text for a in question.spoken}, book.exemplars(code.id)
    mine = [a for a, given in book.codings().items() if code.id in given and a in texts]
    mine.sort(key=lambda a: a not in marked)
    shown = list({texts[a].casefold(): a for a in reversed(mine)}.values())[::-1]
    st.markdown(f"**Answers coded “{as_text(code.name)}”** ({len(mine):,})")
    if not mine:
        st.caption("None yet: give the code to answers under Code, then mark a good example here.")
    for answer in shown[:EXAMPLES_SHOWN]:
        text, mark = st.columns([9, 2], vertical_alignment="center")
        text.markdown(("★ " if answer in marked else "") + as_text(texts[answer][:500]))
        if answer not in marked and mark.button("Good example", key=f"example-{code.id}-{answer}", type="tertiary"):
            take_step(workspace, user, question.item.id, lambda b, a=answer: b.exemplify(code.id, a, by=user.name))


def _edited(book: Codebook, code: Code, name: str, meaning: str, theme: str, definition: str, user: User) -> None:
    if (name.strip(), meaning) != (code.name, code.description):
        book.rename(code.id, name, by=user.name, description=meaning)
    if theme.strip() != code.theme:
        book.group([code.id], theme, by=user.name)
    if theme.strip() and definition.strip() != book.themes.get(theme.strip(), ""):
        book.define(theme.strip(), definition.strip(), by=user.name)
