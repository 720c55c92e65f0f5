"""What a file leaves open and a person settled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from analytics.intake.errors import IntakeError


@dataclass(frozen=True)
class Options:
    """How to read what a file leaves open. None means: find out from the file, and ask where it does not tell.

    ``header_row`` is the row of the column names, counted from 1.
    ``comma_columns`` and ``point_columns`` have that decimal mark, whatever ``decimal_comma`` says of the file.
    ``encoding`` is that of a delimited file. ``from_1904`` is how a spreadsheet's days are counted; a workbook
    says it itself.
    """

    day_first: bool | None = None
    decimal_comma: bool | None = None
    currency: str | None = None
    comma_columns: tuple[str, ...] = ()
    point_columns: tuple[str, ...] = ()
    header_row: int | None = None
    from_1904: bool | None = None
    encoding: str | None = None

    def comma_in(self, column: str) -> bool | None:
        """Return whether a comma is the decimal mark of a column, as far as it was said."""
        if column in self.comma_columns:
            return True
        return False if column in self.point_columns else self.decimal_comma

    def to_plain(self) -> dict[str, Any]:
        """Return the options as plain data."""
        return asdict(self)

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> Options:
        """Return the options that :meth:`to_plain` gave; other keys are ignored."""
        known: dict[str, Any] = {
            k: tuple(v) if k.endswith("_columns") else v for k, v in data.items() if k in cls.__dataclass_fields__
        }
        return cls(**known)


def decimal_columns(pairs: Iterable[str], columns: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns with a decimal comma and those with a point, from answers like ``reach=comma``.

    Raises
    ------
    IntakeError
        When an answer is neither, or names no column of the file.
    """
    known = tuple(columns)
    said: dict[str, list[str]] = {"comma": [], "point": []}
    for pair in pairs:
        column, _, mark = pair.rpartition("=")
        if mark not in said:
            raise IntakeError(f"“{pair}” does not say a decimal mark. Write column=comma or column=point.")
        if column not in known:
            raise IntakeError(f"The file has no column “{column}”. It has: {', '.join(known)}.")
        said[mark].append(column)
    return tuple(said["comma"]), tuple(said["point"])
