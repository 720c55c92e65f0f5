"""Errors and numbers as people read them, for pages and commands alike."""

from __future__ import annotations

import errno
import traceback

from pydantic import ValidationError

OUR_FLOORS = ("analytics", "dashboard", "db", "engine", "pages")
DISK_FULL = "The disk is full, so this was not saved. Free some space and try again."
_DISK = {
    errno.ENOENT: "There is no file or folder {name}. Check the path.",
    errno.EEXIST: "{name} is a file, where a folder is needed. Choose another path.",
    errno.ENOTDIR: "{name} is a file, where a folder is needed. Choose another path.",
    errno.EISDIR: "{name} is a folder, where a file is needed. Add a file name.",
    errno.EACCES: "{name} may not be read or written by this user. Change its permissions, or choose another path.",
    errno.EPERM: "{name} may not be read or written by this user. Change its permissions, or choose another path.",
    errno.EROFS: "{name} is on a disk that cannot be written to. Choose another path.",
    errno.ENAMETOOLONG: "The name {name} is too long. Choose a shorter one.",
}


def is_foreseen(error: BaseException) -> bool:
    """Say whether an error was raised for people to read: ours, a value that does not fit, or the disk's."""
    if isinstance(error, ValidationError | OSError):
        return True
    if type(error) is ValueError:
        frames = list(traceback.walk_tb(error.__traceback__))
        return not frames or _is_ours(frames[-1][0].f_globals.get("__name__", ""))
    return isinstance(error, ValueError) and _is_ours(type(error).__module__)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in OUR_FLOORS


def sentence(error: BaseException) -> str:
    """Return what an error says, without the machinery around it."""
    if isinstance(error, OSError):
        return _of_the_disk(error)
    if not isinstance(error, ValidationError):
        return str(error)
    return " ".join(
        f"{'.'.join(str(part) for part in problem['loc']).replace('_', ' ').capitalize()}: {problem['msg']}."
        for problem in error.errors()
    )


def _of_the_disk(error: OSError) -> str:
    """Return what the disk or the network said, and what to do about it."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DISK_FULL
    name = f"“{error.filename}”" if error.filename else "The file"
    known = _DISK.get(error.errno or 0)
    return known.format(name=name) if known else f"{name} could not be used: {error.strerror or error}."


def p_value(p: float) -> str:
    """Return a p-value as it is written: ``p < 0.001``, ``p = 0.012``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
