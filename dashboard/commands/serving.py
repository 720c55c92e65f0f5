"""``digital-persona serve`` and ``worker``: the app and the process that does the long work."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import Annotated

import typer

from dashboard.commands.output import output


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
    """Do the long work of a workspace until stopped. On PostgreSQL several share it, on any machine."""
    from dashboard.errors import start_log
    from dashboard.jobs.working import work_forever

    out = output(context)
    start_log(out.workspace.settings.log_level)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    why = work_forever(out.workspace, stop)
    if why:
        print(f"Error: {why}", file=sys.stderr)
    if threading.active_count() > 1:
        # A step that cannot be interrupted would keep the process from ending; it can write nothing any more.
        logging.shutdown()
        sys.stderr.flush()
        os._exit(1 if why else 0)
    raise typer.Exit(1 if why else 0)
