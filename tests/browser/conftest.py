"""The real server in a temporary workspace, and a Chromium that reports what must not happen."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)
READY_SECONDS = 60
# A page opened by its address looks for Streamlit's base path there first, and is told "not here".
BASE_PATH_PROBE = re.compile(r"/[a-z]+/_stcore/(health|host-config)$")
BUSY = "[data-test-script-state=running], [data-test-script-state=rerunRequested]"


def chromium() -> str | None:
    return os.environ.get("DIGITAL_PERSONA_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Server:
    url: str
    process: subprocess.Popen
    log: Path


def rest(page) -> None:
    """Wait until the page's script has ended: before, parts are missing and buttons do not listen yet."""
    page.locator("[data-test-script-state=notRunning]").wait_for()


def wait_while_busy(page) -> None:
    """Let every action on a page wait until its script has ended.

    Before, a field may stand there twice, the old one beside the new one, or not listen yet.
    """
    page.add_locator_handler(page.locator(BUSY), lambda: None)


def press_key(page, key: str, shows) -> None:
    """Press a key of a shortcut until what it leads to shows.

    While a busy machine draws a page anew, its buttons do not listen for a moment; a person presses again.
    """
    for _ in range(3):
        rest(page)
        page.keyboard.press(key)
        try:
            shows.wait_for(timeout=8_000)
        except playwright_timeout():
            continue
        return
    shows.wait_for()


def playwright_timeout() -> type[Exception]:
    from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

    return PlaywrightTimeoutError


def start_server(folder: Path, launcher: tuple[str, ...] = ("-m", "dashboard.cli"), **environment: str) -> Server:
    port = free_port()
    log = folder.parent / f"{folder.name}.log"
    command = [sys.executable, *launcher, "--workspace", str(folder), "serve", "--port", str(port)]
    settings = {"DIGITAL_PERSONA_DEMO": "false", "OMP_NUM_THREADS": "1", **environment}
    process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=log.open("w"), stderr=subprocess.STDOUT)
    server = Server(f"http://127.0.0.1:{port}", process, log)
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/api/ready", timeout=2) as answer:
                if answer.status == 200:
                    return server
        except OSError:
            time.sleep(0.2)
    process.kill()
    raise AssertionError(f"The server did not start:\n{log.read_text()}")


def stop_server(server: Server) -> None:
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(40)


# One a module: while Playwright runs, this thread has an event loop, which other tests must not meet.
@pytest.fixture(scope="module")
def browser():
    binary = chromium()
    if binary is None:
        pytest.skip("There is no Chromium: install it or set DIGITAL_PERSONA_CHROMIUM.")
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed.")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=binary, args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory) -> Iterator[Server]:
    started = start_server(tmp_path_factory.mktemp("app") / "workspace")
    yield started
    stop_server(started)


@dataclass
class Watch:
    """What a page did that it must not do."""

    origin: str
    problems: list[str] = field(default_factory=list)

    def on(self, page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("websocket", lambda socket: self._address(socket.url.replace("ws://", "http://")))

    def _console(self, message) -> None:
        if message.type == "error" and not BASE_PATH_PROBE.search(message.location.get("url", "")):
            self.problems.append(f"console: {message.text} ({message.location.get('url')})")

    def _request(self, request) -> None:
        self._address(request.url)

    def _address(self, url: str) -> None:
        if not url.startswith((self.origin, "data:", "blob:")):
            self.problems.append(f"request to another place: {url}")


def opened_page(browser, server, width: int):
    context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(20_000)
    wait_while_busy(page)
    watch = Watch(server.url)
    watch.on(page)
    return page, watch


@pytest.fixture
def page(browser, server):
    """A desktop page; the test fails when it logged an error or asked another origin for anything."""
    found, watch = opened_page(browser, server, 1280)
    yield found
    found.context.close()
    assert watch.problems == []


@pytest.fixture
def phone(browser, server):
    """The same at a phone's width."""
    found, watch = opened_page(browser, server, 390)
    yield found
    found.context.close()
    assert watch.problems == []
