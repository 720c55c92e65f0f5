"""Impact page: ask of one metric and one change, what it could show, plan, note changes, see kept results."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from analytics.kept import EFFECT, EFFECT_SETTINGS
from dashboard.components import as_text, failure, table, when, with_interval
from dashboard.page_cache import kept
from dashboard.sections.impact.charts import waits_chart
from dashboard.services.impact import effects, records
from dashboard.services.impact.effects import Measurable, Question
from dashboard.services.people import User
from dashboard.workspace import Workspace
from db.repositories.effects import InterventionRecord, StatedShape

if TYPE_CHECKING:
    from analytics.impact.power import Plan
    from analytics.impact.preflight import Preflight

ASKED = "impact_asked"
NEW_DATE = "Another date"
EVERYBODY = "Everybody"
GROUPS_OFFERED = 200


@st.cache_data(max_entries=20, show_spinner=False)
def _measurable(stamp: str, _workspace: Workspace) -> list[Measurable]:
    return effects.measurable(_workspace)


@st.cache_data(max_entries=100, show_spinner=False)
def _preflight(stamp: str, question: Question, _workspace: Workspace) -> Preflight:
    return effects.preflight(_workspace, question)


@st.cache_data(max_entries=50, show_spinner="Trying out how long to wait…")
def _planned(stamp: str, question: Question, target: float, _workspace: Workspace) -> Plan:
    return effects.plan(_workspace, question, target)


def what_is_here(workspace: Workspace) -> tuple[str, list[Measurable]]:
    """Return the stamp of the data and what can be measured in it."""
    stamp = kept(workspace, "impact data", lambda: effects.data_stamp(workspace))
    return stamp, _measurable(stamp, workspace)


def ask(workspace: Workspace, found: list[Measurable]) -> Question | None:
    """Ask for the metric and the change; None while something is missing."""
    by_name = {m.metric: m for m in found}
    changes = {i.id: i for i in kept(workspace, "changes", lambda: records.interventions(workspace))}
    left, right = st.columns(2)
    name = left.selectbox("Metric", list(by_name), key="metric", bind="query-params")
    metric = by_name.get(name) if name else None
    if metric is None:
        return None
    with right:
        change = _change(changes)
        day = (
            change.on
            if change
            else st.date_input("Day of the change", _middle(metric), key="on", bind="query-params", format="YYYY-MM-DD")
        )
    if not isinstance(day, date):
        return None
    shape, until, ramp_days = _shape(day, change)
    with st.expander("More settings"):
        asked = _settings(workspace, metric, found, day, change, changes)
    return replace(asked, shape=shape, until=until, ramp_days=ramp_days)


def _shape(day: date, change: InterventionRecord | None) -> tuple[effects.Shape, date | None, int | None]:
    """Ask what the effect should look like, before anything of it was seen; a noted change brings its own shape."""
    noted = change.shape if change else StatedShape()
    own = f"-{change.id}" if change else ""
    left, right = st.columns(2)
    shape = left.selectbox(
        "What do you expect the effect to look like?",
        effects.SHAPES,
        index=effects.SHAPES.index(effects.known_shape(noted.kind)),
        format_func=lambda s: effects.SHAPE_WORDS[s],
        key=f"shape{own}",
        help="Say so before you look. Whether the numbers keep to it is tested, and counts in the verdict.",
    )
    if shape == "burst":
        last = noted.until or day + timedelta(days=27)
        until = right.date_input("Last day of the burst", last, key=f"until{own}", format="YYYY-MM-DD")
        return "burst", until if isinstance(until, date) else day, None
    if shape == "ramp":
        days = right.number_input("Days until it is fully there", 1, 366, noted.ramp_days or 56, key=f"ramp-days{own}")
        return "ramp", None, int(days)
    return shape or "step", None, None


def _middle(metric: Measurable) -> date:
    """Return the first day of the period in the middle of the data, as a date to begin with."""
    weeks = (metric.last - metric.first).days // 7 + 1
    middle = metric.first + timedelta(weeks=weeks // 2)
    monthly = metric.first.day == metric.last.day == 1
    return middle.replace(day=1) if monthly and metric.n < weeks else middle


def _change(changes: dict[int, InterventionRecord]) -> InterventionRecord | None:
    if not changes:
        return None
    options = [0, *changes]
    chosen = st.selectbox(
        "Change",
        options,
        format_func=lambda i: NEW_DATE if i == 0 else f"{changes[i].name} ({changes[i].on})",
        key="change",
    )
    return changes[chosen] if chosen else None


def _settings(
    workspace: Workspace,
    metric: Measurable,
    found: list[Measurable],
    day: date,
    change: InterventionRecord | None,
    changes: dict[int, InterventionRecord],
) -> Question:
    washout = st.number_input(
        "Days to settle",
        min_value=0,
        max_value=effects.MAX_WASHOUT,
        value=change.washout_days if change else 0,
        key=f"washout-{change.id if change else 0}",
        help="Days after the change that count as neither before nor after.",
    )
    kind = st.selectbox(
        "This number is",
        effects.KINDS,
        index=effects.KINDS.index(metric.kind),
        format_func=lambda k: effects.KIND_WORDS[k],
        key=f"kind-{metric.metric}",
    )
    group_kind, group = _whom(workspace, metric)
    others = [n for n, i in changes.items() if i.on != day]
    within = [n for n in others if metric.first < changes[n].on <= metric.last]
    held = st.multiselect(
        "Other changes to allow for", others, within, format_func=lambda n: f"{changes[n].name} ({changes[n].on})"
    )
    controls = [m.metric for m in found if m.metric != metric.metric and m.overall]
    chosen = st.multiselect(
        "Compare with metrics the change did not touch",
        controls,
        placeholder="None",
        key="controls",
        help="Control series take the season and other outside movements away, each as far as it shares them.",
    )
    country, events, year_end = _calendar()
    label = change.name if change else "the change"
    asked = Question(metric.metric, day, int(washout), label, kind, group_kind, group, tuple(held), tuple(chosen))
    return replace(asked, country=country, events=events, year_end=year_end)


def _calendar() -> tuple[str | None, tuple[str, ...], bool]:
    """Ask which holidays and events are held beside the effect."""
    year_end = st.checkbox(
        "Hold the weeks around Christmas",
        value=True,
        key="year-end",
        help="A peak that comes back every year is no effect. Turn it off only where nothing happens then.",
    )
    country = st.text_input(
        "Public holidays of", key="country", max_chars=2, placeholder="None", help="A country code: DE, FR, GB, US."
    )
    events = st.text_area(
        "Your own events, one a line",
        key="events",
        placeholder="Sale = 2024-05-02, 2024-11-25..2024-12-02",
        help="Sales, fairs, outages: each gets a height of its own, so that it is not taken for the effect.",
    )
    return country.strip() or None, tuple(line.strip() for line in events.splitlines() if line.strip()), year_end


def _whom(workspace: Workspace, metric: Measurable) -> tuple[str | None, str | None]:
    kind = st.selectbox("Whom", [EVERYBODY, *metric.segment_kinds], key=f"whom-{metric.metric}")
    if kind is None or kind == EVERYBODY:
        return None, None
    groups = effects.segments_of(workspace, metric, kind)
    if len(groups) > GROUPS_OFFERED:
        st.caption(f"The first {GROUPS_OFFERED} of {len(groups):,} groups are offered.")
    group = st.selectbox(as_text(kind.capitalize()), groups[:GROUPS_OFFERED], key=f"group-{metric.metric}-{kind}")
    return (kind, group) if group is not None else (None, None)


def before_anything(workspace: Workspace, stamp: str, question: Question) -> bool:
    """Say what the design could show, then offer to measure; True once it was asked for."""
    with failure():
        told = _preflight(stamp, question, workspace)
        st.info(as_text(told.sentence), icon=":material/search_insights:")
        future = told.n_after == 0
        if st.button("Measure the effect", type="primary", icon=":material/query_stats:", disabled=future):
            st.session_state[ASKED] = question
    return bool(st.session_state.get(ASKED) == question)


def planner_section(workspace: Workspace, stamp: str, question: Question) -> None:
    """Answer how long one must wait to see an effect of a given size."""
    planner = st.expander("Planner: how long must we wait?", key="planner", on_change="rerun")
    if not planner.open:
        return
    with planner, failure():
        target = st.slider("Effect to look for (%)", 1, 50, 10, key="target")
        found = _planned(stamp, question, float(target), workspace)
        st.markdown(f"**{as_text(found.sentence)}**")
        waits_chart(found)


def changes_section(workspace: Workspace, user: User) -> None:
    """Let a change be noted on the day it is made, long before it is measured."""
    with st.expander("Note a change"), st.form("note-change", border=False, clear_on_submit=True):
        name = st.text_input("What changed", max_chars=200, placeholder="New way of making posts")
        day = st.date_input("Day it began", date.today(), format="YYYY-MM-DD")
        washout = st.number_input("Days until it had settled", 0, effects.MAX_WASHOUT, 0)
        shape = st.selectbox(
            "What you expect its effect to look like", effects.SHAPES, format_func=lambda s: effects.SHAPE_WORDS[s]
        )
        until = st.date_input("Last day, for a burst only", None, format="YYYY-MM-DD")
        ramp = st.number_input("Days until it is fully there, for an even rise only", 1, 366, None)
        note = st.text_input("Note (optional)", max_chars=1000)
        if st.form_submit_button("Note it", icon=":material/event:") and isinstance(day, date):
            with failure():
                last, days = until if isinstance(until, date) else None, int(ramp) if ramp else None
                kind = shape or "step"
                records.add_intervention(
                    workspace, user, name, day, int(washout), note, shape=kind, until=last, ramp_days=days
                )
                st.rerun()


def saved_section(workspace: Workspace) -> None:
    """List the results that were kept."""
    saved = kept(workspace, "effects", lambda: records.saved(workspace))
    if not saved:
        return
    st.subheader("Kept results", anchor=False)
    rows = [
        {
            "change": record.intervention.name,
            "day": record.intervention.on,
            "metric": record.metric,
            "whom": record.segment or EVERYBODY,
            "asked as": EFFECT_SETTINGS.read(record.settings).in_words(),
            "verdict": result.verdict,
            "effect": with_interval(result.effect.percent, result.effect.low, result.effect.high),
            "kept": f"{when(record.created_at)} by {record.author}",
        }
        for record, result in ((r, EFFECT.read(r.result)) for r in saved)
    ]
    table(pd.DataFrame(rows), "Effects as they were measured when they were kept", file_name="effects.csv")
