"""Files, each kept under the SHA-256 of its bytes and checked against it at every read."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from db.closed import close_file, private_folder
from db.errors import FileDamagedError, FileMissingError, FileTooLargeError, StoreError

BLOCK = 1 << 20
STALE_AFTER = 24 * 60 * 60.0  # seconds
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Stored:
    """A file as it lies in the store: its SHA-256 (hex), its size in bytes and when it was last put there."""

    digest: str
    size: int
    put_at: datetime


class FileStore(ABC):
    """Files by the SHA-256 of their bytes. Putting one in twice is harmless, and mends a damaged copy.

    Parameters
    ----------
    place : str
        Where the files lie, as people are told.
    staging : Path
        A folder on this machine where a file is written before it is known under its address.
    """

    def __init__(self, place: str, staging: Path) -> None:
        self.place, self.staging = place, staging

    @abstractmethod
    def holds(self, digest: str) -> bool:
        """Say whether something lies under an address; what it is, only a read tells."""

    @abstractmethod
    def remove(self, digest: str) -> None:
        """Remove a file; one that is not there is no error."""

    @abstractmethod
    def listing(self) -> Iterator[Stored]:
        """Yield everything that lies here, in no order."""

    @abstractmethod
    def _take(self, digest: str, staged: Path) -> None:
        """Move a finished file of this machine to its address, whole or not at all."""

    @abstractmethod
    @contextmanager
    def _opened(self, digest: str) -> Iterator[BinaryIO]:
        """Yield the bytes that lie under an address, unchecked."""

    @contextmanager
    def staged(self) -> Iterator[Path]:
        """Yield an empty file to write to, readable by its owner only; it is gone after the block."""
        with _in_words(self.place):
            private_folder(self.staging)
            handle, name = tempfile.mkstemp(prefix="partial-", dir=self.staging)
            os.close(handle)
        path = Path(name)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def clear_staging(self) -> None:
        """Remove what somebody who was stopped had begun to write more than a day ago."""
        for path in self.staging.glob("partial-*"):
            if datetime.now(UTC).timestamp() - path.stat().st_mtime > STALE_AFTER:
                path.unlink(missing_ok=True)

    def keep(self, staged: Path) -> Stored:
        """Keep a file that was written under ``staged``; it is moved away from there.

        Raises
        ------
        StoreError
            When the disk is full or the store is out of reach. Nothing was kept then.
        """
        with _in_words(self.place):
            with staged.open("rb") as handle:
                os.fsync(handle.fileno())
                size, digest = os.fstat(handle.fileno()).st_size, hashlib.file_digest(handle, "sha256").hexdigest()
            self._take(digest, staged)
        return Stored(digest, size, datetime.now(UTC))

    def put(self, source: BinaryIO | bytes, limit: int | None = None) -> Stored:
        """Keep what a stream holds, block by block.

        Parameters
        ----------
        limit : int, optional
            The most bytes to take.

        Raises
        ------
        FileTooLargeError
            When there are more. Nothing was kept then.
        StoreError
            When the disk is full or the store is out of reach. Nothing was kept then.
        """
        stream = BytesIO(source) if isinstance(source, bytes) else source
        with self.staged() as path:
            with _in_words(self.place), path.open("wb") as out:
                size = 0
                while block := stream.read(BLOCK):
                    size += len(block)
                    if limit is not None and size > limit:
                        raise FileTooLargeError(f"The file is larger than {limit // 2**20:,} MB. Nothing was kept.")
                    out.write(block)
            return self.keep(path)

    def blocks(self, digest: str) -> Iterator[bytes]:
        """Yield a file in blocks of at most 1 MiB.

        The last block is held back until the whole has been checked, so whoever reads to the end has the
        right bytes, and whoever is sent a damaged file never gets all of it.

        Raises
        ------
        FileMissingError, FileDamagedError
            When it is not there, or its bytes are no longer those it was kept for.
        StoreError
            When the store is out of reach.
        """
        taken, held = hashlib.sha256(), b""
        with _in_words(self.place), self._opened(address(digest)) as stream:
            while block := stream.read(BLOCK):
                taken.update(block)
                if held:
                    yield held
                held = block
        if taken.hexdigest() != digest:
            raise FileDamagedError(
                f"The file {digest[:16]}… in {self.place} was altered or damaged: its bytes no longer fit its address. "
                "Put back a backup of it, or bring the same file in again."
            )
        if held:
            yield held

    def read(self, digest: str) -> bytes:
        """Return a file's bytes, checked. Raises as ``blocks`` does."""
        return b"".join(self.blocks(digest))

    def check(self, digest: str) -> None:
        """Read a file to its end and keep nothing of it. Raises as ``blocks`` does."""
        for _block in self.blocks(digest):
            pass

    def copy(self, digest: str, target: Path) -> None:
        """Write a file, checked, to a path outside the store, whole or not at all. Raises as ``blocks`` does."""
        with _in_words(str(target.parent)):
            handle, name = tempfile.mkstemp(prefix=".partial-", dir=target.parent)
            partial = Path(name)
            try:
                with os.fdopen(handle, "wb") as out:
                    for block in self.blocks(digest):
                        out.write(block)
                    out.flush()
                    os.fsync(out.fileno())
                partial.replace(target)
            finally:
                partial.unlink(missing_ok=True)

    def local(self, digest: str, folder: Path) -> Path:
        """Return a checked file on this machine, for readers that need a path: here a copy in ``folder``.

        Raises as ``blocks`` does.
        """
        path = private_folder(folder) / address(digest)
        if not (path.is_file() and _digest_of(path) == digest):
            self.copy(digest, path)
        return path


class FolderStore(FileStore):
    """Files on disk, in 256 folders by the first two digits; each is readable by its owner only."""

    def __init__(self, root: Path) -> None:
        super().__init__(str(root), root / "partial")
        self.root = root

    def _path(self, digest: str) -> Path:
        return self.root / address(digest)[:2] / digest

    def holds(self, digest: str) -> bool:
        return self._path(digest).is_file()

    def remove(self, digest: str) -> None:
        with _in_words(self.place):
            self._path(digest).unlink(missing_ok=True)

    def listing(self) -> Iterator[Stored]:
        for path in self.root.glob("[0-9a-f][0-9a-f]/*"):
            if is_address(path.name):
                told = path.stat()
                yield Stored(path.name, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC))

    def _take(self, digest: str, staged: Path) -> None:
        path = self._path(digest)
        private_folder(self.root)
        private_folder(path.parent)
        close_file(staged)
        staged.replace(path)
        _sync_folder(path.parent)

    @contextmanager
    def _opened(self, digest: str) -> Iterator[BinaryIO]:
        try:
            stream = self._path(digest).open("rb")
        except FileNotFoundError as error:
            raise missing(digest, self.place) from error
        with stream:
            yield stream

    def local(self, digest: str, folder: Path) -> Path:
        self.check(digest)
        return self._path(digest)


def open_files(url: str, endpoint: str, folder: Path, mark: str) -> FileStore:
    """Open the store that the settings name.

    Parameters
    ----------
    url : str
        Empty for the folder ``files`` in the workspace, else a folder that several machines share
        (``/mnt/shared`` or ``file:///mnt/shared``) or ``s3://bucket/prefix``.
    endpoint : str
        Address of a server that speaks S3; empty means Amazon's own.
    folder : Path
        The workspace's folder.
    mark : str
        The workspace's own name inside a shared place, so that two workspaces never meet there.

    Raises
    ------
    StoreError
        When the URL is of no known kind, or what S3 needs is not installed.
    """
    if not url:
        return FolderStore(folder / "files")
    parts = urlsplit(url)
    if parts.scheme in ("", "file") and not parts.netloc and Path(unquote(parts.path)).is_absolute():
        return FolderStore(Path(unquote(parts.path)) / mark)
    if parts.scheme == "s3" and parts.netloc:
        from db.buckets import BucketStore

        return BucketStore(parts.netloc, f"{parts.path.strip('/')}/{mark}".lstrip("/"), endpoint, folder / "partial")
    raise StoreError(
        "DIGITAL_PERSONA_FILES_URL names no place for files. Write s3://bucket/prefix, or the full path of a folder."
    )


def is_address(name: str) -> bool:
    """Say whether a name is the SHA-256 of a file, in hexadecimal digits."""
    return bool(_DIGEST.fullmatch(name))


def address(digest: str) -> str:
    """Return a digest that is one, so that no other text becomes part of a path.

    Raises
    ------
    StoreError
        When it is no SHA-256 in hexadecimal digits.
    """
    if not is_address(digest):
        raise StoreError("That is no address of a file: it takes the 64 hexadecimal digits of a SHA-256.")
    return digest


def missing(digest: str, place: str) -> FileMissingError:
    """Return the error that says a file is not there, and how to mend it."""
    return FileMissingError(
        f"The file {digest[:16]}… is missing in {place}. Put back a backup of it, or bring the same file in again. "
        "Where several machines share one database, DIGITAL_PERSONA_FILES_URL has to name a place that all reach."
    )


def _digest_of(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _sync_folder(path: Path) -> None:
    """Have a folder's entries on disk, so that a power cut does not lose a file that was reported as kept."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _in_words(place: str) -> Iterator[None]:
    """Turn what the system says about a file inside the block into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreError("The disk is full, so nothing was kept. Free some space and try again.") from error
        raise StoreError(
            f"Files cannot be kept in or read from {place}: {error.strerror or type(error).__name__}. "
            "Check its permissions."
        ) from error
