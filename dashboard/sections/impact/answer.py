"""Impact page: the verdict, its chart, what could be wrong, the checks, and who gained more or less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from analytics.inference import CANNOT_TELL
from dashboard.components import as_text, count, failure, table, with_interval
from dashboard.sections.impact.charts import placebo_chart, segments_chart, series_chart
from dashboard.sections.impact.posts_and_costs import other_methods
from dashboard.services.impact import effects, records
from dashboard.services.impact.effects import Measurable, Question
from dashboard.services.people import User
from dashboard.workspace import Workspace

if TYPE_CHECKING:
    from analytics.impact.report import ImpactReport
    from analytics.impact.segments import SegmentReport

SIGNS = {"effect found": "✓", "no evidence": "○", CANNOT_TELL: "?"}


@st.cache_data(max_entries=50, show_spinner="Measuring, and trying to prove it wrong…")
def _analysed(stamp: str, question: Question, _workspace: Workspace) -> ImpactReport:
    return effects.analyse(_workspace, question)


@st.cache_data(max_entries=50, show_spinner="Comparing the segments…")
def _by_segment(
    stamp: str, question: Question, kind: str, metrics: tuple[str, ...], _workspace: Workspace
) -> SegmentReport:
    return effects.by_segment(_workspace, question, kind, metrics)


def answer(workspace: Workspace, user: User, stamp: str, question: Question) -> None:
    """Show the verdict first, then its chart, its doubts and its checks."""
    with failure():
        report = _analysed(stamp, question, workspace)
        _verdict(report)
        series_chart(report)
        _checks(report)
        if (question.kind or "") == "amount" and not question.segment:
            _return(report)
        other_methods(workspace, stamp, question)
        _method(report)
        _keep(workspace, user, question, report)


def _verdict(report: ImpactReport) -> None:
    verdict, effect = report.verdict, report.effect
    with st.container(border=True):
        st.subheader(f"{SIGNS[verdict.answer]} {as_text(verdict.sentence)}", anchor=False)
        unit = report.frequency
        during = "in the burst" if effect.shape == "burst" else "after"
        facts = f"n = {effect.n_before} {unit}s before and {effect.n_after} {during} · 95% interval"
        if verdict.answer != CANNOT_TELL:
            facts += f" · p {_p(effect.p)}"
        st.caption(as_text(facts))
        st.markdown(f"**What to do next.** {as_text(verdict.next_step)}")
        if verdict.could_be_wrong:
            st.markdown("**What could be wrong**")
            st.markdown("\n".join(f"- {as_text(doubt)}" for doubt in verdict.could_be_wrong))


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def _checks(report: ImpactReport) -> None:
    with st.expander("Checks: earlier dates, other shapes, single points"):
        st.write(as_text(report.placebo.note.text))
        if len(report.placebo.days):
            placebo_chart(report)
        st.write(as_text(report.departure.note.text))
        st.write(as_text(report.sensitivity.note.text))
        rows = [
            {
                "read as": effects.SHAPE_WORDS[effect.shape]
                + (" (stated; the answer above)" if effect is report.effect else ""),
                "averaged over": count(effect.n_after, report.frequency),
                "effect": with_interval(effect.percent, effect.low, effect.high),
                "p": _p(effect.p).removeprefix("= "),
            }
            for effect in (report.effect, *report.sensitivity.effects)
        ]
        table(pd.DataFrame(rows), "The same question with other shapes of the effect", file_name="shapes.csv")
        st.write(as_text(report.leave_one_out.note.text))
        if report.difference is not None:
            plain = with_interval(report.difference.percent, report.difference.low, report.difference.high)
            st.write(f"The plain difference to the control, taken one to one, would say {plain}.")


def _return(report: ImpactReport) -> None:
    with st.expander("Did it earn back what it cost?"):
        left, right = st.columns(2)
        spent = left.number_input("What the change cost", min_value=0.0, value=0.0, key="spent")
        margin = right.number_input("Part of each sale that is kept (%)", 1, 100, 100, key="margin")
        if spent:
            with failure():
                back = effects.earned_back(report, spent, margin / 100)
                st.write(f"{as_text(back.sentence)} Return: {with_interval(back.percent, back.low, back.high)} (95%).")
                st.caption(
                    f"It rests on {back.n_before:,} {as_text(report.frequency)}s before and {back.n_after:,} after."
                )
                for doubt in back.doubts:
                    st.markdown(f"- Could be wrong: {as_text(doubt)}")
        st.caption("For sales and other income only. The cost is taken as known.")


def _method(report: ImpactReport) -> None:
    with st.expander("How this was done"):
        st.write(as_text(report.effect.method))
        st.write(
            f"Each {as_text(report.frequency)} resembles the one before by {report.effect.rho:.2f} (autocorrelation). "
            f"The smallest effect that 4 of 5 such analyses would find is {report.detectable:.1f}%."
        )
        low, middle, high = (report.effect.cumulative[i] for i in (1, 0, 2))
        if middle > 1 or middle < -1:
            span = count(report.effect.n_after, report.frequency)
            st.write(f"Added up over the {span} of the effect: {middle:,.0f} [{low:,.0f}, {high:,.0f}].")
        for note in report.notes:
            if note.level == "info":
                st.markdown(f"- {as_text(note.text)}")


def _keep(workspace: Workspace, user: User, question: Question, report: ImpactReport) -> None:
    with st.expander("Keep this result"), st.form("keep", border=False):
        known = "" if question.label == "the change" else question.label
        name = st.text_input("Name of the change", known, max_chars=200, placeholder="New way of making posts")
        if st.form_submit_button("Keep", icon=":material/bookmark:"):
            with failure():
                if not name.strip():
                    raise effects.ImpactServiceError("Give the change a name, such as “New way of making posts”.")
                records.save(workspace, user, question, report, name)
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
            st.warning(as_text(note.text), icon=":material/diversity_3:")
        if not warned and not any("gains" in row.answer for row in report.rows):
            st.write("No segment is shown to gain more or less than the others.")
        for row in report.rows:
            if row.answer.startswith("gains"):
                gap = with_interval(row.difference.value, row.difference.low, row.difference.high)
                st.markdown(
                    f"- {as_text(row.segment)} {as_text(row.answer)} than the others: {gap} ({as_text(row.metric)})."
                )
        segments_chart(report, kind)
        table(_segment_table(report), f"Effect by {kind}; p corrected for {count(report.tests, 'comparison')} (Holm)")


def _segment_table(report: SegmentReport) -> pd.DataFrame:
    from analytics.impact.plain import segments_plain

    return pd.DataFrame(
        [
            {
                "segment": row["segment"],
                "answer": row["answer"],
                "against the others": with_interval(*row["against_others"]),
                "own effect": with_interval(*row["own"]),
                "corrected p": None if row["p_holm"] is None else round(row["p_holm"], 4),
                "n before": row["n_before"],
                "n after": row["n_after"],
                "metric": row["metric"],
            }
            for row in segments_plain(report)["rows"]
        ]
    )
