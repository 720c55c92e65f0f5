"""What a long piece of work sees of the job it runs in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class JobCancelledError(Exception):
    """Somebody asked for the job to stop. What it had begun is put away tidily."""


class JobFailedError(ValueError):
    """Why a job cannot be done, in words that hold nobody's data."""


class JobInterrupted(BaseException):
    """The worker stops, or may no longer write for the job: whoever takes it over goes on with it.

    No ``Exception``, so that no work mistakes it for its own failure, and the job engine records no outcome.
    """


class Task(Protocol):
    """The job at hand: durable steps, progress and cancel."""

    @property
    def id(self) -> str:
        """The job's id."""
        ...

    def step(self, name: str, work: Callable[[], Any]) -> Any:
        """Do a piece of work once: after a crash its recorded result is used instead.

        The work may run twice when the crash falls between its end and the record of it, so it must
        be harmless to repeat. Its result must be small and plain (JSON).
        """
        ...

    def progress(self, done: int, total: int, message: str) -> None:
        """Tell people how far it has come.

        Raises
        ------
        JobCancelledError
            When somebody asked for the job to stop.
        JobInterrupted
            When the worker has to leave it to the next one.
        """
        ...
