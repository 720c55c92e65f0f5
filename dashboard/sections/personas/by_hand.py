"""Personas page: put a persona together by hand, or change whom one holds."""

from __future__ import annotations

import streamlit as st

from analytics.asking.people import Attribute, Condition
from dashboard.components import as_text, count, failure, job_progress, percent, told_apart
from dashboard.page_cache import kept
from dashboard.services.people import User
from dashboard.services.personas import by_hand
from dashboard.services.personas.by_hand import Choice
from dashboard.workspace import Workspace
from db.repositories.personas import PersonaRecord

MAX_CONDITIONS = 4
WAITING = "persona_job"


def by_hand_section(workspace: Workspace, user: User, build_id: int, shown: list[PersonaRecord]) -> None:
    """Let one choose personas to start from and what their people have in common; say how many that is."""
    st.caption(
        "People are chosen as a group, never one by one. The card is made anew, against all others of the build."
    )
    names = told_apart({p.id: p.name for p in shown})
    start = st.multiselect(
        "Start from the people of",
        list(names),
        format_func=names.__getitem__,
        placeholder="Everybody in this build",
        key=f"hand-start-{build_id}",
    )
    conditions = _conditions(workspace, build_id)
    name = st.text_input("Name of the persona", max_chars=by_hand.MAX_NAME, key=f"hand-name-{build_id}")
    away = None
    if len(start) == 1:
        label = f"Put “{names[start[0]]}” away: this one takes its place"
        away = start[0] if st.checkbox(as_text(label), key=f"hand-away-{build_id}") else None
    choice = Choice(build_id, name, tuple(start), conditions, away)
    if start or conditions:
        with failure():
            _preview(workspace, choice)
    if st.button("Make the persona", type="primary", icon=":material/group_add:", key=f"hand-{build_id}"):
        with failure():
            st.session_state[WAITING] = by_hand.make(workspace, user, choice)
            st.rerun()


def waiting(workspace: Workspace) -> None:
    """Show the persona that is being made, and once what came of it."""
    job_id = st.session_state.get(WAITING)
    if job_id and not job_progress(workspace, job_id).is_open:
        del st.session_state[WAITING]


def _preview(workspace: Workspace, choice: Choice) -> None:
    unnamed = Choice(choice.build_id, "", choice.personas, choice.conditions)
    seen = kept(workspace, unnamed, lambda: by_hand.preview(workspace, unnamed))
    if seen.people is None:
        st.warning(
            f"Fewer than {seen.needed:,} people, or nearly everybody: too few to describe or to compare with.",
            icon=":material/group_off:",
        )
    else:
        st.markdown(f"**{count(seen.people, 'person', 'people')}** of {seen.of:,} ({percent(seen.people / seen.of)})")


def _conditions(workspace: Workspace, build_id: int) -> tuple[Condition, ...]:
    key = ("attributes", build_id)
    by_name = {a.name: a for a in kept(workspace, key, lambda: by_hand.attributes(workspace, build_id))}
    picked = st.multiselect(
        "Who have in common",
        list(by_name),
        format_func=lambda n: n.replace("_", " ").capitalize(),
        max_selections=MAX_CONDITIONS,
        placeholder="Age, income, …",
        key=f"hand-by-{build_id}",
    )
    found = [_condition(by_name[name], build_id) for name in picked]
    return tuple(c for c in found if c is not None)


def _condition(attribute: Attribute, build_id: int) -> Condition | None:
    label, key = attribute.name.replace("_", " ").capitalize(), f"hand-{build_id}-{attribute.name}"
    if attribute.levels:
        levels = st.multiselect(as_text(label), attribute.levels, placeholder="Any", key=key)
        return Condition(attribute.name, tuple(levels)) if levels else None
    first, last = st.columns(2)
    low = first.number_input(f"{as_text(label)} from", value=None, placeholder=f"{attribute.low:g}", key=f"{key}-from")
    high = last.number_input(f"{as_text(label)} to", value=None, placeholder=f"{attribute.high:g}", key=f"{key}-to")
    return Condition(attribute.name, low=low, high=high) if low is not None or high is not None else None
