"""Personas page: two personas side by side, two builds, and the versions of one persona."""

from __future__ import annotations

import html
from itertools import pairwise

import pandas as pd
import streamlit as st

from analytics.inference import TOO_FEW
from analytics.kept.pairs import Side, TraitPair
from dashboard.components import (
    as_text,
    count,
    csv_download,
    failure,
    percent,
    told_apart,
    when,
    with_interval,
    word_diff,
)
from dashboard.page_cache import kept
from dashboard.services.personas import building, comparison
from dashboard.services.personas.comparison import BuildComparison, Comparison, Lived
from dashboard.workspace import Workspace
from db.repositories.personas import BuildRecord, PersonaRecord

TRAITS_SHOWN = 12
METHOD = (
    "Each value is measured on people the groups were not made from; “others” are all other people of its build. "
    "Intervals are 95%. The rows stand in the order of how far apart the two personas are."
)


def compare_section(workspace: Workspace, found: list[PersonaRecord], build_id: int) -> None:
    """Put two personas side by side; those of one build are offered first."""
    ordered = sorted(found, key=lambda p: (p.build_id != build_id, p.id))
    names = told_apart({p.id: f"{p.name} (build {p.build_id})" for p in ordered})
    left, right = st.columns(2)
    one = left.selectbox("One", list(names), format_func=names.__getitem__, key="one")
    other = right.selectbox("Other", list(names), index=1, format_func=names.__getitem__, key="other")
    if one is None or other is None or one == other:
        st.caption("Choose two different personas.")
        return
    with failure():
        both = kept(workspace, ("compare", one, other), lambda: comparison.compare(workspace, one, other))
        _side_by_side(both, workspace.settings.k_min_people)


def _side_by_side(found: Comparison, k: int) -> None:
    for column, persona in zip(st.columns(2), (found.one, found.other), strict=True):
        card = building.card_of(persona)
        share = with_interval(100 * card.share, 100 * card.share_low, 100 * card.share_high)
        rated = with_interval(card.rating_mean, card.rating_low, card.rating_high, unit="", digits=2)
        with column.container(border=True):
            st.subheader(as_text(persona.name), anchor=False)
            st.markdown(f"**{share}** of the people, n={persona.members:,}")
            if card.rating_mean is not None:
                st.caption(f"Rates {rated} on average, n={card.rating_n:,}.")
    if 0 < found.shared < k:
        st.write(f"Fewer than {k:,} people are in both.")
    elif found.shared:
        st.write(
            f"{count(found.shared, 'person', 'people')} in both: {percent(found.jaccard)} of all people in either."
        )
    else:
        st.write("Nobody is in both.")
    _words(found)
    if not found.traits:
        st.caption("Neither card has a trait to compare.")
        return
    frame = pd.DataFrame([_row(pair, found) for pair in found.traits])
    st.table(frame.head(TRAITS_SHOWN), hide_index=True, border="horizontal")
    csv_download(frame, f"compare-{found.one.id}-{found.other.id}.csv", f"Download all {len(frame)} traits as CSV")
    st.caption(METHOD)


def _words(found: Comparison) -> None:
    sides = (
        ("Words of both", found.words_both),
        (f"Only {found.one.name}", found.words_one),
        (f"Only {found.other.name}", found.words_other),
    )
    for title, words in sides:
        if words:
            chips = " ".join(f'<span class="dp-chip">{html.escape(w)}</span>' for w in words)
            st.html(f'<p class="dp-chips"><strong>{html.escape(title)}</strong> {chips}</p>')


def _row(pair: TraitPair, found: Comparison) -> dict[str, str]:
    first, second = found.one.name, found.other.name
    if first == second:
        first, second = f"{first} (1)", f"{second} (2)"
    return {
        "Trait": pair.label,
        first: in_words(pair.one, pair.kind),
        second: in_words(pair.other, pair.kind),
    }


def in_words(side: Side | None, kind: str) -> str:
    """Return one side of a trait as people read it: its value, how far it is from others, and n."""
    if side is None:
        return "not measured"
    if side.verdict == TOO_FEW:
        return f"cannot tell (n={side.n:,})"
    scale, unit, digits = (100, "%", 0) if kind == "share" else (1, "", 0 if abs(side.value) >= 100 else 1)
    apart = with_interval(scale * side.difference, scale * side.low, scale * side.high, unit="", digits=digits)
    value = f"{scale * side.value:,.{digits}f}{unit}"
    points = " points" if kind == "share" else ""
    if side.verdict == "same":
        return f"{value}, like others (n={side.n:,})"
    return f"{value}, against others {apart}{points} (n={side.n:,})"


def builds_section(workspace: Workspace, builds: list[BuildRecord]) -> None:
    """Say which persona of one build lives on in which of another."""
    names = {b.id: f"Build {b.id}, {when(b.created_at)}" for b in builds}
    left, right = st.columns(2)
    newest = list(names)
    before = left.selectbox("Earlier build", newest, index=1, format_func=names.__getitem__, key="before")
    after = right.selectbox("Later build", newest, index=0, format_func=names.__getitem__, key="after")
    if before is None or after is None or before == after:
        st.caption("Choose two different builds.")
        return
    with failure():
        key = ("compare builds", before, after)
        _lived(kept(workspace, key, lambda: comparison.compare_builds(workspace, before, after)))


def _lived(found: BuildComparison) -> None:
    st.write(f"{count(found.people_in_both, 'person', 'people')} in personas of both builds. Only they count here.")
    for lived in found.lived:
        st.markdown(f"- {_as_markdown(lived)}")
    st.caption(
        "Personas are paired by the people they share, so that the sum of their Jaccard indexes is largest. Below "
        "one half they count as different ones. Nothing here says why people moved."
    )


def _as_markdown(lived: Lived) -> str:
    """Return what became of one persona, as Markdown."""
    if lived.before is None and lived.after is not None:
        return f"**{as_text(lived.after.name)}** is new ({count(lived.joined, 'person', 'people')} of both builds)."
    if lived.after is None and lived.before is not None:
        return f"**{as_text(lived.before.name)}** is gone ({count(lived.left, 'person', 'people')} of both builds)."
    assert lived.before is not None
    assert lived.after is not None
    name, now = lived.before.name, lived.after.name
    on = "lives on" if name == now else f"lives on as **{as_text(now)}**"
    return (
        f"**{as_text(name)}** {on}: {percent(lived.jaccard)} of their people are the same "
        f"({lived.stayed:,} stayed, {lived.left:,} left, {lived.joined:,} joined)."
    )


def versions_section(versions: list[PersonaRecord]) -> None:
    """Show what changed from each version of a persona to the next."""
    for before, after in reversed(list(pairwise(versions))):
        st.markdown(f"**Version {after.version:d}** by {as_text(after.author)}, {when(after.created_at)}")
        if before.name != after.name:
            word_diff(before.name, after.name)
        if before.note != after.note:
            word_diff(before.note, after.note)
        if (before.name, before.note) == (after.name, after.note):
            st.caption("Saved without a change of name or note.")
