"""Surveys page: open answers: where the work on them stands, reading them and coding them by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components import as_text, count, empty_state, failure, job_progress
from dashboard.page_cache import kept
from dashboard.sections.surveys.codebook import codebook_section, take_step
from dashboard.sections.surveys.coders import coders_section
from dashboard.sections.surveys.theme_shares import shares_section
from dashboard.services.people import User
from dashboard.services.surveys import open_answers, theme_shares
from dashboard.services.surveys import waves as surveys
from dashboard.services.surveys.open_answers import OpenQuestion
from dashboard.workspace import Workspace
from db.repositories.jobs import JobRecord
from db.repositories.surveys import SurveyRecord

if TYPE_CHECKING:
    from analytics.surveys import Answer, Codebook

STEPS = ("Read", "Codebook", "Code", "Two coders", "How common")
SHOWN = 30
DIGITS = "123456789"
WHICH = ("All", "Starred", "Say nothing")


def open_section(workspace: Workspace, user: User, record: SurveyRecord) -> None:
    """Draw the work on one open question."""
    open_ones = kept(workspace, ("open questions", record.id), lambda: surveys.questions(workspace, record.id, "open"))
    found = {i.id: i for i in open_ones}
    if not found:
        empty_state("No open question", "This survey asks nothing that people answer in their own words.")
        return
    item_id = st.selectbox("Question", list(found), format_func=lambda i: found[i].key, key="open_question")
    with failure():
        question = kept(workspace, ("open question", item_id), lambda: open_answers.question(workspace, item_id))
        book = open_answers.codebook(workspace, item_id)
        _counts(question, book)
        _jobs(workspace, item_id)
        step = st.segmented_control("Step", STEPS, default=STEPS[0], required=True, key="step", bind="query-params")
        draw = dict(zip(STEPS, (_read, codebook_section, _code, coders_section, shares_section), strict=True))
        draw[step](workspace, user, question, book)


def _counts(question: OpenQuestion, book: Codebook) -> None:
    answers = question.answers
    st.markdown(
        f"**{count(len(answers.spoken), 'answer')}** that say something, {len(answers.non_answers):,} that say "
        f'nothing ("N/A", "-"), {answers.empty:,} left empty.'
    )
    for note in answers.notes:
        if "N/A" not in note:
            st.caption(f":material/info: {as_text(note)}")
    phases = open_answers.phases(question, book)
    todo = next((p for p in phases if not p.done), None)
    marks = " · ".join(f"{'✓' if p.done else '○'} {p.name}" for p in phases)
    st.caption(as_text(marks) + (f". Next: {as_text(todo.todo)}" if todo else ". All six phases are done."))


def _jobs(workspace: Workspace, item_id: int) -> None:
    job_id = st.session_state.get(f"job-{item_id}")
    if job_id:
        job_progress(workspace, job_id, ended=_ended)


def _ended(job: JobRecord) -> None:
    if job.state == "done":
        st.success(as_text(job.message or "Done."), icon=":material/check_circle:")
    else:
        st.error(as_text(job.error or job.message or "It ended early."), icon=":material/error:")


def _read(workspace: Workspace, user: User, question: OpenQuestion, book: Codebook) -> None:
    words = st.text_input("Search", placeholder="Words that an answer must hold", key="answer_search")
    which = st.segmented_control("Show", WHICH, default=WHICH[0], required=True, key="answers_shown")
    starred = book.starred
    found = question.answers.non_answers if which == WHICH[2] else open_answers.reading(question, words)
    if which == WHICH[1]:
        found = [a for a in found if a.id in starred]
    shown = st.session_state.get("answers_read", SHOWN)
    st.caption(count(len(found), "answer") + (f", the first {shown:,} shown" if len(found) > shown else ""))
    for answer in found[:shown]:
        _answer(workspace, user, question, answer, starred)
    if len(found) > shown and st.button(f"Show {SHOWN} more", icon=":material/expand_more:"):
        st.session_state["answers_read"] = shown + SHOWN
        st.rerun()


def _answer(workspace: Workspace, user: User, question: OpenQuestion, answer: Answer, starred: dict[str, str]) -> None:
    text, star = st.columns([12, 1], vertical_alignment="center")
    about = question.writers[answer.id]
    text.markdown(("★ " if answer.id in starred else "") + as_text(answer.text[:1_500]))
    if about:
        text.caption(as_text(about))
    if answer.id not in starred and star.button(
        "☆", key=f"star-{answer.id}", help="Mark as worth coming back to", type="tertiary"
    ):
        take_step(workspace, user, question.item.id, lambda b: b.star(answer.id, by=user.name))


def _code(workspace: Workspace, user: User, question: OpenQuestion, book: Codebook) -> None:
    user = _coder(workspace, user)
    codes = {c.id: c.name for c in book.codes if not c.draft}
    if not codes:
        st.info("Make a code in the codebook first, or accept a suggestion there.", icon=":material/label:")
        return
    _how_far(question, book, user)
    early = book.coded_before(user.name)
    again = bool(early) and st.checkbox(f"Read again the {count(len(early), 'answer')} coded before the newest code")
    answer = open_answers.next_to_code(question, book, user.name, again=again)
    if answer is None:
        st.success("You coded every answer.", icon=":material/check_circle:")
        return
    with st.container(border=True, key="answer_to_code"):
        st.markdown(as_text(answer.text[:3_000]))
    _choice(workspace, user, question.item.id, book, answer, codes)


def _coder(workspace: Workspace, user: User) -> User:
    """Let a second person code on a machine where nobody signs in."""
    if workspace.settings.mode == "team":
        return user
    name = st.text_input("You code as", value=user.name, max_chars=60, key="coder", help="A second coder uses a name")
    return replace(user, name=name.strip() or user.name)


def _how_far(question: OpenQuestion, book: Codebook, user: User) -> None:
    waves = theme_shares.hand_coding(question, book).waves
    wanted = max(n for _, n in waves.values())
    which = "" if len(waves) < 2 else " of each wave"
    so_far = ", ".join(f"{as_text(wave)} {done:,}".strip() for wave, (done, _) in waves.items())
    st.write(
        f"You coded {len(book.codings(user.name)):,} of {count(len(question.spoken), 'answer')}. They come in random "
        f"order, so that what you coded stands for all. To know a theme's share within 5 points, code {wanted:,}"
        f"{which} by hand; so far: {so_far}."
    )


def _choice(
    workspace: Workspace, user: User, item_id: int, book: Codebook, answer: Answer, codes: dict[str, str]
) -> None:
    key = f"chosen-{item_id}-{user.name}-{answer.id}"
    chosen: set[str] = st.session_state.setdefault(key, set(book.codings(user.name).get(answer.id, ())))
    chosen &= set(codes)
    st.caption("What does it speak of? Press the number of a code, then S.")
    with st.container(horizontal=True):
        for number, (code, name) in enumerate(codes.items(), start=1):
            st.button(
                ("✓ " if code in chosen else "") + as_text(name),
                key=f"code-{item_id}-{code}",
                shortcut=str(number) if number <= len(DIGITS) else None,
                on_click=_toggle,
                args=(key, code),
            )
    save, none, undo = st.columns(3)
    if save.button("Save and next", type="primary", shortcut="S", disabled=not chosen, width="stretch"):
        del st.session_state[key]
        take_step(workspace, user, item_id, lambda b: b.assign(answer.id, chosen, by=user.name))
    if none.button("None fits", shortcut="N", width="stretch"):
        del st.session_state[key]
        take_step(workspace, user, item_id, lambda b: b.assign(answer.id, [], by=user.name))
    if undo.button("Undo", shortcut="U", disabled=not book.may_undo(user.name), width="stretch"):
        take_step(workspace, user, item_id, lambda b: b.undo(by=user.name))


def _toggle(key: str, code: str) -> None:
    st.session_state[key] = st.session_state.get(key, set()) ^ {code}
