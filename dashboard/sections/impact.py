"""Impact page: ask of one metric and one change, read the verdict, its doubts and its checks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components import count, failure, table, when, with_interval
from dashboard.sections.impact_charts import placebo_chart, segments_chart, series_chart, waits_chart
from dashboard.services import impact
from dashboard.services.impact import Measurable, Preflight, Question
from dashboard.services.people import User
from dashboard.workspace import Workspace
from db.repositories.effects import InterventionRecord

if TYPE_CHECKING:
    from analytics.impact.power import Plan
    from analytics.impact.report import ImpactReport
    from analytics.impact.segments import SegmentReport

ASKED = "impact_asked"
NEW_DATE = "Another date"
EVERYBODY = "Everybody"
GROUPS_OFFERED = 200
SIGNS = {"effect found": "✓", "no evidence": "○", "cannot tell": "?"}
SHAPES = {
    "step": "A lasting step (the answer above)",
    "level_slope": "A step that then grows or fades",
    "pulse": "A short burst",
    "ramp": "A slow start",
}


@st.cache_data(max_entries=20, show_spinner=False)
def _measurable(stamp: str, _workspace: Workspace) -> list[Measurable]:
    return impact.measurable(_workspace)


@st.cache_data(max_entries=100, show_spinner=False)
def _preflight(stamp: str, question: Question, _workspace: Workspace) -> Preflight:
    return impact.preflight(_workspace, question)


@st.cache_data(max_entries=50, show_spinner="Measuring, and trying to prove it wrong…")
def _analysed(stamp: str, question: Question, _workspace: Workspace) -> ImpactReport:
    return impact.analyse(_workspace, question)


@st.cache_data(max_entries=50, show_spinner="Comparing the segments…")
def _by_segment(
    stamp: str, question: Question, kind: str, metrics: tuple[str, ...], _workspace: Workspace
) -> SegmentReport:
    return impact.by_segment(_workspace, question, kind, metrics)


@st.cache_data(max_entries=50, show_spinner="Trying out how long to wait…")
def _planned(stamp: str, question: Question, target: float, _workspace: Workspace) -> Plan:
    return impact.plan(_workspace, question, target)


def what_is_here(workspace: Workspace) -> tuple[str, list[Measurable]]:
    """Return the stamp of the data and what can be measured in it."""
    stamp = impact.data_stamp(workspace)
    return stamp, _measurable(stamp, workspace)


def ask(workspace: Workspace, found: list[Measurable]) -> Question | None:
    """Ask for the metric and the change; None while something is missing."""
    by_name = {m.metric: m for m in found}
    kept = {i.id: i for i in impact.interventions(workspace)}
    left, right = st.columns(2)
    name = left.selectbox("Metric", list(by_name), key="metric", bind="query-params")
    metric = by_name.get(name) if name else None
    if metric is None:
        return None
    with right:
        change = _change(kept)
        middle = metric.first + (metric.last + timedelta(days=7) - metric.first) / 2
        day = (
            change.on
            if change
            else st.date_input("Day of the change", middle, key="on", bind="query-params", format="YYYY-MM-DD")
        )
    if not isinstance(day, date):
        return None
    with st.expander("More settings"):
        return _settings(workspace, metric, found, day, change, kept)


def _change(kept: dict[int, InterventionRecord]) -> InterventionRecord | None:
    if not kept:
        return None
    options = [None, *kept]
    chosen = st.selectbox(
        "Change",
        options,
        format_func=lambda i: NEW_DATE if i is None else f"{kept[i].name} ({kept[i].on})",
        key="change",
    )
    return kept[chosen] if chosen else None


def _settings(
    workspace: Workspace,
    metric: Measurable,
    found: list[Measurable],
    day: date,
    change: InterventionRecord | None,
    kept: dict[int, InterventionRecord],
) -> Question:
    washout = st.number_input(
        "Days to settle",
        min_value=0,
        max_value=impact.MAX_WASHOUT,
        value=change.washout_days if change else 0,
        key=f"washout-{change.id if change else 0}",
        help="Days after the change that count as neither before nor after.",
    )
    kind = st.selectbox(
        "This number is",
        impact.KINDS,
        index=impact.KINDS.index(metric.kind),
        format_func=lambda k: impact.KIND_WORDS[k],
        key=f"kind-{metric.metric}",
    )
    group_kind, group = _whom(workspace, metric)
    others = [n for n, i in kept.items() if i.on != day]
    within = [n for n in others if metric.first < kept[n].on <= metric.last]
    held = st.multiselect(
        "Other changes to allow for", others, within, format_func=lambda n: f"{kept[n].name} ({kept[n].on})"
    )
    controls = [m.metric for m in found if m.metric != metric.metric and m.overall]
    control = st.selectbox(
        "Compare with a metric the change did not touch",
        controls,
        index=None,
        placeholder="None",
        key="control",
        help="A control series takes the season and other outside movements away.",
    )
    label = change.name if change else "the change"
    return Question(metric.metric, day, int(washout), label, kind, group_kind, group, tuple(held), control)


def _whom(workspace: Workspace, metric: Measurable) -> tuple[str | None, str | None]:
    kind = st.selectbox("Whom", [EVERYBODY, *metric.segment_kinds], key=f"whom-{metric.metric}")
    if kind is None or kind == EVERYBODY:
        return None, None
    groups = impact.segments_of(workspace, metric, kind)
    if len(groups) > GROUPS_OFFERED:
        st.caption(f"The first {GROUPS_OFFERED} of {len(groups):,} groups are offered.")
    group = st.selectbox(kind.capitalize(), groups[:GROUPS_OFFERED], key=f"group-{metric.metric}-{kind}")
    return (kind, group) if group is not None else (None, None)


def before_anything(workspace: Workspace, stamp: str, question: Question) -> bool:
    """Say what the design could show, then offer to measure; True once it was asked for."""
    with failure():
        told = _preflight(stamp, question, workspace)
        st.info(told.sentence, icon=":material/search_insights:")
        future = told.n_after == 0
        if st.button("Measure the effect", type="primary", icon=":material/query_stats:", disabled=future):
            st.session_state[ASKED] = question
    return bool(st.session_state.get(ASKED) == question)


def answer(workspace: Workspace, user: User, stamp: str, question: Question) -> None:
    """Show the verdict first, then its chart, its doubts and its checks."""
    with failure():
        report = _analysed(stamp, question, workspace)
        _verdict(report)
        series_chart(report)
        _checks(report)
        if (question.kind or "") == "amount" and not question.segment:
            _return(report)
        _method(report)
        _keep(workspace, user, question, report)


def _verdict(report: ImpactReport) -> None:
    verdict, effect = report.verdict, report.effect
    with st.container(border=True):
        st.subheader(f"{SIGNS[verdict.answer]} {_text(verdict.sentence)}", anchor=False)
        unit = report.frequency
        facts = f"n = {effect.n_before} {unit}s before and {effect.n_after} after · 95% interval"
        if verdict.answer != "cannot tell":
            facts += f" · p {_p(effect.p)}"
        st.caption(facts)
        st.markdown(f"**What to do next.** {_text(verdict.next_step)}")
        if verdict.could_be_wrong:
            st.markdown("**What could be wrong**")
            st.markdown("\n".join(f"- {_text(doubt)}" for doubt in verdict.could_be_wrong))


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def _text(text: str) -> str:
    return "".join(f"\\{c}" if c in r"\`*_[]()<>#|~$:" else c for c in text)


def _checks(report: ImpactReport) -> None:
    with st.expander("Checks: earlier dates, other shapes, single points"):
        st.write(report.placebo.note.text)
        if len(report.placebo.days):
            placebo_chart(report)
        st.write(report.sensitivity.note.text)
        rows = [
            {
                "read as": SHAPES[effect.shape],
                "effect": with_interval(effect.percent, effect.low, effect.high),
                "p": _p(effect.p).removeprefix("= "),
            }
            for effect in (report.effect, *report.sensitivity.effects)
        ]
        table(pd.DataFrame(rows), "The same question with other shapes of the effect", file_name="shapes.csv")
        st.write(report.leave_one_out.note.text)


def _return(report: ImpactReport) -> None:
    with st.expander("Did it earn back what it cost?"):
        left, right = st.columns(2)
        spent = left.number_input("What the change cost", min_value=0.0, value=0.0, key="spent")
        margin = right.number_input("Part of each sale that is kept (%)", 1, 100, 100, key="margin")
        if spent:
            with failure():
                back = impact.earned_back(report, spent, margin / 100)
                st.write(f"{back.sentence} Return: {with_interval(back.percent, back.low, back.high)}.")
        st.caption("For sales and other income only. The cost is taken as known.")


def _method(report: ImpactReport) -> None:
    with st.expander("How this was done"):
        st.write(f"{report.effect.method}")
        st.write(
            f"Each {report.frequency} resembles the one before by {report.effect.rho:.2f} (autocorrelation). "
            f"The smallest effect that 4 of 5 such analyses would find is {report.detectable:.1f}%."
        )
        low, middle, high = (report.effect.cumulative[i] for i in (1, 0, 2))
        if middle > 1 or middle < -1:
            st.write(f"Added up over the time after the change: {middle:,.0f} [{low:,.0f}, {high:,.0f}].")
        for note in report.notes:
            if note.level == "info":
                st.markdown(f"- {_text(note.text)}")


def _keep(workspace: Workspace, user: User, question: Question, report: ImpactReport) -> None:
    with st.expander("Keep this result"), st.form("keep", border=False):
        known = "" if question.label == "the change" else question.label
        name = st.text_input("Name of the change", known, max_chars=200, placeholder="New way of making posts")
        if st.form_submit_button("Keep", icon=":material/bookmark:"):
            with failure():
                if not name.strip():
                    raise impact.ImpactServiceError("Give the change a name, such as “New way of making posts”.")
                impact.save(workspace, user, question, report, name)
                st.success("Kept. It is listed below and can go into reports.")


def segments_section(workspace: Workspace, stamp: str, question: Question, found: list[Measurable]) -> None:
    """Compare the effect between groups, for this metric and others that are split the same way."""
    metric = next(m for m in found if m.metric == question.metric)
    if not metric.segments:
        return
    st.subheader("By segment", anchor=False)
    left, right = st.columns(2)
    kind = left.selectbox("Compare by", metric.segment_kinds, key=f"by-{metric.metric}") or metric.segment_kinds[0]
    alike = [m.metric for m in found if kind in m.segment_kinds and m.source == metric.source]
    chosen = right.multiselect("Metrics", alike, [metric.metric], key=f"also-{metric.metric}-{kind}")
    with failure():
        report = _by_segment(stamp, question, kind, tuple(chosen), workspace)
        warned = [note for note in report.notes if note.level == "warning"]
        for note in warned:
            st.warning(note.text, icon=":material/diversity_3:")
        if not warned and not any("gains" in row.answer for row in report.rows):
            st.write("No segment is shown to gain more or less than the others.")
        for row in report.rows:
            if row.answer.startswith("gains"):
                gap = with_interval(row.difference.value, row.difference.low, row.difference.high)
                st.markdown(f"- {_text(row.segment)} {row.answer} than the others: {gap} ({_text(row.metric)}).")
        segments_chart(report, kind)
        table(_segment_table(report), f"Effect by {kind}; p corrected for {count(report.tests, 'comparison')} (Holm)")


def _segment_table(report: SegmentReport) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "metric": row["metric"],
                "segment": row["segment"],
                "n before": row["n_before"],
                "n after": row["n_after"],
                "own effect": with_interval(*row["own"]),
                "against the others": with_interval(*row["against_others"]),
                "corrected p": None if row["p_holm"] is None else round(row["p_holm"], 4),
                "answer": row["answer"],
            }
            for row in impact.segments_plain(report)["rows"]
        ]
    )


def planner_section(workspace: Workspace, stamp: str, question: Question) -> None:
    """Answer how long one must wait to see an effect of a given size."""
    planner = st.expander("Planner: how long must we wait?", key="planner", on_change="rerun")
    if not planner.open:
        return
    with planner, failure():
        target = st.slider("Effect to look for (%)", 1, 50, 10, key="target")
        found = _planned(stamp, question, float(target), workspace)
        st.markdown(f"**{found.sentence}**")
        waits_chart(found)


def changes_section(workspace: Workspace, user: User) -> None:
    """Let a change be noted on the day it is made, long before it is measured."""
    with st.expander("Note a change"), st.form("note-change", border=False, clear_on_submit=True):
        name = st.text_input("What changed", max_chars=200, placeholder="New way of making posts")
        day = st.date_input("Day it began", date.today(), format="YYYY-MM-DD")
        washout = st.number_input("Days until it had settled", 0, impact.MAX_WASHOUT, 0)
        note = st.text_input("Note (optional)", max_chars=1000)
        if st.form_submit_button("Note it", icon=":material/event:") and isinstance(day, date):
            with failure():
                impact.add_intervention(workspace, user, name, day, int(washout), note)
                st.rerun()


def saved_section(workspace: Workspace) -> None:
    """List the results that were kept."""
    kept = impact.saved(workspace)
    if not kept:
        return
    st.subheader("Kept results", anchor=False)
    rows = [
        {
            "change": record.intervention.name,
            "day": record.intervention.on,
            "metric": record.metric,
            "whom": record.segment or EVERYBODY,
            "verdict": record.result["verdict"],
            "effect": with_interval(*(record.result["effect"][k] for k in ("percent", "low", "high"))),
            "kept": f"{when(record.created_at)} by {record.author}",
        }
        for record in kept
    ]
    table(pd.DataFrame(rows), "Effects as they were measured when they were kept", file_name="effects.csv")
