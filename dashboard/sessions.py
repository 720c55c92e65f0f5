"""Team mode: who signed in, kept in a signed cookie that runs out. Nothing is served without it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import html
import time
from collections import defaultdict
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import errors
from dashboard.services.people import User, authenticate
from dashboard.settings import Settings, secret_for
from dashboard.workspace import Workspace
from db.repositories import users

COOKIE = "digital_persona_session"
OPEN_PATHS = ("/sign-in", "/api/ready")
MAX_FORM = 4_096
FREE_TRIES, WAIT_SECONDS, FORGET_AFTER = 5, 2.0, 900.0


def make_token(settings: Settings, name: str, moment: float | None = None) -> str:
    """Return a signed statement that a person signed in, valid for the session's hours."""
    ends = int((time.time() if moment is None else moment) + settings.session_hours * 3600)
    body = base64.urlsafe_b64encode(f"{ends}:{name}".encode()).decode()
    return f"{body}.{_signature(settings, body)}"


def read_token(settings: Settings, token: str, moment: float | None = None) -> str | None:
    """Return the name in a token, or None when it is forged, broken or has run out."""
    body, _, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(settings, body).encode()):
        return None
    ends, _, name = base64.urlsafe_b64decode(body).decode().partition(":")
    return name if int(ends) > (time.time() if moment is None else moment) else None


def _signature(settings: Settings, body: str) -> str:
    key = secret_for(settings, "session cookie").encode()
    return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()


def signed_in(workspace: Workspace, token: str | None) -> User | None:
    """Return the user of a session cookie with the role that counts now, or None."""
    name = read_token(workspace.settings, token) if token else None
    if name is None:
        return None
    with workspace.database.reading() as session:
        found = users.get(session, name)
    return None if found is None or found.disabled else User(found.name, found.role)  # type: ignore[arg-type]


class SignInGate:
    """Let nobody past the sign-in page, websockets included, without a valid session."""

    def __init__(self, app: ASGIApp, workspace: Workspace) -> None:
        self.app, self.workspace = app, workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope["path"] in OPEN_PATHS:
            await self.app(scope, receive, send)
            return
        token = HTTPConnection(scope).cookies.get(COOKIE)
        if await run_in_threadpool(signed_in, self.workspace, token):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4401})
        elif "text/html" in Headers(scope=scope).get("accept", ""):
            await RedirectResponse("/sign-in", status_code=303)(scope, receive, send)
        else:
            await PlainTextResponse("Sign in first.", status_code=401)(scope, receive, send)


class SignIn:
    """The sign-in page. Wrong tries on one name are slowed down."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._wrong: defaultdict[str, list[float]] = defaultdict(list)

    async def show(self, request: Request) -> Response:
        """Show the form."""
        return _form("", 200)

    async def enter(self, request: Request) -> Response:
        """Check name and password; set the cookie or say that they do not fit."""
        body = await request.body()
        if len(body) > MAX_FORM:
            return _form("That is too long.", 413)
        fields = parse_qs(body.decode("utf-8", "replace"))
        name = fields.get("name", [""])[0].strip()
        now = time.monotonic()
        wrong = self._wrong[name] = [t for t in self._wrong[name] if now - t < FORGET_AFTER]
        if len(wrong) >= FREE_TRIES:
            await asyncio.sleep(WAIT_SECONDS)
        user = await run_in_threadpool(authenticate, self.workspace, name, fields.get("password", [""])[0])
        if user is None:
            wrong.append(now)
            return _form("Name and password do not fit together. Try again.", 401)
        self._wrong.pop(name, None)
        settings = self.workspace.settings
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(
            COOKIE,
            make_token(settings, user.name),
            max_age=int(settings.session_hours * 3600),
            httponly=True,
            samesite="lax",
            secure=request.headers.get("x-forwarded-proto", request.url.scheme) == "https",
        )
        return answer

    async def leave(self, request: Request) -> Response:
        """Sign out."""
        answer = RedirectResponse("/sign-in", status_code=303)
        answer.delete_cookie(COOKIE)
        return answer


def _form(problem: str, status: int) -> Response:
    said = f"<p role='alert'><strong>{html.escape(problem)}</strong></p>" if problem else ""
    fields = (
        "<form method='post' action='/sign-in'><p><label>Name<br><input name='name' required autofocus "
        "autocomplete='username'></label></p><p><label>Password<br><input name='password' type='password' "
        "required autocomplete='current-password'></label></p><p><button>Sign in</button></p></form>"
    )
    return errors.page("Sign in to Digital Persona", said + fields, status, is_html=True)
