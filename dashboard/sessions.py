"""Team mode: who signed in, kept as a session that runs out and can be ended. Nothing is served without it."""

from __future__ import annotations

import hashlib
import hmac
import html
import logging
import math
import secrets
from datetime import timedelta
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from google.protobuf.message import DecodeError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from dashboard import errors
from dashboard.services.people import TooManyTriesError, User, authenticate, stands
from dashboard.settings import secret_for
from dashboard.workspace import Workspace
from db.errors import StoreError
from db.repositories import users
from db.repositories.users import SessionRecord
from db.types import now

COOKIE = "digital_persona_session"
BROWSER_COOKIE = "digital_persona_browser"
KNOWN_FOR = 180 * 86_400  # seconds
OPEN_PATHS = ("/sign-in", "/api/ready")
MAX_FORM = 4_096
NOTED_EVERY = timedelta(seconds=30)
CHECKED_AT_ONCE = 2  # each password check takes 32 MB
PLAIN_RERUN = BackMsg(rerun_script=ClientState()).SerializeToString()
log = logging.getLogger("digital_persona")


def begin_session(workspace: Workspace, name: str, password: str, address: str = "", browser: str = "") -> str | None:
    """Return the token of a new session, or None when name and password do not fit.

    Raises
    ------
    TooManyTriesError
        When there were too many wrong tries.
    """
    person = authenticate(workspace, name, password, address, browser)
    if person is None:
        return None
    chance, moment, settings = secrets.token_urlsafe(32), now(), workspace.settings
    token = f"{chance}.{_owner_mark(workspace, chance, name)}"
    hours, idle = timedelta(hours=settings.session_hours), timedelta(minutes=settings.session_idle_minutes)
    with workspace.database.writing(sign_of_life=True) as session:
        if users.get_for_change(session, name) != person:
            return None  # changed or disabled while the password was being checked
        users.drop_ended(session, started_before=moment - hours, seen_before=moment - idle)
        users.add_session(session, name, _digest(workspace, token), moment)
    return token


def browser_mark(workspace: Workspace, name: str) -> str:
    """Return the mark of a browser in which a person signed in: random, and signed together with the name."""
    chance = secrets.token_urlsafe(16)
    return f"{chance}.{_signed(workspace, name, chance)}"


def known_browser(workspace: Workspace, name: str, mark: str | None) -> str:
    """Return what tells a browser apart whose mark was given to this very name; else nothing."""
    chance, _, signature = (mark or "").partition(".")
    fits = hmac.compare_digest(signature.encode(), _signed(workspace, name, chance).encode())
    return chance if chance and fits else ""


def _signed(workspace: Workspace, name: str, chance: str) -> str:
    secret = secret_for(workspace.settings, "known browsers")
    return hmac.new(secret.encode(), f"{name}\n{chance}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def signed_in(workspace: Workspace, token: str | None) -> User | None:
    """Return the user of a session with the role that counts now, or None."""
    found = _session(workspace, token)
    return None if found is None else User(found.user.name, found.user.role)  # type: ignore[arg-type]


def end_session(workspace: Workspace, token: str | None) -> None:
    """End a session: its token is worth nothing from now on."""
    if token:
        with workspace.database.writing(sign_of_life=True) as session:
            users.end_session(session, _digest(workspace, token))


def use_session(workspace: Workspace, token: str | None, *, by_hand: bool = True) -> bool:
    """Say whether a session still counts; what a person does by hand puts off its end by idleness."""
    found = _session(workspace, token)
    if found is None or token is None:
        return False
    if by_hand and now() - found.seen_at > NOTED_EVERY:
        try:
            with workspace.database.writing(sign_of_life=True) as session:
                users.note_use(session, _digest(workspace, token), now())
        except StoreError:
            log.warning("a session's use was not noted: the database is busy")
    return True


def _session(workspace: Workspace, token: str | None) -> SessionRecord | None:
    if not token:
        return None
    with workspace.database.reading() as session:
        found = users.find_session(session, _digest(workspace, token))
    if found is None or found.user.disabled or not stands(workspace, found.user):
        return None
    chance, _, mark = token.partition(".")
    if not hmac.compare_digest(
        mark.encode("utf-8", "replace"), _owner_mark(workspace, chance, found.user.name).encode()
    ):
        return None  # the row was given to somebody else
    moment, settings = now(), workspace.settings
    is_old = moment - found.started_at >= timedelta(hours=settings.session_hours)
    is_idle = moment - found.seen_at >= timedelta(minutes=settings.session_idle_minutes)
    return None if is_old or is_idle else found


def _digest(workspace: Workspace, token: str) -> str:
    """Return what is kept of a token; only the key makes it, so that a row put into the database signs nobody in."""
    return workspace.vault.mark("session", token)


def _owner_mark(workspace: Workspace, chance: str, name: str) -> str:
    """Return the part of a token that says whose it is: the row alone could be turned over to an admin."""
    return workspace.vault.mark("session's owner", f"{chance}\n{name}")[:32]


class SignInGate:
    """Let nobody past the sign-in page, websockets included, without a session."""

    def __init__(self, app: ASGIApp, workspace: Workspace) -> None:
        self.app, self.workspace = app, workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_socket = scope["type"] == "websocket"
        if scope["type"] not in ("http", "websocket") or (scope["path"] in OPEN_PATHS and not is_socket):
            await self.app(scope, receive, send)
            return
        token = HTTPConnection(scope).cookies.get(COOKIE)
        if await run_in_threadpool(signed_in, self.workspace, token):
            await self.app(scope, self._checked(receive, token) if is_socket else receive, send)
        elif is_socket:
            await send({"type": "websocket.close", "code": 4401})
        elif "text/html" in Headers(scope=scope).get("accept", ""):
            await RedirectResponse("/sign-in", status_code=303)(scope, receive, send)
        else:
            await PlainTextResponse("Sign in first.", status_code=401)(scope, receive, send)

    def _checked(self, receive: Receive, token: str | None) -> Receive:
        """Ask at each message of an open page whether its session still counts.

        A page runs its fragments and callbacks without asking who is there. Once the session has ended, each
        message becomes a plain rerun of the page, which then says so; nothing of what was sent is done.
        """

        async def checked() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            by_hand = _is_by_hand(message.get("bytes") or b"")
            if await run_in_threadpool(use_session, self.workspace, token, by_hand=by_hand):
                return message
            return {"type": "websocket.receive", "bytes": PLAIN_RERUN}

        return checked


def _is_by_hand(data: bytes) -> bool:
    """Say whether a page's message comes from a person, not from a part that renews itself."""
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        return False
    return message.HasField("rerun_script") and not message.rerun_script.is_auto_rerun


class SignIn:
    """The sign-in page."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._checking = CapacityLimiter(CHECKED_AT_ONCE)

    async def show(self, request: Request) -> Response:
        """Show the form."""
        return _form("", 200)

    async def enter(self, request: Request) -> Response:
        """Check name and password; set the cookie or say that they do not fit."""
        body = await _body(request)
        if body is None:
            return _form("That is too long.", 413)
        fields = parse_qs(body.decode("utf-8", "replace"))
        name, password = fields.get("name", [""])[0].strip(), fields.get("password", [""])[0]
        address = request.client.host if request.client else ""
        browser = known_browser(self.workspace, name, request.cookies.get(BROWSER_COOKIE))
        try:
            token = await to_thread.run_sync(
                begin_session, self.workspace, name, password, address, browser, limiter=self._checking
            )
        except TooManyTriesError as error:
            log.warning("a sign-in was refused after too many wrong tries")
            refused = _form(str(error), 429)
            refused.headers["Retry-After"] = str(math.ceil(error.wait))
            return refused
        if token is None:
            return _form("Name and password do not fit together. Try again.", 401)
        await run_in_threadpool(end_session, self.workspace, request.cookies.get(COOKIE))
        answer = RedirectResponse("/", status_code=303)
        hours = int(self.workspace.settings.session_hours * 3600)
        is_https = request.headers.get("x-forwarded-proto", request.url.scheme).startswith("https")
        answer.set_cookie(COOKIE, token, max_age=hours, httponly=True, samesite="lax", secure=is_https)
        if not browser:
            mark = browser_mark(self.workspace, name)
            kept = {"max_age": KNOWN_FOR, "path": "/sign-in", "samesite": "strict"}
            answer.set_cookie(BROWSER_COOKIE, mark, httponly=True, secure=is_https, **kept)  # type: ignore[arg-type]
        return answer

    async def leave(self, request: Request) -> Response:
        """Sign out: end the session here, not only in the browser."""
        await run_in_threadpool(end_session, self.workspace, request.cookies.get(COOKIE))
        answer = RedirectResponse("/sign-in", status_code=303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return answer


async def _body(request: Request) -> bytes | None:
    """Return a form's bytes, or None as soon as they are too many."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM:
            return None
    return body


def _form(problem: str, status: int) -> Response:
    said = f"<p role='alert'><strong>{html.escape(problem)}</strong></p>" if problem else ""
    fields = (
        "<form method='post' action='/sign-in'><p><label>Name<br><input name='name' required autofocus "
        "autocomplete='username'></label></p><p><label>Password<br><input name='password' type='password' "
        "required autocomplete='current-password'></label></p><p><button>Sign in</button></p></form>"
    )
    return errors.page("Sign in to Digital Persona", said + fields, status, is_html=True)
