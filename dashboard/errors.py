"""What people see when something broke: a plain sentence and a reference id; the log has the rest."""

from __future__ import annotations

import html
import logging
import uuid

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse

log = logging.getLogger("digital_persona")
SENTENCE = (
    "Something went wrong that we did not foresee. Nothing you had saved is lost. Try again; if it happens "
    "again, give this reference to whoever runs Digital Persona"
)


def note(error: BaseException, where: str) -> str:
    """Write an error and its traceback to the log and return its reference id."""
    reference = uuid.uuid4().hex[:8]
    log.error("%s failed, reference %s", where, reference, exc_info=error)
    return reference


def on_script_error(error: Exception) -> bool:
    """Show a page's unforeseen error as a sentence, never as a traceback."""
    st.error(f"{SENTENCE}: **{note(error, 'a page')}**.", icon=":material/error:")
    return True


def page(title: str, text: str, status: int, *, is_html: bool = False) -> HTMLResponse:
    """Return a bare page that says one thing, or holds ready-made HTML instead."""
    inside = text if is_html else f"<p>{html.escape(text)}</p><p><a href='/'>Back to the start</a></p>"
    body = (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'><link rel='icon' href='data:,'>"
        f"<title>{html.escape(title)} · Digital Persona</title><style>"
        "body{font:1.05rem/1.6 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.2rem;"
        "color:#1d2a2e;background:#fcfbf8}a{color:#17615d}input,button{font:inherit;padding:.5rem .7rem;"
        "border:1px solid #8a8f8c;border-radius:.5rem;max-width:100%}button{background:#1f6f6b;color:#fff}"
        "@media(prefers-color-scheme:dark){body{color:#e7ecea;background:#11191b}a{color:#7fd0c5}}"
        f"</style></head><body><h1>{html.escape(title)}</h1>{inside}</body></html>"
    )
    return HTMLResponse(body, status_code=status)


async def server_error(request: Request, error: Exception) -> HTMLResponse:
    """Answer a request that broke."""
    return page("Something went wrong", f"{SENTENCE}: {note(error, request.url.path)}.", 500)
