"""The web server's memory: when ready, and idle after one visit to every page, as a browser would make it.

Run: ``python -m benchmarks.idle_memory [WORKSPACE]`` (an empty one when left out). The server runs alone,
without its worker. Visits go over the same web socket as a browser's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from dashboard.navigation import PAGES

PORT = 8639
READY_SECONDS, REST_SECONDS, VISIT_SECONDS = 60.0, 5.0, 60.0
HEAVY = ("torch", "transformers", "onnxruntime")


@dataclass(frozen=True)
class Idle:
    """Resident memory in MiB: ready and never visited, after a visit to Home, after one to every page."""

    ready: float
    home: float
    every_page: float
    heavy_libraries: tuple[str, ...]


def idle_memory(folder: Path) -> Idle:
    """Start the server over a workspace, visit it, and return its memory at rest.

    Raises
    ------
    RuntimeError
        When the server ends by itself or a visit fails.
    """
    process = _started(folder)
    try:
        time.sleep(REST_SECONDS)
        ready = _mib(process.pid)
        visit("")
        time.sleep(REST_SECONDS)
        home = _mib(process.pid)
        for info in PAGES:
            visit("" if info.name == "home" else info.name)
        time.sleep(REST_SECONDS)
        return Idle(ready, home, _mib(process.pid), _heavy(process.pid))
    finally:
        process.terminate()
        process.wait(30)


def visit(page: str) -> None:
    """Open a page as a new browser tab does, and wait until its script has ended."""
    with connect(f"ws://127.0.0.1:{PORT}/_stcore/stream", max_size=None, origin=f"http://127.0.0.1:{PORT}") as socket:
        asked = BackMsg()
        asked.rerun_script.page_name = page
        socket.send(asked.SerializeToString())
        until = time.monotonic() + VISIT_SECONDS
        while time.monotonic() < until:
            told = ForwardMsg.FromString(socket.recv(VISIT_SECONDS))
            if told.WhichOneof("type") == "script_finished":
                return
    raise RuntimeError(f"The page {page or 'home'} did not end within {VISIT_SECONDS:.0f} seconds.")


def _started(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dashboard.cli", "--workspace", str(folder), "serve", "--port", str(PORT)]
    environment = {**os.environ, "DIGITAL_PERSONA_WORKER": "false", "DIGITAL_PERSONA_DEMO": "false"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/ready", timeout=1).read()
            return process
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise RuntimeError("The server ended by itself or did not become ready; start it by hand to see why.")


def _mib(pid: int) -> float:
    return psutil.Process(pid).memory_info().rss / 2**20


def _heavy(pid: int) -> tuple[str, ...]:
    """Return the heavy libraries whose files the process has mapped."""
    mapped = [m.path for m in psutil.Process(pid).memory_maps()]
    return tuple(name for name in HEAVY if any(f"/{name}/" in path for path in mapped))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as empty:
        print(idle_memory(Path(sys.argv[1] if len(sys.argv) > 1 else empty)))
