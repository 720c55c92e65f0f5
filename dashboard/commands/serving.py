"""``digital-persona serve`` and ``worker``: the app and the process that does the long work."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from dashboard import jobs
from dashboard.commands.output import fail, output


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve")(serve)
    app.command("worker")(worker)


def serve(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Start the app in the browser, with a worker beside it. Ctrl+C stops both."""
    from dashboard.server import serve as start

    out = output(context)
    settings = out.workspace.settings
    start(settings if port is None else settings.model_copy(update={"port": port}))


def worker(context: typer.Context) -> None:
    """Do the long work of a workspace until stopped. At most one runs in a workspace."""
    from dashboard.errors import start_log

    out = output(context)
    start_log(out.workspace.settings.log_level)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    if not jobs.work_forever(out.workspace, stop):
        fail(ValueError("Another worker is at work in this workspace already."))
