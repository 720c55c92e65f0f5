"""Vectors kept on disk by the hash of the text: no text is stored, and nothing is computed twice."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SLICE = 500


class VectorCache:
    """Vectors of one model, in a file of its own.

    Kept under the SHA-256 of the text in half precision. Safe for several processes; a process that
    dies leaves what it had finished.
    """

    def __init__(self, folder: Path, model: str, dimensions: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path, self._dimensions = folder / f"vectors-{model[:16]}.db", dimensions
        self._path.touch(mode=0o600)  # vectors tell of people's texts: for the owner only
        with self._open() as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=30)
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    @staticmethod
    def key(text: str) -> bytes:
        """Return what a text is kept under."""
        return hashlib.sha256(text.encode("utf-8", "replace")).digest()

    def find(self, texts: Sequence[str]) -> dict[int, NDArray[np.float32]]:
        """Return ``{position: vector}`` for the texts that are kept."""
        keys = [self.key(text) for text in texts]
        found: dict[bytes, bytes] = {}
        with self._open() as connection:
            for start in range(0, len(keys), SLICE):
                part = keys[start : start + SLICE]
                marks = ",".join("?" * len(part))
                found.update(connection.execute(f"SELECT key, value FROM vector WHERE key IN ({marks})", part))
        whole = 2 * self._dimensions
        return {i: _read(found[key]) for i, key in enumerate(keys) if key in found and len(found[key]) == whole}

    def keep(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep vectors, in half precision."""
        rows = [(self.key(t), v.astype(np.float16).tobytes()) for t, v in zip(texts, vectors, strict=True)]
        with self._open() as connection:
            connection.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)

    def forget(self, texts: Sequence[str]) -> int:
        """Delete the vectors of texts, as an erasure must. Return how many there were."""
        keys = {self.key(text) for text in texts}
        with self._open() as connection:
            return sum(connection.execute("DELETE FROM vector WHERE key = ?", (key,)).rowcount for key in keys)


def halved(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return vectors exactly as the cache gives them back."""
    return vectors.astype(np.float16).astype(np.float32)


def _read(blob: bytes) -> NDArray[np.float32]:
    return np.frombuffer(blob, dtype=np.float16).astype(np.float32)
