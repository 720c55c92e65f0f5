"""What people see when something broke: a plain sentence and a reference id; the log has the rest.

The log says where it broke and what kind of error it was, but not the error's own words: those quote
values (a name, a bound parameter of a query), and a log is no place for personal data.
"""

from __future__ import annotations

import html
import logging
import traceback
import uuid
from types import TracebackType
from urllib.parse import quote

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse

log = logging.getLogger("digital_persona")
STREAMLIT_SAYS = "Uncaught app execution"
SENTENCE = (
    "Something went wrong that we did not foresee. Nothing you had saved is lost. Try again; if it happens "
    "again, give this reference to whoever runs Digital Persona"
)


ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def trace(error: BaseException) -> str:
    """Return where an error and those behind it arose, with their kinds and without their words."""
    shown, seen = [], set[int]()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        frames = "".join(traceback.format_tb(at.__traceback__))
        shown.append(f"{frames}{type(at).__module__}.{type(at).__qualname__}")
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return "\nbecause of\n".join(shown)


class WithoutWords(logging.Formatter):
    """Log lines whose tracebacks leave out what the errors say."""

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802  (logging's name)
        """Return the traceback without the error's words."""
        return trace(ei[1]) if ei[1] is not None else ""


def start_log(level: str) -> None:
    """Send every log line, Streamlit's included, through one formatter that keeps personal data out."""
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutWords("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Streamlit logs a page's error by itself before it asks us; ours has the reference id.
    logging.getLogger("streamlit.error_util").addFilter(lambda line: line.msg != STREAMLIT_SAYS)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def note(error: BaseException, where: str) -> str:
    """Write where an error arose to the log and return its reference id."""
    reference = uuid.uuid4().hex[:8]
    log.error("%s failed, reference %s\n%s", where, reference, trace(error))
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
    return page("Something went wrong", f"{SENTENCE}: {note(error, quote(request.url.path))}.", 500)
