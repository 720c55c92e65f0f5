"""Files and folders that only their owner can read: they hold people's data and keys."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

FILE_MODE, FOLDER_MODE = 0o600, 0o700
OTHERS = 0o077


def private_folder(path: Path) -> Path:
    """Return a folder that only its owner can enter, made if need be."""
    path.mkdir(parents=True, exist_ok=True)
    _close(path, FOLDER_MODE)
    return path


def private_file(path: Path) -> Path:
    """Return a file that only its owner can read, made empty if need be, before anything is written to it."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
    close_file(path)
    return path


def close_file(path: Path) -> None:
    """Take a file from everybody but its owner."""
    _close(path, FILE_MODE)


def _close(path: Path, mode: int) -> None:
    # A mounted folder may belong to somebody else; what we write into it is closed by itself.
    with suppress(PermissionError):
        if path.stat().st_mode & OTHERS:
            path.chmod(mode)
