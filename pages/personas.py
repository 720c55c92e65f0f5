"""Personas: groups of consenting customers, each with the evidence behind it."""

import streamlit as st

from dashboard.components import begin
from dashboard.page_cache import kept
from dashboard.sections.personas.by_hand import by_hand_section, waiting
from dashboard.sections.personas.cards import build_section, card, no_personas, result_note
from dashboard.sections.personas.comparison import builds_section, compare_section
from dashboard.services.personas import building

workspace, user = begin("personas")
builds = kept(workspace, "builds", lambda: building.builds(workspace))
build_section(workspace, user, builds)
waiting(workspace)
found = kept(workspace, "personas", lambda: building.listing(workspace))
ended = [b for b in builds if b.state in ("done", "failed")]
if not found and not ended:
    no_personas()
    st.stop()
by_build = {b.id: b for b in ended}
chosen = st.selectbox(
    "Build",
    list(by_build),
    format_func=lambda i: f"Build {i} · {sum(p.build_id == i for p in found)} personas",
    key="build",
    bind="query-params",
)
if chosen in by_build:
    result_note(by_build[chosen])
shown = [p for p in found if p.build_id == chosen]
for start in range(0, len(shown), 2):
    for column, persona in zip(st.columns(2), shown[start : start + 2], strict=False):
        with column:
            card(workspace, user, persona)
if shown:
    by_hand = st.expander("Put a persona together by hand", key="by-hand", on_change="rerun")
    if by_hand.open:
        with by_hand:
            by_hand_section(workspace, user, chosen, shown)
if len(found) > 1:
    comparison = st.expander("Compare two personas", key="comparison", on_change="rerun")
    if comparison.open:
        with comparison:
            compare_section(workspace, found, chosen)
done = [b for b in ended if b.state == "done"]
if len(done) > 1:
    lived = st.expander("Compare two builds: who lives on", key="lived", on_change="rerun")
    if lived.open:
        with lived:
            builds_section(workspace, done)
