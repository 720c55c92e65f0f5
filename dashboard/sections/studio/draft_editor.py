"""Studio page: edit a draft with its counters beside it, write one part anew, see and take back versions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import streamlit as st

from dashboard.components import as_text, count, failure, when, word_diff
from dashboard.sections.studio.posts import COUNTED, look_of
from dashboard.services.people import User
from dashboard.services.studio import campaigns
from dashboard.workspace import Workspace
from db.repositories.campaigns import VersionRecord
from engine.channels import channels, measure, render
from engine.content import Part, PostContent
from engine.kept import PART, POST

PART_SHOWN = 60


@st.fragment
def draft_editor(workspace: Workspace, user: User, draft: VersionRecord) -> None:
    """Let one edit a draft; what is typed is counted and shown as it would be published, before it is saved."""
    with failure():
        changes = _fields(draft)
        if st.button("Save as a new version", key=f"save-{draft.id}", type="primary"):
            with failure():
                campaigns.edit(workspace, user, draft.id, changes)
                st.rerun()
        # Below the button, so that it does not move away from under the pointer when a field is left.
        _counted(draft, PostContent.model_validate({**POST.read(draft.content).model_dump(), **changes}))
        _part_anew(workspace, user, draft)


def _counted(draft: VersionRecord, post: PostContent) -> None:
    """Show a post that is not saved yet, and by how much it is over what the channel takes."""
    over = [c for c in measure(post) if c.over and c.hard]
    if over:
        said = ", ".join(f"{COUNTED.get(c.field, c.field)} by {c.over:,}" for c in over)
        st.warning(
            f"Over what {as_text(channels()[post.channel].name)} takes: {as_text(said)}.", icon=":material/straighten:"
        )
    if post != POST.read(draft.content):
        look = look_of(post)
        st.caption(f"Not saved yet. As it would be published: {as_text(look.counters)}")
        st.html(look.words)


def _fields(draft: VersionRecord) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    content = POST.read(draft.content)
    if content.title:
        changes["title"] = st.text_input("Title", value=content.title, key=f"title-{draft.id}")
    changes["text"] = st.text_area(
        "Text",
        value=content.text,
        height=180,
        key=f"text-{draft.id}",
        help="Counters and preview follow when you leave the field or press Ctrl+Enter.",
    )
    tags = st.text_input("Hashtags", value=" ".join(content.hashtags), key=f"tags-{draft.id}")
    changes["hashtags"] = tuple(t.lstrip("#") for t in tags.split())
    if content.alt_texts:
        alt = st.text_input("Image description", value=content.alt_texts[0], key=f"alt-{draft.id}")
        changes["alt_texts"] = (alt, *content.alt_texts[1:])
    return changes


def _part_anew(workspace: Workspace, user: User, draft: VersionRecord) -> None:
    if draft.method.endswith("+ edit"):
        st.caption("Edited by hand, so its parts cannot be told apart. Go back to an older version to write one anew.")
        return
    parts = PART.read_all(draft.parts)
    which = st.selectbox(
        "Or write one part anew, from the same evidence",
        range(len(parts)),
        format_func=lambda i: part_label(parts[i]),
        key=f"part-{draft.id}",
    )
    if which is not None and st.button("Write it anew", key=f"anew-{draft.id}", icon=":material/refresh:"):
        with failure():
            campaigns.regenerate_part(workspace, user, draft.id, which, draft.seed + draft.number)
            st.rerun()


def part_label(part: Part) -> str:
    """Return what a part does and how it begins."""
    text = " ".join(part.text.split())
    short = text if len(text) <= PART_SHOWN else f"{text[:PART_SHOWN].rsplit(' ', 1)[0]} …"
    return f"{part.role.replace('_', ' ').capitalize()}: {short}"


def versions(workspace: Workspace, user: User, draft: VersionRecord, history: Sequence[VersionRecord]) -> None:
    """Show word by word what changed from version to version, and offer to go back to one."""
    if len(history) < 2:
        return
    st.markdown(f"**{count(len(history), 'version')}**")
    for before, after in reversed(list(pairwise(history))):
        st.caption(as_text(f"Version {before.number} to {after.number}, by {after.author}, {when(after.created_at)}"))
        word_diff(published(before.content), published(after.content))
    older = [v.number for v in history if v.number < draft.number and v.content_hash != draft.content_hash]
    if not older:
        return
    chosen = st.selectbox("Go back to version", older[::-1], key=f"back-{draft.id}")
    if chosen is not None and st.button("Use it again", key=f"use-{draft.id}", icon=":material/undo:"):
        with failure():
            campaigns.go_back(workspace, user, draft.id, chosen)
            st.rerun()


def published(content: dict[str, Any]) -> str:
    """Return all words of a post: title, text with link, disclosure and hashtags, image descriptions."""
    post = POST.read(content)
    parts = (post.title, render(post), *(f"Image: {alt}" for alt in post.alt_texts))
    return "\n\n".join(part for part in parts if part)
