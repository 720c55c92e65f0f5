"""Settings page: how the brand speaks and looks."""

from __future__ import annotations

import re
from typing import get_args

import streamlit as st

from dashboard.components import as_text, failure
from dashboard.page_cache import kept
from dashboard.services.people import User
from dashboard.services.studio import brand, briefs
from dashboard.workspace import Workspace
from engine.content import BrandVoice

TONES = get_args(BrandVoice.model_fields["tone"].annotation)
MAX_COLOURS = 5


def brand_form(workspace: Workspace, user: User) -> None:
    """Show the brand voice that counts now and let one change it."""
    voice = kept(workspace, "brand voice", lambda: briefs.brand_voice(workspace))
    with st.form("brand"):
        name = st.text_input("Brand name", value=voice.name, max_chars=120)
        tone = st.selectbox("Tone", TONES, index=TONES.index(voice.tone), format_func=str.capitalize)
        use = _lines("Words to use", voice.words_to_use, "One a line. Posts prefer them where they fit.")
        never = _lines("Words never to use", voice.words_never, "One a line. A post with one of them is blocked.")
        hashtags = _lines("Hashtags", voice.hashtags, "One a line, with or without #.")
        st.caption("Palette: used as it is, never altered")
        with st.container(horizontal=True):
            palette = [
                st.color_picker(f"Colour {number}", value=colour, key=f"colour-{number}")
                for number, colour in enumerate(voice.palette[:MAX_COLOURS], start=1)
            ]
        logo, remove = _logo(workspace)
        disclosure = st.text_input(
            "Disclosure under every post",
            value=voice.disclosure,
            max_chars=200,
            help="Says that a machine helped. Posts without it do not pass the checks.",
        )
        if st.form_submit_button("Save the brand voice", type="primary"):
            with failure():
                settled = BrandVoice(
                    name=name.strip() or voice.name,
                    tone=tone,
                    words_to_use=words(use),
                    words_never=words(never),
                    palette=tuple(palette),
                    disclosure=disclosure.strip(),
                    hashtags=tuple(f"#{tag.lstrip('#')}" for tag in words(hashtags)),
                )
                brand.save(workspace, user, settled, logo, without_logo=remove)
                st.success("Saved. Drafts made from now on use it; those already made stay as they are.")


def _logo(workspace: Workspace) -> tuple[bytes | None, bool]:
    """Show the logo that counts now; return the bytes of another one, and whether to go without."""
    digest, held = kept(workspace, "logo", lambda: (brand.logo_digest(workspace), brand.logo_bytes(workspace)))
    upload = st.file_uploader(
        "Another logo" if held else "Logo",
        type=["png", "jpg", "jpeg", "svg"],  # an SVG too, so that the refusal can say why
        max_upload_size=40,
        key=f"logo-{digest}",  # empty again once its file is kept
        help="PNG (with a transparent ground, best) or JPEG. Thumbnails carry it in a corner that is free.",
    )
    remove = False
    if held:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.image(held, width=120, caption="The logo now")
            remove = st.checkbox("Go without a logo")
    return (upload.getvalue() if upload is not None and not remove else None), remove


def _lines(label: str, values: tuple[str, ...], explained: str) -> str:
    return st.text_area(as_text(label), value="\n".join(values), help=as_text(explained), height=90, max_chars=2_000)


def words(text: str) -> tuple[str, ...]:
    """Return the entries of a list that a person typed, one a line or between commas, each once."""
    return tuple(dict.fromkeys(entry for part in re.split(r"[\n,;]", text) if (entry := part.strip())))
