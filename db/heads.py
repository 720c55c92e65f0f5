"""Heads of the ledger that are noted outside the database, so that a database which was put back is told apart."""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from db.closed import private_file
from db.errors import StoreError

FORMAT = "digital-persona/ledger-head/1"
HEAD_FILE = "ledger.head"
MAX_BYTES = 10_000
# Under this name a session carries the head that its transaction wrote.
NEW_HEAD = "ledger head"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Head:
    """The end of the ledger at one moment: how many lines, the last one's hash, both signed under the workspace key."""

    sequence: int
    hash: str
    signature: str

    def to_json(self) -> str:
        """Return the head as it is noted: it names nobody and can be kept anywhere."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2) + "\n"


def read_head(text: str | bytes, where: str) -> Head:
    """Read a noted head; its signature is for the reader to check.

    Raises
    ------
    StoreError
        When it is none.
    """
    head: Head | None = None
    try:
        found = json.loads(text)
        head = Head(found["sequence"], found["hash"], found["signature"])
    except (ValueError, KeyError, TypeError):
        found = {}
    if (
        head is None
        or found.get("format") != FORMAT
        or type(head.sequence) is not int
        or head.sequence < 0
        or not all(isinstance(text, str) and len(text) == 64 and text.isascii() for text in (head.hash, head.signature))
    ):
        raise StoreError(f"{where} is no head of a ledger. Give one that `digital-persona ledger anchor` wrote.")
    return head


@dataclass(frozen=True)
class HeadFile:
    """The file beside the database that knows the newest head that this machine has written or seen."""

    path: Path

    def read(self) -> Head | None:
        """Return the noted head, or None when there is no such file.

        Raises
        ------
        StoreError
            When the file is unreadable or none of ours.
        """
        try:
            with self.path.open("rb") as file:
                return read_head(file.read(MAX_BYTES), f"The file {self.path.name}")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"The file {self.path.name} cannot be read. Check its permissions.") from error

    def advance(self, head: Head, hash_at: Callable[[int], str | None]) -> None:
        """Note a head that was just kept, unless another process noted a newer one.

        A file that is missing or does not fit stays so, for it shows that something was taken away or put back.

        Parameters
        ----------
        hash_at : callable
            Gives the hash of a line of the ledger, or None where it has none.
        """
        try:
            with private_file(self.path.with_suffix(".lock")).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                with suppress(StoreError):
                    noted = self.read()
                    if noted is not None and noted.sequence < head.sequence and self._leads(noted, hash_at):
                        self._write(head)
        except OSError as error:  # the line is kept already: a head that lags behind claims less, nothing false
            _log.warning("The ledger's head could not be noted in %s: %s", self.path.name, error.strerror)

    def begin(self, head: Head) -> None:
        """Note a head whatever was noted before: nothing was, or somebody who holds the key says so."""
        with private_file(self.path.with_suffix(".lock")).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._write(head)

    def _leads(self, noted: Head, hash_at: Callable[[int], str | None]) -> bool:
        return noted.sequence == 0 or hash_at(noted.sequence) == noted.hash

    def _write(self, head: Head) -> None:
        partial = private_file(self.path.with_suffix(".partial"))
        with partial.open("w") as file:
            file.write(head.to_json())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path)
