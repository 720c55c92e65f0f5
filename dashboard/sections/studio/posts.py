"""A post as its readers will see it, its counters and what the checks found."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.components import as_text, model_cards, verdict_badge
from dashboard.page_cache import kept_for_good
from dashboard.services.data import catalogue
from dashboard.services.review.deciding import ReviewItem
from dashboard.workspace import Workspace
from db.repositories.campaigns import VersionRecord
from engine.channels import measure, render
from engine.content import Finding, PostContent
from engine.kept import POST

CHECKS = {
    "bias": "Bias and fairness",
    "privacy": "Privacy",
    "safety": "Safety",
    "authenticity": "Authenticity",
    "legal": "Legal compliance",
    "identifiability": "Identifiability",
}
PREVIEW_SIDE = 640


COUNTED = {"first_line": "first line", "alt_texts": "image description"}


@dataclass(frozen=True)
class Look:
    """How a version's post looks: its picture's digest and description, its words as HTML, its counters."""

    picture: str | None
    alt: str
    words: str
    counters: str


def look_of(post: PostContent) -> Look:
    """Return how a post looks and how much of each limit it uses."""
    title = f"<strong>{html.escape(post.title)}</strong><br>" if post.title else ""
    link = f'<div class="dp-link">{html.escape(post.link)}</div>' if post.link else ""
    return Look(
        picture=post.media[0] if post.media else None,
        alt=post.alt_texts[0] if post.alt_texts else "",
        words=f'<div class="dp-post">{title}{html.escape(render(post))}{link}</div>',
        counters=_counters(post),
    )


def _counters(post: PostContent) -> str:
    parts = []
    for count in measure(post):
        if count.used or count.field == "text":
            mark = "✕" if count.over and count.hard else "◐" if count.over else "✓"
            parts.append(f"{mark} {COUNTED.get(count.field, count.field)} {count.used:,} of {count.limit:,}")
    return " · ".join(dict.fromkeys(parts))


def preview(workspace: Workspace, version: VersionRecord) -> None:
    """Draw the post: picture, title, the exact published text, the link, and how much of each limit is used."""
    look = kept_for_good(
        workspace,
        ("look", version.content_hash, version.id),
        lambda: look_of(POST.read(version.content)),
    )
    picture, words = st.columns([2, 3]) if look.picture else (None, st.container())
    if picture is not None and look.picture:
        picture.image(small_picture(workspace, look.picture), caption=as_text(look.alt) or None, width="stretch")
    words.html(look.words)
    st.caption(as_text(look.counters))


def small_picture(workspace: Workspace, digest: str) -> bytes:
    """Return a picture at the size it is shown, made once: the digest says which it is."""
    return kept_for_good(
        workspace, ("picture", digest), lambda: catalogue.preview_bytes(workspace, digest, PREVIEW_SIDE)
    )


def marked(text: str, found: list[Finding]) -> str:
    """Return a text as HTML with the spans of findings marked."""
    out, at = [], 0
    for finding in sorted(found, key=lambda f: f.start):
        if finding.start < at or finding.end <= finding.start:
            continue
        out += [
            html.escape(text[at : finding.start]),
            f'<mark title="{html.escape(finding.rule)}">{html.escape(text[finding.start : finding.end])}</mark>',
        ]
        at = finding.end
    return '<div class="dp-post">' + "".join(out) + html.escape(text[at:]) + "</div>"


def changed(clauses: Sequence[str]) -> None:
    """Warn that what a post rests on has changed, with the old and the new."""
    if clauses:
        words = html.escape("; ".join(clauses))
        st.html(
            f'<p class="dp-stale" role="alert">⚠ <strong>Out of date</strong>: {words}. '
            "Edit it so that it says what is true now, or make it anew.</p>"
        )


def check_name(name: str) -> str:
    """Return a check's name in words."""
    return CHECKS.get(name, name.replace("-", " ").capitalize())


def made_by(found: ReviewItem) -> None:
    """Show what made a version, behind an expander."""
    drawer = st.expander("How it was made", key=f"made-{found.version.id}", on_change="rerun")
    if drawer.open:
        with drawer:
            st.write(f"Method: {as_text(found.version.method)}.")
            if found.cards:
                model_cards(found.cards)
            else:
                st.caption("It was made before more than the method was kept.")


def findings(found: ReviewItem) -> None:
    """Show the verdicts, and each finding with its span, rule, source and remedy."""
    badges = "".join(
        f'<span class="dp-check">{html.escape(check_name(c.name))} {verdict_badge(c.verdict)}</span>'
        for c in found.checks
    )
    st.html(f'<p class="dp-checks">{badges}</p>')
    if found.out_of_date:
        names = ", ".join(check_name(name) for name in found.out_of_date)
        st.caption(f":material/update: The rules changed since, or a check is yet to come: {as_text(names)}.")
    in_text = [f for f in found.findings if f.field == "text"]
    if in_text:
        st.html(marked(found.content.text, in_text))
    for finding in found.findings:
        st.html(
            f"<p>{verdict_badge(finding.verdict.value)} <strong>{html.escape(finding.rule)}</strong><br>"
            f"{'“' + html.escape(finding.excerpt) + '” · ' if finding.excerpt else ''}{html.escape(finding.remedy)}"
            f"<br><small>{html.escape(finding.rule_id)} · {html.escape(finding.source)}</small></p>"
        )
