"""The real server, on one's own machine: pages of other sites can neither connect nor change anything."""

import http.client
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import start_server, stop_server

SOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    folder = tmp_path_factory.mktemp("local") / "workspace"
    server = start_server(folder, DIGITAL_PERSONA_MODE="local", DIGITAL_PERSONA_WORKER="false")
    place = urlsplit(server.url).netloc

    def answered(method, path, headers):
        connection = http.client.HTTPConnection(place, timeout=10)
        connection.request(method, path, headers={k: v.replace("HERE", place) for k, v in headers.items()})
        answer = connection.getresponse()
        connection.close()
        return answer

    yield answered
    stop_server(server)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://HERE"}, 101),
        ({"Origin": "http://localhost:3000"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://HERE", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example", "Host": "evil.example"}, 403),
        ({"Host": "evil.example"}, 403),
    ],
)
def test_websockets(ask, headers, status):
    assert ask("GET", "/_stcore/stream", {**SOCKET, **headers}).status == status


@pytest.mark.parametrize("path", ["/", "/api/ready", "/_stcore/health", "/_stcore/host-config", "/exports/1.zip"])
def test_a_name_that_nobody_gave_the_app_is_refused(ask, path):
    for host in ("evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", ""):
        answer = ask("GET", path, {"Host": host})
        assert answer.status == (400 if not host and answer.status == 400 else 421)
    for host in ("HERE", "localhost", "127.0.0.1", "[::1]:8501"):
        assert ask("GET", path, {"Host": host}).status != 421


def test_uploads(ask):
    assert ask("PUT", "/_stcore/upload_file/a/b", {"Origin": "http://localhost:3000"}).status == 403


def test_every_answer_has_the_headers(ask):
    for path in ("/", "/api/ready", "/nowhere", "/_stcore/health"):
        answer = ask("GET", path, {})
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
