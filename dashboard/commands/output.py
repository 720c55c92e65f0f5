"""How commands answer: plain lines or JSON, progress bars on a terminal, clear exit codes."""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from functools import cached_property
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from dashboard import jobs
from dashboard.jobs.working import wait
from dashboard.sentences import sentence
from dashboard.services.people import LOCAL_USER, User
from dashboard.settings import Settings, get_settings
from dashboard.workspace import Workspace, open_workspace
from db.repositories.jobs import JobRecord

LOG_NAME = "commands.log"
STOPPED_WAITING = (
    "Stopped waiting. The next worker goes on with it: digital-persona jobs wait {job_id}. "
    "To end it for good: digital-persona jobs cancel {job_id}."
)


class Output:
    """The workspace at hand and the way to answer."""

    def __init__(self, folder: Path | None, as_json: bool) -> None:
        self.folder, self.as_json = folder, as_json
        self.console = Console(stderr=True)

    @cached_property
    def settings(self) -> Settings:
        """The settings of this command, for the workspace that it names."""
        settings = get_settings()
        return settings if self.folder is None else settings.for_workspace(self.folder)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace of this command, opened at first use."""
        settings = self.settings
        _log_beside(settings.workspace)
        opened = open_workspace(settings)
        jobs.create_job_store(settings.jobs_url)
        return opened

    @property
    def user(self) -> User:
        """Who works at the command line: whoever may open the workspace's key may do everything."""
        return LOCAL_USER

    def say(self, text: str, data: Any = None) -> None:
        """Print one line, or the data as JSON."""
        print(_json(data if data is not None else {"message": text}) if self.as_json else printable(text))

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], data: Any) -> None:
        """Print a table, or the data as JSON."""
        if self.as_json:
            print(_json(data))
            return
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for column in columns:
            table.add_column(Text(printable(column)))
        for row in rows:
            table.add_row(*("" if cell is None else Text(printable(str(cell))) for cell in row))
        Console().print(table)

    def follow(self, job_id: str) -> JobRecord:
        """Wait for a job with a progress bar; end the command with exit code 1 when it failed."""
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        with bar:
            row = bar.add_task("waiting", total=None)

            def told(job: JobRecord) -> None:
                bar.update(
                    row,
                    description=escape(printable(job.message or job.state)),
                    completed=job.done,
                    total=job.total or None,
                )

            try:
                with _terminated_like_ctrl_c():
                    record = wait(self.workspace, job_id, told)
            except KeyboardInterrupt:
                fail(ValueError(STOPPED_WAITING.format(job_id=job_id)))
        if record.state != "done":
            fail(ValueError(record.error or record.message or f"The job ended as {record.state}."))
        return record


@contextmanager
def _terminated_like_ctrl_c() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl+C does, so that a job at hand is left in order."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def output(context: typer.Context) -> Output:
    """Return the way of answering that was settled for this command."""
    found: Output = context.obj
    return found


def fail(error: Exception) -> NoReturn:
    """Say why it could not be done, on the error stream, and end with exit code 1."""
    print(f"Error: {printable(sentence(error))}", file=sys.stderr)
    raise SystemExit(1)


def unforeseen(error: Exception) -> ValueError:
    """Write down where an error arose, and return what to say instead of it."""
    from dashboard.errors import note

    return ValueError(
        f"Something went wrong that we did not foresee (reference {note(error, 'a command')}). Nothing you had saved "
        f"is lost. Try again; if it happens again, {LOG_NAME} in the workspace says where."
    )


def _log_beside(workspace: Path) -> None:
    """Keep what a command has to say to an expert in a file of the workspace, not on the terminal."""
    from dashboard.errors import WithoutWords

    if logging.getLogger().handlers:
        return
    logging.raiseExceptions = False  # a log that cannot be written must not be what the user reads
    kept = RotatingFileHandler(workspace / LOG_NAME, maxBytes=2**20, backupCount=1, delay=True, encoding="utf-8")
    kept.setFormatter(WithoutWords("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level="WARNING", handlers=[kept])


def printable(text: str) -> str:
    """Return the text without the characters that steer a terminal, which a file may have brought in."""
    if text.isprintable():
        return text
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") else "\ufffd" for c in text)


def _json(data: Any) -> str:
    return json.dumps(_plain(data), indent=2, ensure_ascii=False, default=_text)


def _plain(data: Any) -> Any:
    if is_dataclass(data) and not isinstance(data, type):
        return asdict(data)
    return [_plain(item) for item in data] if isinstance(data, list | tuple) else data


def _text(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return "(sealed)"
    return str(value)
