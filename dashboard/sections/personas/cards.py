"""Personas page: build, read the cards with their evidence, rename, see versions."""

from __future__ import annotations

import html

import pandas as pd
import streamlit as st

from analytics.kept import Basis, BuildOrder, Method
from dashboard.components import (
    as_text,
    count,
    empty_state,
    failure,
    job_progress,
    model_cards,
    table,
    when,
    with_interval,
)
from dashboard.page_cache import kept
from dashboard.sections.personas.comparison import versions_section
from dashboard.services.data import imports
from dashboard.services.people import User
from dashboard.services.personas import building
from dashboard.workspace import Workspace
from db.repositories.personas import BuildRecord, PersonaRecord

TRAITS_SHOWN = 5
CONFIDENCE = {"high": "●●● High", "medium": "●●○ Medium", "low": "●○○ Low"}
BASES: dict[Basis, str] = {
    "auto": "Whatever speaks of the same people",
    "profiles": "Profiles only",
    "reviews": "Reviews only",
    "both": "Profiles and reviews",
}


def build_section(workspace: Workspace, user: User, builds: list[BuildRecord]) -> None:
    """Offer a build, or show the one that runs."""
    running = next((b for b in builds if b.state in ("waiting", "running") and b.job_id), None)
    if running and running.job_id:
        job_progress(workspace, running.job_id)
        return
    usable = kept(workspace, "usable people", lambda: building.usable_people(workspace))
    with st.expander("Build personas" if builds else "Build your first personas", expanded=not builds):
        st.write(f"{count(usable, 'person', 'people')} may be used for profiling. Nobody else is looked at.")
        with st.form("build", border=False):
            basis = st.selectbox("Go by", list(BASES), format_func=lambda b: BASES[b])
            sets = kept(workspace, "data sets of people", lambda: _data_sets(workspace))
            chosen = st.multiselect("Data sets", sets, placeholder="All data sets")
            method = st.segmented_control("Method", ["k-means", "Gaussian mixture"], default="k-means")
            seed = st.number_input("Seed", min_value=0, value=1, help="The same seed gives the same personas.")
            if st.form_submit_button("Build personas", type="primary", icon=":material/groups:"):
                with failure():
                    kind: Method = "gmm" if method == "Gaussian mixture" else "kmeans"
                    order = BuildOrder(kind, int(seed), basis=basis, sources=tuple(chosen))
                    building.build(workspace, user, order)
                    st.rerun()


def _data_sets(workspace: Workspace) -> list[str]:
    return sorted({r.source for r in imports.listing(workspace) if r.kind in ("profiles", "reviews")})


def result_note(build: BuildRecord) -> None:
    """Say what a build found, and show the method behind an expander."""
    if build.state == "failed":
        st.error(as_text(build.error or "The build failed."), icon=":material/error:")
        return
    result = build.result
    if not result:
        return
    st.caption(f"Built {when(build.created_at)} from {result['n']:,} people.")
    for note in result["notes"]:
        st.info(as_text(note), icon=":material/info:")
    with st.expander("How this was done"):
        st.write(
            f"{as_text(result['method'])}; seed {result['seed']:d}. The groups were found on one half of the people; "
            "every trait was tested on the other half and corrected for the number of tests (Holm)."
        )
        stabilities = pd.DataFrame(result["stabilities"]).rename(
            columns={
                "k": "groups",
                "stability": "agreement when drawn again",
                "low": "from",
                "high": "to",
                "p_structure": "p against one cloud",
            }
        )
        table(stabilities.round(3), "How well each number of groups came back")
        if cards := building.model_cards(build):
            model_cards(cards)


def card(workspace: Workspace, user: User, persona: PersonaRecord) -> None:
    """Draw one persona."""
    data = building.card_of(persona)
    with st.container(border=True):
        st.subheader(as_text(persona.name), anchor=False)
        share = with_interval(100 * data.share, 100 * data.share_low, 100 * data.share_high)
        st.markdown(
            f"**{share}** of the people · {persona.members:,} people · {CONFIDENCE[data.confidence]} confidence"
        )
        if persona.is_stale:
            st.warning(
                f"{count(persona.lost_members, 'person', 'people')} withdrew since. Build the personas again.",
                icon=":material/history:",
            )
        if persona.note:
            st.markdown(f"*{as_text(persona.note)}*")
        telling = [t for t in data.traits if t.verdict in ("higher", "lower")]
        for trait in telling[:TRAITS_SHOWN]:
            st.markdown(f"- {as_text(trait.sentence)}")
        if not telling:
            st.caption("No attribute tells this group apart for sure.")
        if data.words:
            st.html(_chips("Uses more", [f"{w.word} · {w.people}" for w in data.words[:8]]))
        if data.quotes:
            st.html(_chips("Said by many", [f"“{q.text}” · {q.people}" for q in data.quotes[:6]]))
        if data.rating_mean is not None:
            st.caption(f"Rates {data.rating_mean:.2f} on average, n={data.rating_n:,}.")
        _details(workspace, user, persona)


def _chips(title: str, items: list[str]) -> str:
    chips = " ".join(f'<span class="dp-chip">{html.escape(item)}</span>' for item in items)
    return f'<p class="dp-chips"><strong>{html.escape(title)}</strong> {chips}</p>'


def _details(workspace: Workspace, user: User, persona: PersonaRecord) -> None:
    numbers = st.expander("Evidence and numbers", key=f"numbers-{persona.id}", on_change="rerun")
    if numbers.open:
        with numbers:
            _numbers(workspace, persona)
    label = "Rename or put away" + (f" · {persona.version:d} versions" if persona.version > 1 else "")
    editor = st.expander(label, key=f"editor-{persona.id}", on_change="rerun")
    if editor.open:
        with editor:
            _editor(workspace, user, persona)


def _numbers(workspace: Workspace, persona: PersonaRecord) -> None:
    data = building.card_of(persona)
    st.write(as_text(data.why))
    frame = pd.DataFrame([vars(trait) for trait in data.traits])
    if len(frame):
        shown = frame[["label", "group", "others", "difference", "low", "high", "p_holm", "n_group", "verdict"]]
        table(
            shown.round(3),
            "Every trait, tested on people the groups were not made from",
            file_name=f"traits-{persona.id}.csv",
        )
    behind = building.evidence(workspace, persona.id)
    if behind:
        st.caption(f"{sum(map(len, behind.values())):,} reviews stand behind its words and phrases.")


def _editor(workspace: Workspace, user: User, persona: PersonaRecord) -> None:
    with st.form(f"edit-{persona.id}", border=False):
        name = st.text_input("Name", value=persona.name, max_chars=120)
        note = st.text_area("Note", value=persona.note, max_chars=1000)
        if st.form_submit_button("Save as a new version"):
            with failure():
                building.edit(workspace, user, persona.id, persona.version, name, note)
                st.rerun()
    if st.button("Put away", key=f"archive-{persona.id}", icon=":material/archive:"):
        with failure():
            building.archive(workspace, user, persona.id)
            st.rerun()
    st.caption("To change whom it holds, start from it under “Put a persona together by hand”.")
    versions = building.versions(workspace, persona.id)
    if len(versions) > 1:
        versions_section(versions)


def no_personas() -> None:
    """Say that there are none yet."""
    empty_state("No personas yet", "Build them from the people who consented to profiling. It takes a few minutes.")
