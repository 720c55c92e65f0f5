"""Keep the browser from talking to anybody else, our pages from being framed, other sites from asking for one."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Collection
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from google.protobuf.message import DecodeError
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
LOCAL_NAMES = ("localhost",)
log = logging.getLogger("digital_persona")
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@cache
def headers() -> dict[str, str]:
    """Return the headers of every answer."""
    return {
        "Content-Security-Policy": "; ".join(_policy()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }


def _policy() -> tuple[str, ...]:
    return (
        "default-src 'self'",
        f"script-src 'self' {' '.join(_shell_scripts())}",
        # Streamlit makes its styles at run time, so they cannot be listed by hash.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )


def _shell_scripts() -> list[str]:
    """Return the hashes of the inline scripts in Streamlit's own page."""
    shell = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    digests = (hashlib.sha256(script.encode()).digest() for script in INLINE_SCRIPT.findall(shell))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def from_here(sent: Headers) -> bool:
    """Say whether a request comes from our own pages, by headers that no other site can forge in a browser.

    Browsers send ``Sec-Fetch-Site`` to trustworthy addresses and ``Origin`` with every request that changes
    something; a program that sends neither carries no browser's cookies.
    """
    site = sent.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = sent.get("origin")
    return origin is None or urlsplit(origin).netloc == sent.get("host")


def is_known_host(host: str, names: Collection[str]) -> bool:
    """Say whether a ``Host`` header names this machine, an IP address or one of the names given.

    A page of another site can have its own name point here (DNS rebinding); it cannot do so with an address.
    """
    name = host.strip().casefold()
    if name.startswith("["):
        name, _, port = name[1:].partition("]")
        if port and not re.fullmatch(r":\d*", port):
            return False
    else:
        name = name.partition(":")[0]
    try:
        ip_address(name)
    except ValueError:
        return name in names
    return True


class KnownHosts:
    """Refuse requests, websockets too, that ask for a host of a name nobody gave this app."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self.app, self.names = app, frozenset(name.casefold() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or is_known_host(Headers(scope=scope).get("host", ""), self.names):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403})
        else:
            said = "This app does not answer to that name. Its owner sets DIGITAL_PERSONA_HOST_NAMES."
            await PlainTextResponse(said, status_code=421)(scope, receive, send)


class SoundFrames:
    """End a websocket at the first frame that is no message of Streamlit's, with one line in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return

        async def sound() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive" or _is_message(message.get("bytes")):
                return message
            log.warning("a page's connection was ended: it sent what is no message")
            return {"type": "websocket.disconnect", "code": 1003}

        await self.app(scope, sound, send)


def _is_message(data: bytes | None) -> bool:
    try:
        return data is not None and BackMsg.FromString(data).WhichOneof("type") is not None
    except DecodeError:
        return False


class SecurityHeaders:
    """Put the headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                for name, value in headers().items():
                    found[name] = value
            await send(message)

        await self.app(scope, receive, with_headers)


class OwnPagesOnly:
    """Refuse what another site's page asks a browser to change here, and websockets it opens."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        changes = scope["type"] == "websocket" or (scope["type"] == "http" and scope["method"] not in SAFE_METHODS)
        if not changes or from_here(Headers(scope=scope)):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403})
        else:
            await PlainTextResponse("This came from a page of another site.", status_code=403)(scope, receive, send)
