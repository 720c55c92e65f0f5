"""Audits page: consent, privacy, the ledger, what the checks found, and who is in the personas."""

from __future__ import annotations

import json

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.audits import Representation
from analytics.inference import NO_DIFFERENCE, TOO_FEW
from dashboard.components import (
    Chart,
    as_text,
    count,
    csv_download,
    drawn,
    empty_state,
    failure,
    show,
    table,
    with_interval,
)
from dashboard.page_cache import kept
from dashboard.sections.audits.proof import proof_words
from dashboard.sections.studio.posts import check_name
from dashboard.services.audits import tallies as audits
from dashboard.services.audits.tallies import Reach
from dashboard.workspace import Workspace
from db.repositories.consents import ConsentCount
from engine.fidelity import RuleInfo

PURPOSES = {
    "profiling": "Finding groups",
    "personalisation": "Writing posts for groups",
    "analytics": "Counting and measuring",
    "survey": "Asking questions",
    "recommendation": "Suggesting products",
}
GROUNDS = {
    "by_own_word": "Own word",
    "by_statement": "Statement",
    "refused": "Refused",
    "expired": "Expired",
    "unknown": "Never said",
}
PATTERNS = ("", "/", "x", ".", "-")
VERDICTS = {"pass": "✓ Pass", "needs_human": "◐ Needs a human", "block": "✕ Blocked"}
REACHED = {
    "more": "▲ More than among everybody",
    "fewer": "▼ Fewer than among everybody",
    NO_DIFFERENCE: "≈ No difference shown",
    TOO_FEW: "· Too few to tell",
}
LINES_SHOWN = 200


def consent_section(workspace: Workspace) -> None:
    """Show for each purpose how many people may be used, and why the others may not."""
    found = kept(workspace, "consent", lambda: audits.consent(workspace))
    held = kept(workspace, "holdings", lambda: audits.holdings(workspace))
    if not held.people:
        empty_state(
            "Nobody is here yet",
            "Bring in customers or reviews, and this page counts what they agreed to.",
            link="data",
            link_label="Go to Data",
        )
        return
    pictured = kept(workspace, "consent chart", lambda: _consent_chart(found))
    table(pictured.data, "People by what their consent says now, for each purpose.", file_name="consent.csv")
    show(pictured, key="consent-chart")
    st.caption(
        "Never said means no; refused includes withdrawn. "
        "A person's own word counts before a statement made for a whole file."
    )
    st.subheader("Privacy", anchor=False)
    st.markdown(
        f"- {count(held.people, 'person', 'people')}, whom profiles, reviews and personas know by a pseudonym.\n"
        f"- For {count(held.identities, 'of them', 'of them')}, a name, e-mail, phone or address is kept. "
        "It is encrypted with this workspace's key and is read only to find and mask it in texts."
    )


def _consent_chart(found: tuple[ConsentCount, ...]) -> Chart:
    frame = pd.DataFrame(
        [
            {"Purpose": PURPOSES[c.purpose], "May be used": c.allowed, "People": c.people}
            | {words: getattr(c, name) for name, words in GROUNDS.items()}
            for c in found
        ]
    )
    return drawn(_consent_figure(frame), _consent_words(found), frame)


def _consent_figure(frame: pd.DataFrame) -> go.Figure:
    """Stack the grounds; each has its own pattern, so that colour is not the only sign."""
    bars = [
        go.Bar(
            name=words,
            y=frame["Purpose"],
            x=frame[words],
            orientation="h",
            marker={"pattern": {"shape": shape}} | ({"color": "#8a8f8d"} if words == GROUNDS["unknown"] else {}),
            hovertemplate="%{y}: %{x:,}<extra>" + words + "</extra>",
        )
        for words, shape in zip(GROUNDS.values(), PATTERNS, strict=True)
    ]
    figure = go.Figure(bars, {"barmode": "stack"})
    return figure.update_yaxes(autorange="reversed")


def _consent_words(found: tuple[ConsentCount, ...]) -> str:
    parts = [f"{PURPOSES[c.purpose]}: {c.allowed:,} of {c.people:,}" for c in found]
    return f"Who may be used for what. {'; '.join(parts)}."


def ledger_section(workspace: Workspace) -> None:
    """Verify the ledger, read its newest lines by kind, take them along."""
    kinds = kept(workspace, "ledger kinds", lambda: audits.ledger_kinds(workspace))
    st.write(
        f"{count(sum(kinds.values()), 'line')}. Imports, decisions and exports are written here once. "
        "Each line is chained to the one before, so that a change shows."
    )
    if st.button("Verify the ledger", icon=":material/verified_user:"):
        with st.spinner("Reading every line…"):
            report = audits.verify_ledger(workspace)
        proof_words(report)
    if not kinds:
        empty_state("The ledger is empty", "Bring something in, and its first line is written.")
        return
    chosen = st.selectbox(
        "Kind",
        list(kinds),
        index=None,
        format_func=lambda k: f"{k} ({kinds[k]:,})",
        placeholder="All kinds",
        key="kind",
        bind="query-params",
    )
    found = kept(workspace, ("ledger lines", chosen), lambda: audits.ledger_lines(workspace, chosen))
    frame = pd.DataFrame(
        [
            {
                "Line": line.sequence,
                "When (UTC)": line.at[:19].replace("T", " "),
                "Kind": line.kind,
                "By": line.actor,
                "What": json.dumps(line.payload, ensure_ascii=False),
                "Hash": line.hash,
            }
            for line in found
        ]
    )
    shown = frame.head(LINES_SHOWN)
    table(shown, f"The newest {count(len(shown), 'line')}, the newest first.", rows=12)
    csv_download(frame, "ledger.csv", f"Download {count(len(frame), 'line')} as CSV")


def checks_section(workspace: Workspace) -> None:
    """Show what the checks said over every version, by check and by rule, and every rule there is."""
    found = kept(workspace, "findings", lambda: audits.findings(workspace))
    if found.versions:
        st.write(f"{count(found.versions, 'version')} of posts went through all six checks.")
        rows = [
            {
                "Check": check_name(c.check),
                "Versions": c.versions,
                "✓ Pass": c.passed,
                "◐ Needs a human": c.needs_human,
                "✕ Blocked": c.blocked,
            }
            for c in found.checks
        ]
        table(pd.DataFrame(rows), "What each check said, over every version of every draft.", file_name="checks.csv")
        _rule_counts(found.rules)
    else:
        empty_state(
            "No post was checked yet",
            "Create a campaign in Studio: every draft goes through the six checks.",
            link="studio",
            link_label="Go to Studio",
        )
    _rule_catalogue()


def _rule_counts(tallies: tuple[audits.RuleTally, ...]) -> None:
    if not tallies:
        st.info("No rule has found anything so far.", icon=":material/info:")
        return
    rows = [
        {
            "Check": check_name(t.check),
            "Rule": t.rule,
            "Says": VERDICTS[t.verdict],
            "Findings": t.findings,
            "Versions": t.versions,
            "Approved with a reason": t.waived,
            "Id": t.rule_id,
        }
        for t in tallies
    ]
    table(pd.DataFrame(rows), "The rules that found something, the most frequent first.", file_name="findings.csv")


def _rule_catalogue() -> None:
    st.subheader("Every rule", anchor=False)
    search = st.text_input(
        "Search the rules", key="rule_search", bind="query-params", placeholder="price, consent, age …"
    )
    found = audits.rules(search)
    if not found:
        st.caption("No rule holds these words.")
        return
    table(
        pd.DataFrame(map(_rule_row, found)),
        f"{count(len(found), 'rule')}, each with its source.",
        file_name="rules.csv",
    )


def _rule_row(rule: RuleInfo) -> dict[str, str]:
    return {
        "Check": check_name(rule.check),
        "Rule": rule.rule,
        "Says": VERDICTS[rule.verdict],
        "How to mend it": rule.remedy,
        "Where": rule.jurisdiction,
        "Source": rule.source,
        "Id": rule.id,
    }


def reach_section(workspace: Workspace) -> None:
    """Compare who is in each persona with everybody who may be profiled."""
    with failure():
        found = kept(workspace, "reach", lambda: audits.reach(workspace))
        if found is None:
            empty_state(
                "No personas yet",
                "Build personas, and this page shows whom they leave out.",
                link="personas",
                link_label="Go to Personas",
            )
        elif not found.lines:
            empty_state("Cannot tell", "Nobody's age group or gender is known, so there is nothing to compare.")
        else:
            _reach(found)


def _reach(found: Reach) -> None:
    telling = [line for line in found.lines if line.verdict in ("more", "fewer")]
    st.write(
        f"Build {found.build_id:d}, against {count(found.base, 'person', 'people')} who may be profiled: "
        f"{len(telling)} of {count(len(found.lines), 'share')} differ for sure."
    )
    attributes = list(dict.fromkeys(line.attribute for line in found.lines))
    by = st.segmented_control(
        "By", attributes, default=attributes[0], required=True, format_func=as_text, key="by", bind="query-params"
    )
    names = list(dict.fromkeys(line.group for line in found.lines))
    persona = st.selectbox("Persona", names, key="reached_persona")
    lines = [line for line in found.lines if line.attribute == by and line.group == persona]
    table(
        pd.DataFrame([_reach_row(line, found.fewest) for line in lines]),
        f"Who is in this persona, by {str(by).lower()}, against everybody.",
    )
    every = pd.DataFrame([{"Persona": line.group} | _reach_row(line, found.fewest) for line in found.lines])
    csv_download(every, "reach.csv", "Download every persona as CSV")
    st.info(
        "A difference is no proof of unfairness: where age or gender helped to form the groups, it is expected. "
        "Look at who is missing from every persona, and from the posts made for them.",
        icon=":material/info:",
    )
    with st.expander("How this was done"):
        st.write(
            "Shares are of the people whose age or gender is known, with Wilson's 95% interval. Each is tested "
            "exactly (Fisher) against everybody who may be profiled, corrected for the number of tests (Holm). "
            f"A persona or a level with fewer than {found.fewest:,} known people is too few to tell, and counts "
            f"below {found.fewest:,} are not shown."
        )


def _reach_row(line: Representation, fewest: int) -> dict[str, str]:
    told = line.verdict != TOO_FEW
    few = told and line.hits < fewest
    share = with_interval(100 * line.share, 100 * line.low, 100 * line.high)
    people = f"fewer than {fewest}" if few else f"{line.hits:,} of {line.n:,}"
    p = "below 0.001" if line.p_holm < 0.001 else f"{line.p_holm:.3f}"
    return {
        "Level": line.level,
        "In this persona": f"under {100 * fewest / line.n:.1f}%" if few else share,
        "Everybody": f"{100 * line.base_share:.1f}% of {line.base_n:,}" if told else "",
        "Verdict": REACHED[line.verdict],
        "People": people if told else "",
        "p (corrected)": p if told else "",
        "By": line.attribute,
    }
