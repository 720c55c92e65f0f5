"""Team mode: sessions that run out and can be ended, and a gate that nothing passes."""

import asyncio
import base64
import hashlib
import os
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from dashboard import sessions, startup
from dashboard.security import OwnPagesOnly, SecurityHeaders
from dashboard.services import people
from dashboard.services.people import NotAllowedError, User, change_password, disable, save_user
from dashboard.sessions import (
    BROWSER_COOKIE,
    COOKIE,
    SignIn,
    SignInGate,
    begin_session,
    end_session,
    known_browser,
    signed_in,
    use_session,
)
from dashboard.settings import Settings
from dashboard.sign_in_limits import NAME, NAME_AND_ADDRESS, Guesses
from dashboard.workspace import open_workspace
from db.repositories import users
from db.types import now

PASSWORD, OTHER = "correct horse battery", "another good password"
ROOT = User("root", "admin")
CLICK = BackMsg(rerun_script=ClientState(query_string="approve")).SerializeToString()
RENEWAL = BackMsg(rerun_script=ClientState(is_auto_rerun=True, fragment_id="live")).SerializeToString()


@pytest.fixture
def workspace(tmp_path):
    key = SecretStr(base64.b64encode(os.urandom(32)).decode())
    settings = Settings(mode="team", workspace=tmp_path / "team", workspace_key=key, session_hours=1)
    opened = open_workspace(settings)
    save_user(opened, ROOT, "Ada", "reviewer", PASSWORD)
    yield opened
    opened.database.engine.dispose()


@pytest.fixture
def site(workspace):
    """The gate before a page, and before a websocket that says what reaches the app."""

    async def echo(socket):
        await socket.accept()
        with suppress(WebSocketDisconnect):
            while True:
                await socket.send_bytes(await socket.receive_bytes())

    sign_in = SignIn(workspace)
    routes = [
        Route("/", lambda _: PlainTextResponse("inside")),
        Route("/api/ready", lambda _: PlainTextResponse("ready")),
        Route("/sign-in", sign_in.show, methods=["GET"]),
        Route("/sign-in", sign_in.enter, methods=["POST"]),
        Route("/sign-out", sign_in.leave, methods=["POST"]),
        WebSocketRoute("/_stcore/stream", echo),
    ]
    middleware = [Middleware(SecurityHeaders), Middleware(OwnPagesOnly), Middleware(SignInGate, workspace=workspace)]
    return Starlette(routes=routes, middleware=middleware)


@pytest.fixture
def client(site):
    return TestClient(site, follow_redirects=False)


@pytest.fixture
def later(monkeypatch):
    """Put the clock forward."""
    passed = timedelta(0)

    def forward(**by):
        nonlocal passed
        passed += timedelta(**by)

    monkeypatch.setattr(sessions, "now", lambda: now() + passed)
    return forward


def enter(client, name="Ada", password=PASSWORD, **headers):
    return client.post("/sign-in", data={"name": name, "password": password}, headers=headers)


def test_a_session_ends_after_its_hours_however_busy(workspace, later):
    token = begin_session(workspace, "Ada", PASSWORD)
    assert signed_in(workspace, token) == User("Ada", "reviewer")
    later(minutes=59)
    assert use_session(workspace, token)
    later(minutes=1)
    assert signed_in(workspace, token) is None
    assert not use_session(workspace, token)


def test_a_session_ends_by_idleness_and_only_what_is_done_by_hand_puts_it_off(workspace, later):
    object.__setattr__(workspace, "settings", workspace.settings.model_copy(update={"session_idle_minutes": 20}))
    token = begin_session(workspace, "Ada", PASSWORD)
    later(minutes=19)
    assert use_session(workspace, token)
    later(minutes=19)
    assert use_session(workspace, token, by_hand=False)
    later(minutes=1)
    assert signed_in(workspace, token) is None


@pytest.mark.parametrize("token", ["", "x", "é.é", "\ud800", "a" * 5000])
def test_an_invented_token_is_nobody(workspace, token):
    assert signed_in(workspace, token) is None


def test_only_hashes_of_tokens_are_kept(workspace):
    token = begin_session(workspace, "Ada", PASSWORD)
    with workspace.database.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM user_session").all())
    assert "Ada" in kept
    assert token not in kept


def test_two_browsers_are_two_sessions(workspace):
    one, other = (begin_session(workspace, "Ada", PASSWORD) for _ in range(2))
    end_session(workspace, one)
    assert signed_in(workspace, one) is None
    assert signed_in(workspace, other) == User("Ada", "reviewer")


@pytest.mark.parametrize(
    "change",
    [
        lambda w: save_user(w, ROOT, "Ada", "reviewer", OTHER),
        lambda w: save_user(w, ROOT, "Ada", "viewer", PASSWORD),
        lambda w: disable(w, ROOT, "Ada"),
        lambda w: change_password(w, User("Ada", "reviewer"), PASSWORD, OTHER),
    ],
    ids=["password", "role", "disabled", "own password"],
)
def test_a_changed_person_is_out_at_once(workspace, change):
    save_user(workspace, ROOT, "Bo", "viewer", PASSWORD)
    ada, bo = (begin_session(workspace, name, PASSWORD) for name in ("Ada", "Bo"))
    change(workspace)
    assert signed_in(workspace, ada) is None
    assert signed_in(workspace, bo) == User("Bo", "viewer")


def test_a_session_of_somebody_disabled_counts_for_nothing_wherever_it_came_from(workspace):
    token = begin_session(workspace, "Ada", PASSWORD)
    disable(workspace, ROOT, "Ada")
    with workspace.database.writing() as session:
        users.add_session(session, "Ada", sessions._digest(workspace, token), now())
    assert signed_in(workspace, token) is None


def run(workspace, statement, **values):
    with workspace.database.engine.begin() as connection:
        connection.execute(sa.text(statement), values)


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE user_account SET role = 'admin'",
        "UPDATE user_account SET password_hash = (SELECT password_hash FROM user_account WHERE name = 'Ada')",
        "UPDATE user_account SET password_hash = substr(password_hash, 1, 113)",
    ],
    ids=["role", "another's password", "no signature"],
)
def test_an_account_that_was_altered_in_the_database_is_nobodys(workspace, forgery):
    save_user(workspace, ROOT, "Bo", "viewer", PASSWORD)
    token = begin_session(workspace, "Bo", PASSWORD)
    assert signed_in(workspace, token) == User("Bo", "viewer")
    run(workspace, f"{forgery} WHERE name = 'Bo'")
    assert signed_in(workspace, token) is None
    assert begin_session(workspace, "Bo", PASSWORD) is None


def test_a_sign_in_put_into_the_database_or_turned_over_to_another_signs_nobody_in(workspace):
    save_user(workspace, ROOT, "Bo", "viewer", PASSWORD)
    put = "INSERT INTO user_session VALUES (:h, 'Ada', :m, :m)"
    run(workspace, put, h=hashlib.sha256(b"mine").hexdigest(), m=f"{now():%Y-%m-%d %H:%M:%S}.000000")
    assert signed_in(workspace, "mine") is None
    token = begin_session(workspace, "Bo", PASSWORD)
    run(workspace, "UPDATE user_session SET user_name = 'Ada'")
    assert signed_in(workspace, token) is None


def test_accounts_of_an_older_version_are_signed_once(workspace):
    unsigned = "UPDATE user_account SET password_hash = substr(password_hash, 1, 113)"
    run(workspace, unsigned)
    assert begin_session(workspace, "Ada", PASSWORD) is None
    startup.sign_accounts(workspace)
    assert begin_session(workspace, "Ada", PASSWORD)
    run(workspace, unsigned)
    startup.sign_accounts(workspace)
    assert begin_session(workspace, "Ada", PASSWORD) is None


def test_a_disabled_person_cannot_sign_in_until_an_admin_lets_them(workspace):
    disable(workspace, ROOT, "Ada")
    assert begin_session(workspace, "Ada", PASSWORD) is None
    save_user(workspace, ROOT, "Ada", "viewer", OTHER)
    assert begin_session(workspace, "Ada", OTHER)


@pytest.mark.parametrize(
    "change", [lambda w: disable(w, ROOT, "Ada"), lambda w: save_user(w, ROOT, "Ada", "viewer", OTHER)]
)
def test_a_change_while_the_password_is_checked_wins(workspace, monkeypatch, change):
    def slow(*arguments):
        found = people.authenticate(*arguments)
        change(workspace)
        return found

    monkeypatch.setattr(sessions, "authenticate", slow)
    assert begin_session(workspace, "Ada", PASSWORD) is None


def test_ones_own_password_needs_the_present_one(workspace):
    with pytest.raises(NotAllowedError, match="present password"):
        change_password(workspace, User("Ada", "reviewer"), OTHER, OTHER)
    with pytest.raises(NotAllowedError, match="12 characters"):
        change_password(workspace, User("Ada", "reviewer"), PASSWORD, "short")
    with pytest.raises(NotAllowedError, match="same few characters"):
        change_password(workspace, User("Ada", "reviewer"), PASSWORD, "abcabcabcabc")
    change_password(workspace, User("Ada", "reviewer"), PASSWORD, OTHER)
    assert begin_session(workspace, "Ada", PASSWORD) is None
    assert begin_session(workspace, "Ada", OTHER)


def test_an_admin_cannot_lock_themselves_out(workspace):
    save_user(workspace, ROOT, "Cy", "admin", PASSWORD)
    with pytest.raises(NotAllowedError, match="your own access"):
        disable(workspace, User("Cy", "admin"), "Cy")
    with pytest.raises(NotAllowedError, match="Nobody is called"):
        disable(workspace, ROOT, "Nobody")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x00b", "x" * 81])
def test_a_name_that_cannot_be_one(workspace, client, name):
    with pytest.raises(NotAllowedError, match="name"):
        save_user(workspace, ROOT, name, "viewer", PASSWORD)
    assert enter(client, name=name).status_code == 401


def test_nothing_is_served_before_signing_in(client):
    assert client.get("/", headers={"accept": "text/html"}).headers["location"] == "/sign-in"
    assert client.get("/", headers={"accept": "*/*"}).status_code == 401
    assert client.get("/api/ready").text == "ready"


def test_signing_out_ends_the_session_on_the_server(client):
    right = enter(client)
    assert right.status_code == 303
    cookie = right.headers["set-cookie"]
    token = client.cookies[COOKIE]
    assert client.get("/").text == "inside"
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert client.get("/sign-out").status_code == 405
    assert client.get("/").text == "inside"
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    assert COOKIE not in client.cookies
    assert client.get("/", cookies={COOKIE: token}).status_code == 401


def test_signing_in_again_ends_the_session_before(client):
    enter(client)
    before = client.cookies[COOKIE]
    enter(client)
    assert client.get("/").text == "inside"
    client.cookies.clear()
    client.cookies.set(COOKIE, before)
    assert client.get("/").status_code == 401


def test_behind_tls_the_cookie_never_travels_in_the_clear(client):
    assert "Secure" in enter(client, **{"x-forwarded-proto": "https"}).headers["set-cookie"]


FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site", "origin": "http://testserver"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_sites_page_can_neither_sign_one_in_nor_out(client, headers):
    assert enter(client, **headers).status_code == 403
    enter(client)
    assert client.post("/sign-out", headers=headers).status_code == 403
    assert client.get("/").text == "inside"
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect("/_stcore/stream", headers=headers),
    ):
        pass
    assert refused.value.code == 4403


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-origin", "origin": "https://x"}, {"origin": "http://testserver"}]
)
def test_our_own_page_can(client, headers):
    assert enter(client, **headers).status_code == 303


def test_a_wrong_password_and_an_unknown_name_look_the_same(client, monkeypatch):
    checked = []
    true_check = people._matches
    monkeypatch.setattr(people, "_matches", lambda *both: checked.append(both) or true_check(*both))
    answers = [enter(client, name=name, password="wrong") for name in ("Ada", "Nobody", "x" * 900)]
    assert len({(a.status_code, a.text) for a in answers}) == 1
    assert answers[0].status_code == 401
    sizes = {tuple(len(base64.b64decode(part)) for part in stored.split("$")) for _, stored in checked}
    assert (len(checked), sizes) == (3, {(16, 64)})


@pytest.mark.parametrize("name", ["Ada", "Nobody"])
def test_too_many_wrong_tries_are_not_looked_at(client, monkeypatch, name):
    for _ in range(NAME_AND_ADDRESS):
        assert enter(client, name=name, password="wrong").status_code == 401
    monkeypatch.setattr(people, "_matches", lambda *_: pytest.fail("a password was looked at"))
    refused = enter(client, name=name)
    assert refused.status_code == 429
    assert 170 < int(refused.headers["retry-after"]) <= 180
    assert "Wait 3 minutes" in re.sub(r"<[^>]+>", "", refused.text)


@pytest.fixture
def flooded(monkeypatch):
    """Somebody tried Ada's name from very many addresses, without end."""
    guesses = Guesses()
    monkeypatch.setattr(people, "_guesses", guesses)

    def flood(workspace):
        key = f"{workspace.folder}\nAda"
        while any(guesses.take(key, f"198.51.{i // 250}.{i % 250}") == 0 for i in range(2 * NAME)):
            pass

    return flood


def test_a_browser_that_signed_in_before_is_not_kept_out_by_others(workspace, client, flooded):
    assert enter(client).status_code == 303
    flooded(workspace)
    assert enter(client).status_code == 303
    client.cookies.clear()
    assert enter(client).status_code == 429


def test_a_known_browser_has_few_tries_of_its_own_and_only_for_its_name(workspace, client, flooded):
    enter(client)
    flooded(workspace)
    tries = [enter(client, password="wrong").status_code for _ in range(NAME_AND_ADDRESS + 1)]
    assert tries == [401] * NAME_AND_ADDRESS + [429]
    mark = client.cookies[BROWSER_COOKIE]
    assert known_browser(workspace, "Ada", mark)
    assert not known_browser(workspace, "Bo", mark)
    for forged in ("", ".", "x", mark[:-1], "." + mark.partition(".")[2], mark.replace(".", "x."), "é.é"):
        assert not known_browser(workspace, "Ada", forged)


def test_guesses_at_once_gain_nothing(workspace, monkeypatch):
    monkeypatch.setattr(people, "_guesses", Guesses())
    looked_at = []
    monkeypatch.setattr(people, "_matches", lambda *both: bool(looked_at.append(both)))

    def guess(i):
        try:
            return begin_session(workspace, "Ada", f"guess {i}", "192.0.2.9")
        except people.TooManyTriesError:
            return None

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(guess, range(64)))
    assert len(looked_at) == NAME_AND_ADDRESS


def test_right_passwords_are_not_limited(client):
    assert {enter(client).status_code for _ in range(NAME_AND_ADDRESS + 3)} == {303}


def test_the_form_shows_no_input_of_others(client):
    answer = enter(client, name="<script>", password="x")
    assert "<script>" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")


def test_an_endless_form_is_not_read_to_its_end(workspace, client):
    assert client.post("/sign-in", content=b"x" * 5000).status_code == 413
    read = []

    async def endless():
        read.append(1)
        return {"type": "http.request", "body": b"x" * 1000, "more_body": len(read) < 1000}

    request = Request({"type": "http", "method": "POST", "headers": []}, endless)
    assert asyncio.run(SignIn(workspace).enter(request)).status_code == 413
    assert len(read) == 5


def test_a_websocket_needs_a_session(client):
    for cookie in ("", f"{COOKIE}=a.b"):
        with (
            pytest.raises(WebSocketDisconnect) as refused,
            client.websocket_connect("/_stcore/stream", headers={"cookie": cookie}),
        ):
            pass
        assert refused.value.code == 4401


def test_the_sign_in_path_is_no_way_for_a_websocket(client):
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/sign-in"):
        pass
    assert refused.value.code == 4401


@pytest.mark.parametrize("message", [CLICK, RENEWAL, b"\xff broken"], ids=["click", "renewal", "broken"])
def test_an_open_page_does_nothing_more_once_its_session_has_ended(workspace, client, message):
    token = begin_session(workspace, "Ada", PASSWORD)
    with client.websocket_connect("/_stcore/stream", headers={"cookie": f"{COOKIE}={token}"}) as socket:
        socket.send_bytes(message)
        assert socket.receive_bytes() == message
        save_user(workspace, ROOT, "Ada", "viewer", PASSWORD)
        socket.send_bytes(message)
        reached = BackMsg.FromString(socket.receive_bytes())
        assert reached == BackMsg(rerun_script=ClientState())


def test_clicks_keep_a_session_alive_and_renewals_do_not(workspace, client, later):
    token = begin_session(workspace, "Ada", PASSWORD)
    later(minutes=30)
    with client.websocket_connect("/_stcore/stream", headers={"cookie": f"{COOKIE}={token}"}) as socket:
        for message, moved in ((RENEWAL, False), (b"\xff broken", False), (CLICK, True)):
            before = sessions._session(workspace, token).seen_at
            socket.send_bytes(message)
            socket.receive_bytes()
            assert (sessions._session(workspace, token).seen_at > before) is moved
