"""Surveys page: which survey, what changed between its waves, scales, the quality of answers, a planner."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from analytics.inference import CANNOT_TELL
from dashboard.components import (
    Chart,
    as_text,
    count,
    drawn,
    empty_state,
    failure,
    percent,
    show,
    table,
    told_apart,
    with_interval,
)
from dashboard.page_cache import kept
from dashboard.sections.surveys.charts import diverging_bars, in_words
from dashboard.sections.surveys.choices import comparison_choices
from dashboard.sentences import p_value
from dashboard.services.people import User
from dashboard.services.surveys import items, waves
from dashboard.workspace import Workspace
from db.repositories.surveys import SurveyRecord

if TYPE_CHECKING:
    from analytics.surveys import ItemComparison, OddsRatio, SurveyReport

VERDICTS = {
    "higher": ("▲", "Higher", "dp-care"),
    "lower": ("▼", "Lower", "dp-care"),
    "different": ("◆", "Different", "dp-care"),
    CANNOT_TELL: ("·", "Cannot tell", "dp-quiet"),
}


def choose_survey(workspace: Workspace) -> SurveyRecord | None:
    """Let people pick a survey; say what to do where there is none or none may be used."""
    found = {s.id: s for s in kept(workspace, "surveys", lambda: waves.listing(workspace))}
    if not found:
        empty_state("No surveys yet", "A survey asks the same questions before and after a campaign. Bring one in.")
        return None
    names = told_apart({i: f"{s.name} ({count(s.responses, 'response')})" for i, s in found.items()})
    newest = st.session_state.pop("open_survey", None)
    if newest in found:
        st.session_state["survey"] = newest
    chosen = st.selectbox(
        "Survey",
        list(found),
        format_func=names.__getitem__,
        key="survey",
        bind="query-params",
    )
    return found.get(chosen) if chosen is not None else None


def basis_section(workspace: Workspace, user: User, record: SurveyRecord) -> bool:
    """Say how many answers may be used; where none may, ask for the legal basis. Return whether any may."""
    if record.shape == "shares":
        return True
    if record.usable < record.responses:
        st.warning(
            f"{record.usable:,} of {count(record.responses, 'response')} may be used; for the others no consent "
            "is on record.",
            icon=":material/lock:",
        )
    if record.usable:
        return True
    with st.form("basis"):
        basis = st.text_area("Legal basis, in words", max_chars=1_000)
        if st.form_submit_button("State it", type="primary"):
            with failure():
                waves.state_basis(workspace, user, record.id, basis)
                st.rerun()
    return False


def results_section(workspace: Workspace, record: SurveyRecord) -> None:
    """Show what changed between two waves, or one wave's answers."""
    if len(record.waves) < 2:
        for note in record.notes:
            st.caption(f":material/info: {as_text(note)}")
        if record.shape != "shares":
            st.info("This survey has one wave, so there is no before and after yet.", icon=":material/info:")
        _describe(workspace, record)
        return
    before, after = _waves(record)
    with failure():
        choices = comparison_choices(workspace, record)
        with st.spinner("Comparing the waves"):
            key = ("survey", record.id, before, after, repr(choices))
            report = kept(workspace, key, lambda: waves.compare(workspace, record.id, before, after, choices))
        _report(workspace, report, record, key)
    with st.expander("Scales of several questions"):
        _scale(workspace, record)


def _waves(record: SurveyRecord) -> tuple[str | None, str | None]:
    if len(record.waves) == 2:
        return None, None
    left, right = st.columns(2)
    before = left.selectbox("Before", record.waves, key="wave_before")
    after = right.selectbox("After", record.waves, index=len(record.waves) - 1, key="wave_after")
    return before, after


def _report(workspace: Workspace, report: SurveyReport, record: SurveyRecord, key: tuple[Any, ...]) -> None:
    changed = sum(c.verdict != CANNOT_TELL for c in report.comparisons)
    st.markdown(
        f"**{changed:,} of {count(len(report.comparisons), 'question')} changed** between {as_text(report.before)} "
        f"({report.n_before:,} people) and {as_text(report.after)} ({report.n_after:,} people)."
    )
    if report.weighted:
        st.caption(f":material/balance: {as_text(_weighting(report))}")
    for warning in report.warnings:
        if warning not in record.notes:
            st.warning(as_text(warning), icon=":material/info:")
    for position, comparison in enumerate(report.comparisons):
        bars = kept(workspace, ("bars", position, *key), partial(_bars, comparison, report))
        _comparison(comparison, report, position, bars)
    for sentence in report.not_compared:
        st.info(as_text(sentence), icon=":material/info:")
    with st.expander("How this was done, and how good the answers are"):
        st.write(as_text(report.method))
        if not report.weighted:
            st.write("Not weighted.")
        for note in record.notes:
            st.caption(as_text(note))
        _quality(report)


def _weighting(report: SurveyReport) -> str:
    """Say what the weights rest on and what they cost (Kish)."""
    told = [
        f"{name}: {n:,} people tell as much as {effective:,.0f} (design effect {n / effective:.2f})"
        for name, n, effective in zip(
            (report.before, report.after), (report.n_before, report.n_after), report.effective_n, strict=True
        )
    ]
    return as_text(f"Weighted by {report.weighted}. {'; '.join(told)}.")


def _bars(found: ItemComparison, report: SurveyReport) -> Chart | None:
    if not (found.before and found.after):
        return None
    names = (report.before, report.after)
    figure, data = diverging_bars(found.before, found.after, names)
    return drawn(figure, in_words(found, names), data, height=260)


def _comparison(found: ItemComparison, report: SurveyReport, position: int, bars: Chart | None) -> None:
    icon, word, style = VERDICTS[found.verdict]
    with st.container(border=True):
        st.html(f'<span class="dp-badge {style}"><span aria-hidden="true">{icon}</span> {word}</span>')
        st.markdown(as_text(found.sentence))
        if bars:
            show(bars, key=f"bars-{position}")
        if found.options:
            _options(found, (report.before, report.after), position)
        st.caption(as_text(_numbers(found)))
        for term in found.odds:
            st.caption(as_text(_odds(term)))


def _numbers(found: ItemComparison) -> str:
    parts = []
    if found.test:
        c = found.test.chance
        parts.append(f"P(after > before) {with_interval(100 * c.value, 100 * c.low, 100 * c.high)}, n={c.n:,.0f}")
    if found.top_box:
        b = found.top_box
        parts.append(
            f"top two answers {with_interval(100 * b.value, 100 * b.low, 100 * b.high, unit=' points')} ({b.method})"
        )
    if found.promoters:
        scores = [with_interval(e.value, e.low, e.high, unit="", digits=0) for e in found.promoters[:2]]
        parts.append(f"net promoter score {scores[0]} before, {scores[1]} after (adjusted Wald)")
    if found.p_holm == found.p_holm:
        parts.append(f"corrected {p_value(found.p_holm)}")
    return " · ".join(parts)


def _odds(term: OddsRatio) -> str:
    """Say one term of the ordinal model: how many times the odds of a higher answer are."""
    r = term.ratio
    name = "After against before, the rest held equal" if term.term == "wave" else _plain_term(term.term)
    shown = with_interval(r.value, r.low, r.high, unit="", digits=2)
    return f"{as_text(name)}: odds of a higher answer times {shown}, {p_value(term.p)}, n={r.n:,.0f} (ordinal logit)"


def _plain_term(term: str) -> str:
    return term.replace("@age_group", "age group")


def _options(found: ItemComparison, names: tuple[str, str], position: int) -> None:
    rows = [
        {
            "Choice": o.label,
            names[0]: with_interval(100 * o.before.value, 100 * o.before.low, 100 * o.before.high),
            names[1]: with_interval(100 * o.after.value, 100 * o.after.low, 100 * o.after.high),
            "Difference (points)": with_interval(
                100 * o.difference.value, 100 * o.difference.low, 100 * o.difference.high, unit=""
            ),
            "Corrected p": f"{o.p_holm:.3f}",
        }
        for o in found.options
    ]
    table(pd.DataFrame(rows), "Each choice before and after", file_name=f"choices-{position}.csv")


def _describe(workspace: Workspace, record: SurveyRecord) -> None:
    with failure():
        for item in kept(workspace, ("described", record.id), lambda: items.describe(workspace, record.id)):
            with st.container(border=True):
                st.markdown(as_text(item.sentence))
                if item.kind == "number" or not item.rows:
                    continue
                shown = pd.DataFrame(
                    {
                        "Answer": [r["label"] for r in item.rows],
                        "Share": [
                            with_interval(100 * r["share"], 100 * r["low"], 100 * r["high"])
                            if "low" in r
                            else percent(r["share"])
                            for r in item.rows
                        ],
                    }
                )
                table(shown, f"All answers, n={item.n:,}" if item.n else "Shares as published", rows=7)


def _scale(workspace: Workspace, record: SurveyRecord) -> None:
    likert = kept(workspace, ("likert", record.id), lambda: _likert(workspace, record))
    keys = st.multiselect("Questions that should measure one thing", likert, key="scale_items")
    turned = st.multiselect("Of these, worded the other way round", keys, key="scale_reversed")
    if len(keys) < 3:
        st.caption("Pick three or more.")
        return
    with failure():
        found = waves.scale(workspace, record.id, keys, turned)
        for name, e in (("Cronbach's alpha", found.alpha), ("McDonald's omega", found.omega)):
            estimate = with_interval(e.value, e.low, e.high, unit="", digits=2)
            st.write(f"{as_text(name)}: {estimate}, n={e.n:,.0f} ({as_text(e.method)}).")
        for warning in found.warnings:
            st.warning(as_text(warning))


def _likert(workspace: Workspace, record: SurveyRecord) -> list[str]:
    return [i.key for i in waves.questions(workspace, record.id, "likert")]


def _quality(report: SurveyReport) -> None:
    lines = report.quality.straight_share
    if lines.n:
        share = with_interval(100 * lines.value, 100 * lines.low, 100 * lines.high)
        st.write(f"Same answer to a whole block of questions: {share} of {lines.n:,.0f} people.")
    gaps = [
        {
            "Question": g.key,
            "Left out": with_interval(100 * g.missing.value, 100 * g.missing.low, 100 * g.missing.high),
        }
        for g in report.quality.non_response
    ]
    table(pd.DataFrame(gaps), "How many left each question out", file_name="left-out.csv")


def planner_section() -> None:
    """Say how many people a survey needs."""
    st.write("How many answers do you need to see a change in a share, such as people who agree?")
    left, right, rate = st.columns(3)
    before = left.number_input("Share before (%)", 0.0, 100.0, 50.0, step=1.0)
    after = right.number_input("Share after (%)", 0.0, 100.0, 60.0, step=1.0)
    answering = rate.number_input("People who answer (%)", 1.0, 100.0, 20.0, step=1.0)
    with failure():
        found = waves.plan(before / 100, after / 100, response_rate=answering / 100)
        st.info(as_text(found.sentence), icon=":material/groups:")
        st.caption("95% intervals; four times out of five the change is found if it is that large.")
