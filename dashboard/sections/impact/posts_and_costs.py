"""Impact page: costs and return, content factors of posts, A/B tests, and what other methods would say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from dashboard.components import as_text, count, failure, table, with_interval
from dashboard.services.impact import effects, posts
from dashboard.services.impact.effects import Measurable, Question
from dashboard.services.impact.posts import EACH_ROW, FAMILIES, OUTCOMES, PostColumns
from dashboard.workspace import Workspace

if TYPE_CHECKING:
    from analytics.impact.ab_tests import Family
    from analytics.impact.comparison import MethodRow
    from analytics.impact.cost import CostReport

ROWS_SHOWN = 500


@st.cache_data(max_entries=20, show_spinner=False)
def _columns(stamp: str, _workspace: Workspace) -> PostColumns:
    return posts.post_columns(_workspace)


@st.cache_data(max_entries=50, show_spinner="Asking other methods…")
def _others(stamp: str, question: Question, _workspace: Workspace) -> tuple[MethodRow, ...]:
    return effects.other_methods(_workspace, question)


@st.cache_data(max_entries=20, show_spinner="Comparing posts…")
def _factors(
    stamp: str, outcome: str, names: tuple[str, ...], randomised: bool, cluster: str | None, _workspace: Workspace
) -> dict[str, Any]:
    found = posts.factors(_workspace, outcome, names, randomised=randomised, cluster=cluster)
    from analytics.impact.plain import factors_plain

    return factors_plain(found)


@st.cache_data(max_entries=20, show_spinner="Comparing variants…")
def _ab(stamp: str, test: str, variant: str, family: Family, _workspace: Workspace) -> dict[str, Any]:
    from analytics.impact.plain import ab_plain

    return ab_plain(posts.ab_tests(_workspace, test, variant, family=family))


@st.cache_data(max_entries=20, show_spinner="Measuring costs…")
def _costs(stamp: str, question: Question, engagements: str | None, _workspace: Workspace) -> CostReport:
    return effects.costs(_workspace, question, engagements)


def other_methods(workspace: Workspace, stamp: str, question: Question) -> None:
    """Show what other common methods would say of the same data, with the known weakness of each."""
    panel = st.expander("What other methods would say", key="others", on_change="rerun")
    if not panel.open:
        return
    with panel, failure():
        rows = [
            {
                "method": row.method,
                "effect": with_interval(row.percent, row.low, row.high),
                "p": "< 0.001" if row.p < 0.001 else f"{row.p:.3f}",
                "known weakness": row.weakness,
            }
            for row in _others(stamp, question, workspace)
        ]
        table(pd.DataFrame(rows), "For comparison only; the verdict above does not use them", file_name="methods.csv")


def costs_section(workspace: Workspace, stamp: str, question: Question, found: list[Measurable]) -> None:
    """Measure expenses and the cost of an engagement around the same change."""
    money = [m.metric for m in found if m.kind == "amount"]
    if not money:
        return
    panel = st.expander("Costs: expenses and cost per engagement", key="costs", on_change="rerun")
    if not panel.open:
        return
    with panel:
        left, right = st.columns(2)
        likely = next((i for i, name in enumerate(money) if "cost" in name or "spend" in name), 0)
        expenses = left.selectbox("Expenses", money, likely, key="expenses")
        counted = [m.metric for m in found if m.metric != expenses and m.kind in ("rate", "count")]
        counted = [name for name in counted if not name.startswith("cost per")]
        engaged = next((i for i, name in enumerate(counted) if "engagement" in name), 0)
        engagements = right.selectbox("Engagements", counted, engaged, key="engagements")
        st.caption("Of a rate, what is counted above the line (engagements, clicks) is taken.")
        if expenses is None:
            return
        asked = Question(expenses, question.on, question.washout_days, question.label, "amount", held=question.held)
        asked = replace(asked, shape=question.shape, until=question.until, ramp_days=question.ramp_days)
        with failure():
            told = _costs(stamp, asked, engagements, workspace)
            for report in (told.expenses, told.per_engagement):
                if report is not None:
                    effect = report.effect
                    st.markdown(f"**{as_text(report.verdict.sentence)}**")
                    unit = as_text(report.frequency)
                    st.caption(f"n = {effect.n_before:,} {unit}s before and {effect.n_after:,} after · 95%")
                    for doubt in report.verdict.could_be_wrong:
                        st.caption(f"Could be wrong: {as_text(doubt)}")


def posts_sections(workspace: Workspace, stamp: str) -> None:
    """Offer content factors and A/B tests where past posts can answer them."""
    known = _columns(stamp, workspace)
    if not known.n:
        return
    st.subheader("Posts one by one", anchor=False)
    _factors_section(workspace, stamp, known)
    _ab_section(workspace, stamp, known)


def _factors_section(workspace: Workspace, stamp: str, known: PostColumns) -> None:
    panel = st.expander("Content factors: what goes along with better posts?", key="factors", on_change="rerun")
    if not panel.open:
        return
    with panel:
        if not known.factors:
            st.write(
                "No column of your past posts says yes or no. Add columns such as personalised, human_review or "
                "style_transfer to the table of posts and bring it in again."
            )
            return
        outcome = st.selectbox("What counts as better", OUTCOMES, key="factor-outcome")
        names = st.multiselect("Yes/no columns of the posts", known.factors, known.factors[:3], key="factor-names")
        cluster = st.selectbox("Related posts share", known.tests, None, placeholder="Campaign or week", key="cluster")
        randomised = st.toggle("Chance decided which posts got them", key="factor-randomised")
        with failure():
            found = _factors(stamp, outcome, tuple(names), randomised, cluster, workspace)
            _notes(found)
            rows = [
                {
                    "factor": row["factor"],
                    "answer": row["answer"],
                    "effect": with_interval(row["percent"], row["low"], row["high"]),
                    "posts with": row["n_with"],
                    "without": row["n_without"],
                    "corrected p": _p(row["p_holm"]),
                }
                for row in found["rows"]
            ]
            caption = f"{count(found['n'], 'post')} in {count(found['clusters'], 'group')}; each factor with the others"
            table(pd.DataFrame(rows), f"{caption}, channel, time and format held equal", file_name="factors.csv")
            st.caption(as_text(found["method"]))


def _ab_section(workspace: Workspace, stamp: str, known: PostColumns) -> None:
    panel = st.expander("A/B tests: which variant does better?", key="ab", on_change="rerun")
    if not panel.open:
        return
    with panel:
        st.caption(
            "For variants that were shown to people by chance. Bring in a table of posts with a column for the test, "
            "one for the variant, impressions and clicks."
        )
        left, right = st.columns(2)
        likely = next((i for i, name in enumerate(known.tests) if "test" in name.lower()), None)
        test = left.selectbox("Column of the test", known.tests, likely, placeholder="Choose a column", key="ab-test")
        variants = [name for name in known.variants if name != test]
        variant = right.selectbox("Column of the variant", variants, key="ab-variant") or EACH_ROW
        family = (
            st.radio("Corrected together", list(FAMILIES), format_func=FAMILIES.__getitem__, key="ab-family") or "all"
        )
        if test is None:
            return
        with failure():
            found = _ab(stamp, test, variant, family, workspace)
            _notes(found)
            _ab_table(found)


def _ab_table(found: dict[str, Any]) -> None:
    rows = [
        {
            "test": row["test"],
            "variant": row["variant"],
            "answer": row["answer"].removeprefix(f"{row['variant']} "),
            "lift": with_interval(row["lift"], row["low"], row["high"]),
            "rate": f"{100 * row['rate']:.2f}% against {100 * row['control_rate']:.2f}%",
            "impressions": row["impressions"],
            "Holm p": _p(row["p_holm"]),
            "Benjamini-Hochberg p": _p(row["q"]),
        }
        for row in found["rows"][:ROWS_SHOWN]
    ]
    total = len(found["rows"])
    shown = f"; the {ROWS_SHOWN} surest are shown" if total > ROWS_SHOWN else ""
    claimed = sum(" does " in row["answer"] for row in found["rows"])
    st.write(f"{count(claimed, 'variant')} of {total:,} {'does' if claimed == 1 else 'do'} better or worse.")
    table(pd.DataFrame(rows), f"{count(total, 'comparison')}, corrected for their number{shown}", file_name="ab.csv")


def _p(value: float | None) -> str:
    return "" if value is None else "< 0.001" if value < 0.001 else f"{value:.3f}"


def _notes(found: dict[str, Any]) -> None:
    for note in found["notes"]:
        if note["level"] == "warning":
            st.warning(as_text(note["text"]), icon=":material/warning:")
        else:
            st.caption(as_text(note["text"]))
