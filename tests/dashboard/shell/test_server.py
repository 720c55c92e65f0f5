"""The worker beside the app: started again when it dies, ended with the server, never orphaned."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from dashboard.server import Server, Worker, web_config
from dashboard.settings import Settings

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
]


def until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("dashboard.server.FIRST_WAIT", 0.05)
    monkeypatch.setattr("dashboard.server.STOP_SECONDS", 1.0)


def test_a_dead_worker_is_started_again_and_the_last_one_ended(quick):
    worker = Worker(Settings(), SLEEPER)
    worker.start()
    first = until(lambda: worker.process).pid
    os.kill(first, signal.SIGKILL)
    second = until(lambda: worker.process.pid != first and worker.process.pid)
    worker.stop()
    assert not alive(second)


def test_a_signal_to_the_server_reaches_the_worker_at_once(quick):
    worker = Worker(Settings(), SLEEPER)
    worker.start()
    pid = until(lambda: worker.process).pid
    server = Server(uvicorn.Config(lambda: None), worker)
    server.handle_exit(signal.SIGTERM, None)
    assert until(lambda: not alive(pid))
    assert server.should_exit
    worker.stop()


def test_a_worker_that_will_not_stop_is_killed(quick):
    worker = Worker(Settings(), STUBBORN)
    worker.start()
    pid = until(lambda: worker.process).pid
    time.sleep(0.5)
    worker.stop()
    assert not alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's death signal is Linux's")
def test_no_worker_outlives_a_server_that_was_killed():
    script = (
        "import time; from dashboard.server import Worker; from dashboard.settings import Settings\n"
        f"w = Worker(Settings(), {SLEEPER!r}); w.start()\n"
        "while w.process is None: time.sleep(.01)\n"
        "time.sleep(.3); print(w.process.pid, flush=True); time.sleep(600)"
    )
    server = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    pid = int(server.stdout.readline())
    assert alive(pid)
    server.kill()
    server.wait()
    until(lambda: not alive(pid))


def test_where_the_app_is_is_said_once_it_listens(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        worker = Worker(Settings(), SLEEPER)
        config = uvicorn.Config(_answer, host="127.0.0.1", port=taken.getsockname()[1], log_config=None, lifespan="off")
        with pytest.raises(SystemExit):
            Server(config, worker).run()
        worker.stop()
        assert worker.process is None
    assert "Digital Persona is at" not in capsys.readouterr().out


def test_where_the_app_is_is_said(capsys):
    config = uvicorn.Config(_answer, host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = Server(config, None)

    async def begin_and_end():
        config.load()
        server.lifespan = config.lifespan_class(config)
        await server.startup()
        await server.shutdown()

    asyncio.run(begin_and_end())
    assert "Digital Persona is at http://127.0.0.1:" in capsys.readouterr().out


async def _answer(scope, receive, send):
    await send({"type": "http.response.start", "status": 204})
    await send({"type": "http.response.body"})


@pytest.mark.parametrize(
    ("proxies", "peer", "counted"),
    [
        ("", "127.0.0.1", "127.0.0.1"),  # nobody in front: the header is the guesser's own invention
        ("10.0.0.7", "127.0.0.1", "127.0.0.1"),
        ("10.0.0.0/24", "10.0.0.9", "198.51.100.1"),
        ("10.0.0.7", "10.0.0.7", "198.51.100.1"),
    ],
)
def test_a_forwarding_header_is_believed_of_a_named_proxy_only(proxies, peer, counted):
    settings = Settings(trusted_proxies=proxies)
    config = web_config(settings, _answer)
    config.load()
    seen = []

    async def note(scope, receive, send):
        seen.append(scope["client"][0])

    app = ProxyHeadersMiddleware(note, config.forwarded_allow_ips) if config.proxy_headers else note
    headers = [(b"x-forwarded-for", b"203.0.113.5, 198.51.100.1")]
    asyncio.run(app({"type": "http", "client": (peer, 1), "headers": headers}, None, None))
    assert seen == [counted]
