"""Surveys page: open answers: read them, code a sample, look at suggestions, see how common themes are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from dashboard.components import count, csv_download, empty_state, failure, job_progress, table, with_interval
from dashboard.sections.surveys import as_text
from dashboard.services import open_answers, surveys
from dashboard.services.open_answers import OpenQuestion
from dashboard.services.people import User
from dashboard.workspace import Workspace
from db.repositories.jobs import JobRecord
from db.repositories.surveys import SurveyRecord

if TYPE_CHECKING:
    from analytics.surveys import Code, Codebook

STEPS = ("Read", "Code", "Codebook", "How common")
SHOWN = 30


def open_section(workspace: Workspace, user: User, record: SurveyRecord) -> None:
    """Draw the work on one open question."""
    found = {i.id: i for i in surveys.questions(workspace, record.id, "open")}
    if not found:
        empty_state("No open question", "This survey asks nothing that people answer in their own words.")
        return
    item_id = st.selectbox("Question", list(found), format_func=lambda i: found[i].key, key="open_question")
    with failure():
        question, book = open_answers.question(workspace, item_id), open_answers.codebook(workspace, item_id)
        _counts(question, book)
        _jobs(workspace, item_id)
        step = st.segmented_control("Step", STEPS, default=STEPS[0], required=True, key="step", bind="query-params")
        draw = {"Read": _read, "Code": _code, "Codebook": _codebook, "How common": _prevalence}
        draw[step](workspace, user, question, book)


def _counts(question: OpenQuestion, book: Codebook) -> None:
    answers = question.answers
    st.markdown(
        f"**{count(len(answers.spoken), 'answer')}** that say something, {len(answers.non_answers):,} that say "
        f'nothing ("N/A", "-"), {answers.empty:,} left empty.'
    )
    for note in answers.notes:
        st.caption(f":material/info: {as_text(note)}")
    phases = open_answers.phases(question, book)
    todo = next((p for p in phases if not p.done), None)
    marks = " · ".join(f"{'✓' if p.done else '○'} {p.name}" for p in phases)
    st.caption(marks + (f". Next: {as_text(todo.todo)}" if todo else ". All six phases are done."))


def _jobs(workspace: Workspace, item_id: int) -> None:
    job_id = st.session_state.get(f"job-{item_id}")
    if job_id:
        job_progress(workspace, job_id, ended=_ended)


def _ended(job: JobRecord) -> None:
    if job.state == "done":
        st.success(job.message or "Done.", icon=":material/check_circle:")
    else:
        st.error(job.error or job.message or "It ended early.", icon=":material/error:")


def _read(workspace: Workspace, user: User, question: OpenQuestion, book: Codebook) -> None:
    words = st.text_input("Search", placeholder="Words that an answer must hold", key="answer_search")
    found = open_answers.reading(question, words)
    st.caption(f"{count(len(found), 'answer')}" + (f", the first {SHOWN} shown" if len(found) > SHOWN else ""))
    starred = book.starred
    for answer in found[:SHOWN]:
        text, star = st.columns([12, 1])
        text.markdown(("★ " if answer.id in starred else "") + as_text(answer.text[:1_500]))
        if answer.id not in starred and star.button(
            "☆", key=f"star-{answer.id}", help="Mark as worth coming back to", type="tertiary"
        ):
            _step(workspace, user, question.item.id, partial(_starred, answer.id, user))


def _starred(answer: str, user: User, book: Codebook) -> None:
    book.star(answer, by=user.name)


def _code(workspace: Workspace, user: User, question: OpenQuestion, book: Codebook) -> None:
    item_id = question.item.id
    codes = {c.id: c.name for c in book.codes if not c.draft}
    done = len(book.codings(user.name))
    st.write(
        f"You coded {done:,} of {count(len(question.spoken), 'answer')}. They come in random order, so that what you "
        "coded stands for all. 100 are a good start; 200 are better."
    )
    if not codes:
        st.info("Make a code in the codebook first, or accept a suggestion there.", icon=":material/label:")
        return
    answer = open_answers.next_to_code(question, book, user.name)
    if answer is None:
        st.success("You coded every answer.", icon=":material/check_circle:")
        return
    with st.container(border=True, key="answer_to_code"):
        st.markdown(as_text(answer.text[:3_000]))
    chosen = st.pills(
        "What does it speak of?",
        list(codes),
        format_func=codes.__getitem__,
        selection_mode="multi",
        key=f"c-{answer.id}",
    )
    save, none, undo = st.columns(3)
    if save.button("Save and next", type="primary", shortcut="S", disabled=not chosen, width="stretch"):
        _step(workspace, user, item_id, lambda b: b.assign(answer.id, chosen, by=user.name))
    if none.button("None fits", shortcut="N", width="stretch"):
        _step(workspace, user, item_id, lambda b: b.assign(answer.id, [], by=user.name))
    if undo.button("Undo", shortcut="U", disabled=not book.events, width="stretch"):
        _step(workspace, user, item_id, lambda b: b.undo(by=user.name))


def _step(workspace: Workspace, user: User, item_id: int, step: Any) -> None:
    with failure():
        open_answers.change(workspace, user, item_id, step)
        st.rerun()


def _codebook(workspace: Workspace, user: User, question: OpenQuestion, book: Codebook) -> None:
    item_id = question.item.id
    suggest, undo = st.columns(2)
    if suggest.button("Suggest themes", icon=":material/lightbulb:", width="stretch"):
        with failure():
            st.session_state[f"job-{item_id}"] = open_answers.suggest(workspace, user, item_id)
            st.rerun()
    if undo.button("Undo the last step", icon=":material/undo:", disabled=not book.events, width="stretch"):
        _step(workspace, user, item_id, lambda b: b.undo(by=user.name))
    with st.form("new_code", clear_on_submit=True):
        name = st.text_input("New code", max_chars=120)
        meaning = st.text_input("What it means", max_chars=500)
        if st.form_submit_button("Add code"):
            _step(workspace, user, item_id, lambda b: b.create(name, by=user.name, description=meaning))
    drafts = [c for c in book.codes if c.draft]
    if drafts:
        st.subheader("Suggestions", anchor=False)
        st.caption("Drafts of a machine: a place to start reading, never a result. Accept, rename or remove each.")
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
            _step(workspace, user, item_id, lambda b: _accepted(b, code, name, user))
        if remove.button("Remove", key=f"remove-{code.id}", width="stretch"):
            _step(workspace, user, item_id, lambda b: b.remove(code.id, by=user.name))


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
            _step(workspace, user, item_id, lambda b: _edited(b, code, name, meaning, theme, definition, user))
    with st.form(f"merge-{code.id}"):
        others = [i for i in names if i != code.id]
        into = st.selectbox("Merge into", others, format_func=names.__getitem__)
        if st.form_submit_button("Merge", disabled=not others):
            _step(workspace, user, item_id, lambda b: b.merge([code.id], into, by=user.name))
    with st.form(f"split-{code.id}"):
        word = st.text_input("Split off the answers that hold")
        part = st.text_input("Name of the new code", max_chars=120)
        if st.form_submit_button("Split"):
            _step(
                workspace,
                user,
                item_id,
                lambda b: open_answers.split_by_word(question, code, b, word, part, user),
            )
    if st.button("Remove this code", icon=":material/delete:"):
        _step(workspace, user, item_id, lambda b: b.remove(code.id, by=user.name))


def _edited(book: Codebook, code: Code, name: str, meaning: str, theme: str, definition: str, user: User) -> None:
    if (name.strip(), meaning) != (code.name, code.description):
        book.rename(code.id, name, by=user.name, description=meaning)
    if theme.strip() != code.theme:
        book.group([code.id], theme, by=user.name)
    if theme.strip() and definition.strip() != book.themes.get(theme.strip(), ""):
        book.define(theme.strip(), definition.strip(), by=user.name)


def _prevalence(workspace: Workspace, user: User, question: OpenQuestion, book: Codebook) -> None:
    item_id, coded = question.item.id, len(book.codings())
    st.write(
        f"{count(coded, 'answer')} coded by hand. A classifier learns from them and codes the rest; each share is "
        "then corrected by how far the classifier was off on the hand-coded ones."
    )
    if st.button("Code the rest", type="primary", icon=":material/auto_awesome:"):
        with failure():
            st.session_state[f"job-{item_id}"] = open_answers.code_rest(workspace, user, item_id)
            st.rerun()
    found = question.item.coding
    if not found:
        return
    if found["steps"] != len(book.events):
        st.warning("The codebook changed since. Code the rest again to bring the shares up to date.")
    if found["no_change"]:
        st.info(as_text(found["no_change"]))
        _overall(found)
    for change in found["changes"]:
        _change(question, book, change)
    if found["groups"]:
        with st.expander("Themes in each age group"):
            for cell in found["groups"]:
                st.markdown(f"- {as_text(cell['sentence'])}")
    with st.expander("How this was done"):
        _method(found)
    for name, frame in zip(("codebook", "coded-answers"), open_answers.export_tables(question, book), strict=True):
        csv_download(frame, f"{name}.csv", f"Download the {name.replace('-', ' ')}")


def _change(question: OpenQuestion, book: Codebook, change: dict[str, Any]) -> None:
    first, second = change["waves"]
    parts = change["change"]
    ways = {"human_only": "Hand-coded only", "counted": "Counted by the classifier", "best": "Corrected (use this)"}
    rows = [
        {
            "Estimate": label,
            f"{first}": _share(parts["before"][way]),
            f"{second}": _share(parts["after"][way]),
            "Change (points)": _share(parts[way], unit=""),
            "Answers": f"{parts['before'][way]['n']:,.0f} and {parts['after'][way]['n']:,.0f}",
        }
        for way, label in ways.items()
    ]
    with st.container(border=True):
        st.markdown(as_text(change["sentence"]))
        table(pd.DataFrame(rows), f"Three estimates for “{change['name']}”; the last one is to be used")
        code = next((c for c in book.codes if c.id == change["code"]), None)
        for quote in open_answers.quotes(question, book, code) if code else ():
            about = ", ".join(quote.about.values())
            st.caption(f"“{as_text(quote.text)}” ({as_text(about)})")


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
