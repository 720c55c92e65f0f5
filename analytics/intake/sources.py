"""Bytes of a file, unpacked where it is gzip or zip, counted, and refused when they are too many."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from analytics.intake.errors import IntakeError
from analytics.intake.limits import Limits

# All that ``zipfile`` raises for an archive that is none, damaged, or packed in a way that it cannot read.
BROKEN_ZIP = (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError, LookupError, struct.error)
GZIP, ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
SHEET_PART = "xl/workbook.xml"


class Counter:
    """How many bytes of the stored file have been read."""

    def __init__(self) -> None:
        self.read = 0


class _Counted(io.RawIOBase):
    """The stored file, counting."""

    def __init__(self, handle: BinaryIO, counter: Counter) -> None:
        self._handle, self._counter = handle, counter

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._handle.seek(offset, whence)

    def tell(self) -> int:
        return self._handle.tell()

    def readinto(self, buffer: object) -> int:
        count = self._handle.readinto(buffer)  # type: ignore[attr-defined]
        self._counter.read = max(self._counter.read, self._handle.tell())
        return int(count)

    def close(self) -> None:
        self._handle.close()
        super().close()


class _Bounded(io.RawIOBase):
    """An unpacked stream that stops when it grows past the limits."""

    def __init__(self, stream: BinaryIO, stored: int, limits: Limits) -> None:
        self._stream, self._stored, self._limits, self._size = stream, max(1, stored), limits, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        try:
            data = self._stream.read(len(buffer))  # type: ignore[arg-type]
        except (zlib.error, *BROKEN_ZIP) as error:
            raise IntakeError(
                "The compressed file ends too early or is damaged. Make it again and upload it again."
            ) from error
        self._size += len(data)
        bomb = self._size > self._limits.ratio_from and self._size / self._stored > self._limits.max_ratio
        if bomb or self._size > self._limits.max_uncompressed:
            raise IntakeError(
                f"The compressed file grows beyond {self._size // 2**20} MB when unpacked. "
                "Upload it unpacked, or split it."
            )
        buffer[: len(data)] = data  # type: ignore[index]
        return len(data)


def head(path: Path, count: int = 8) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as handle:
        return handle.read(count)


def is_workbook(path: Path) -> bool:
    """Say whether a zip is an Excel workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return SHEET_PART in archive.namelist()
    except BROKEN_ZIP:
        return False


def open_bytes(path: Path, limits: Limits, counter: Counter) -> BinaryIO:
    """Open a file's content, unpacked.

    Raises
    ------
    IntakeError
        When a zip holds several files, or the file is damaged or grows beyond the limits.
    """
    start = head(path)
    raw = cast(BinaryIO, io.BufferedReader(_Counted(path.open("rb"), counter), 1 << 20))
    if start.startswith(GZIP):
        unpacked: BinaryIO = cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    elif start.startswith(ZIP):
        unpacked = _only_member(raw, limits)
    else:
        return raw
    return cast(BinaryIO, io.BufferedReader(_Bounded(unpacked, path.stat().st_size, limits), 1 << 20))


def passed_over(path: Path) -> tuple[str, ...]:
    """Return a note about what a computer put into a zip beside the table, and is not read."""
    try:
        with zipfile.ZipFile(path) as archive:
            extras = sum(_is_extra(member) for member in archive.infolist())
    except BROKEN_ZIP:
        return ()
    files = "1 hidden file" if extras == 1 else f"{extras:,} hidden files"
    return (f"The zip also holds {files} that the computer added; passed over.",) if extras else ()


def _is_extra(member: zipfile.ZipInfo) -> bool:
    *folders, name = member.filename.replace("\\", "/").split("/")
    hidden = name.startswith("._") or name in (".DS_Store", "Thumbs.db", "desktop.ini")
    return not _is_folder(member) and ("__MACOSX" in folders or hidden)


def _is_folder(member: zipfile.ZipInfo) -> bool:
    return not member.filename or member.filename.endswith("/")


def _only_member(raw: BinaryIO, limits: Limits) -> BinaryIO:
    try:
        archive = zipfile.ZipFile(raw)
    except BROKEN_ZIP as error:  # offsets that lead nowhere
        raise IntakeError("The zip file is damaged. Make it again and upload it again.") from error
    members = [m for m in archive.infolist() if not _is_folder(m) and not _is_extra(m)]
    if len(members) != 1:
        held = f"{len(members)} files" if members else "no file"
        raise IntakeError(f"The zip holds {held}. Upload a zip with exactly one table in it.")
    member = members[0]
    if member.flag_bits & 0x1:
        raise IntakeError("The zip is locked with a password. Upload it without one.")
    if member.file_size > limits.max_uncompressed:
        raise IntakeError(
            f"The zip says it holds {member.file_size // 2**20:,} MB, more than the "
            f"{limits.max_uncompressed // 2**20:,} MB that are read. Split the file."
        )
    try:
        return cast(BinaryIO, archive.open(member))
    except BROKEN_ZIP as error:
        raise IntakeError("The zip is damaged or packed in an unusual way. Make it again as a plain zip.") from error
