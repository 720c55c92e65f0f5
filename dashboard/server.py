"""``digital-persona serve``: the web server and, beside it, the worker that does the long work."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from dashboard import errors
from dashboard.app import create_app
from dashboard.settings import Settings
from dashboard.startup import prepare

FIRST_WAIT, LONGEST_WAIT, STEADY_AFTER = 1.0, 60.0, 30.0
STOP_SECONDS = 15.0
PR_SET_PDEATHSIG = 1
log = logging.getLogger("digital_persona")


def serve(settings: Settings) -> None:
    """Serve the app until a signal ends it; the worker stops with it."""
    errors.start_log(settings.log_level)
    app = create_app(settings, prepare(settings))
    worker = Worker(settings) if settings.worker else None
    server = Server(web_config(settings, app), worker)
    # uvicorn raises the signal again after it stopped; the worker still has to be ended then.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _noted)
    try:
        server.run()
    finally:
        if worker:
            worker.stop()


def web_config(settings: Settings, app: ASGIApp) -> uvicorn.Config:
    """Return how the web server listens, logs and whom it believes about where a request comes from."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,  # its own would print tracebacks past our formatter
        log_level=max(logging.WARNING, logging.getLevelName(settings.log_level)),
        timeout_graceful_shutdown=3,
        use_colors=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
    )


def _noted(number: int, _frame: FrameType | None) -> None:
    log.info("stopping on signal %d", number)


class Server(uvicorn.Server):
    """The web server, which passes a signal to end on to the worker at once: both have little time, together."""

    def __init__(self, config: uvicorn.Config, worker: Worker | None) -> None:
        super().__init__(config)
        self._worker = worker

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen; only then start the worker and say where the app is."""
        await super().startup(sockets)
        if not self.started or self.should_exit:
            return
        if self._worker:
            self._worker.start()
        host = f"[{self.config.host}]" if ":" in self.config.host else self.config.host
        print(f"Digital Persona is at http://{host}:{self.config.port}  (Ctrl+C stops it)", flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end, the worker first."""
        if self._worker:
            self._worker.ask_to_stop()
        super().handle_exit(sig, frame)


class Worker:
    """The worker process: started again when it dies, with longer and longer waits, and ended with us."""

    def __init__(self, settings: Settings, command: list[str] | None = None) -> None:
        self.command = command or [
            *(sys.executable, "-m", "dashboard.cli"),
            *("--workspace", str(settings.workspace), "worker"),
        ]
        self.process: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep_alive, name="worker-keeper", daemon=True)

    def start(self) -> None:
        """Start the process and watch over it."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Have the process told to end, without waiting for it."""
        self._stop.set()

    def stop(self) -> None:
        """End the process: politely first, then for good."""
        self.ask_to_stop()
        if self._thread.ident is not None:  # it never started where the port was taken
            self._thread.join(STOP_SECONDS + 5)

    def _keep_alive(self) -> None:
        wait = FIRST_WAIT
        while not self._stop.is_set():
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE"},
                start_new_session=True,  # Ctrl+C reaches the server alone, which ends the worker in order
                preexec_fn=_end_with_parent,
            )
            lived = self._watch(self.process)
            if self._stop.is_set():
                break
            wait = FIRST_WAIT if lived > STEADY_AFTER else min(LONGEST_WAIT, wait * 2)
            log.warning("the worker ended with code %s; it starts again", self.process.returncode)
            self._stop.wait(wait)

    def _watch(self, process: subprocess.Popen[bytes]) -> float:
        """Wait until the process ends or we stop; return how long it lived, in seconds."""
        lived = 0.0
        while process.poll() is None and not self._stop.wait(0.2):
            lived += 0.2
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return lived


def _end_with_parent() -> None:
    """Ask Linux to end the worker when the server dies without a word (kill -9)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
