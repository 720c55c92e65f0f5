"""A file's chunks, checked and made ready one ahead of the writing.

Reading, checking and hashing happen in a thread of their own while the database writes the chunk
before: both sides spend most of their time outside Python.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import cast

from analytics.intake import Keys, Kind, Mapping, Normalised, Options, Table, normalise
from dashboard.services.data.rows import Prepared, prepare, without_erased
from db.repositories.erasure import KeptOut
from db.repositories.imports import ImportRecord
from db.vault import Vault
from engine.redaction import Redactor


@dataclass(frozen=True)
class ReadyChunk:
    """One chunk: its place in the file, its rows, what was checked, what goes in, who came though erased."""

    number: int
    rows: int
    checked: Normalised
    ready: Prepared
    again: list[str]


class ChunkReader:
    """Reads the chunks of one file in order, one ahead."""

    def __init__(
        self,
        vault: Vault,
        record: ImportRecord,
        table: Table,
        rows: int,
        *,
        redactor: Redactor,
        erased: KeptOut = KeptOut(),
    ) -> None:
        self._vault, self._record, self._redactor, self._erased = vault, record, redactor, erased
        self._mapping = Mapping.from_plain(record.mapping)
        self._options = Options.from_plain(record.options)
        self._keys = Keys.for_file(table, cast(Kind, record.kind), self._mapping, self._options)
        self._seen: set[str] = set()
        self._chunks = enumerate(table.chunks(rows))
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="import-reader")
        self._next: Future[ReadyChunk | None] = self._ahead.submit(self._read)

    def take(self, number: int) -> ReadyChunk | None:
        """Return chunk ``number``, passing over earlier ones; None after the last."""
        while True:
            chunk = self._next.result()
            if chunk is None:
                return None
            self._next = self._ahead.submit(self._read)
            if chunk.number == number:
                return chunk

    def close(self) -> None:
        """Stop reading ahead; what was read and not taken is dropped."""
        self._ahead.shutdown(wait=True, cancel_futures=True)

    def _read(self) -> ReadyChunk | None:
        number, chunk = next(self._chunks, (0, None))
        if chunk is None:
            return None
        record = self._record
        checked = normalise(record.kind, chunk, self._mapping, self._options, self._keys)
        checked, again = without_erased(checked, self._vault, record.kind, record.source, self._erased)
        ready = prepare(
            record.kind,
            checked.rows,
            self._vault,
            source=record.source,
            file_sha256=record.file_sha256,
            redactor=self._redactor,
            seen=self._seen,
            repeated=checked.repeated,
        )
        return ReadyChunk(number, len(chunk.frame) + len(chunk.ragged), checked, ready, again)
