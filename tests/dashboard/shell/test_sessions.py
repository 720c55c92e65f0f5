"""Team mode: signed sessions that run out, and a gate that nothing passes."""

import base64

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dashboard.security import SecurityHeaders
from dashboard.services.people import User, save_user
from dashboard.sessions import COOKIE, SignIn, SignInGate, make_token, read_token, signed_in
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from db.repositories import users

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    key = SecretStr(base64.b64encode(bytes(range(32))).decode())
    settings = Settings(mode="team", workspace=tmp_path_factory.mktemp("team"), workspace_key=key, session_hours=1)
    opened = open_workspace(settings)
    save_user(opened, User("root", "admin"), "Ada", "reviewer", PASSWORD)
    return opened


@pytest.fixture
def client(workspace):
    sign_in = SignIn(workspace)
    routes = [
        Route("/", lambda _: PlainTextResponse("inside")),
        Route("/api/ready", lambda _: PlainTextResponse("ready")),
        Route("/sign-in", sign_in.show, methods=["GET"]),
        Route("/sign-in", sign_in.enter, methods=["POST"]),
        Route("/sign-out", sign_in.leave, methods=["GET"]),
    ]
    middleware = [Middleware(SecurityHeaders), Middleware(SignInGate, workspace=workspace)]
    return TestClient(Starlette(routes=routes, middleware=middleware), follow_redirects=False)


def test_a_session_runs_out(workspace):
    token = make_token(workspace.settings, "Ada", moment=1000)
    assert read_token(workspace.settings, token, moment=1000 + 3599) == "Ada"
    assert read_token(workspace.settings, token, moment=1000 + 3600) is None


@pytest.mark.parametrize("spoil", [lambda t: "x" + t, lambda t: t[:-1] + "g", lambda t: "", lambda t: "é.é"])
def test_a_forged_session_is_none(workspace, spoil):
    token = spoil(make_token(workspace.settings, "Ada"))
    assert read_token(workspace.settings, token) is None


def test_a_disabled_person_is_out_at_once(workspace):
    save_user(workspace, User("root", "admin"), "Bo", "editor", PASSWORD)
    token = make_token(workspace.settings, "Bo")
    assert signed_in(workspace, token) == User("Bo", "editor")
    with workspace.database.writing() as session:
        found = users.get(session, "Bo")
        users.save(session, "Bo", found.role, found.password_hash, disabled=True)
    assert signed_in(workspace, token) is None


def test_nothing_is_served_before_signing_in(client):
    assert client.get("/", headers={"accept": "text/html"}).headers["location"] == "/sign-in"
    assert client.get("/", headers={"accept": "*/*"}).status_code == 401
    assert client.get("/api/ready").text == "ready"


def test_signing_in_and_out(client):
    wrong = client.post("/sign-in", data={"name": "Ada", "password": "nope"})
    assert wrong.status_code == 401
    assert "do not fit" in wrong.text
    right = client.post("/sign-in", data={"name": "Ada", "password": PASSWORD})
    cookie = right.headers["set-cookie"]
    assert right.status_code == 303
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert client.get("/").text == "inside"
    client.get("/sign-out")
    assert client.get("/", headers={"accept": "text/html"}).status_code == 303


def test_the_form_shows_no_input_of_others(client):
    answer = client.post("/sign-in", data={"name": "<script>", "password": "x"})
    assert "<script>" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert client.post("/sign-in", content=b"x" * 5000).status_code == 413


def test_a_websocket_needs_a_session(client):
    for cookie in ("", f"{COOKIE}=a.b"):
        with (
            pytest.raises(WebSocketDisconnect) as refused,
            client.websocket_connect("/_stcore/stream", headers={"cookie": cookie}),
        ):
            pass
        assert refused.value.code == 4401
