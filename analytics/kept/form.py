"""How a shape is kept as JSON: typed both ways, with its format's number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

Kept = TypeVar("Kept")
Migration = Callable[[dict[str, Any]], dict[str, Any]]


class KeptFormError(ValueError):
    """What is kept is of a newer format, or is not what its format says."""


@dataclass(frozen=True)
class KeptForm(Generic[Kept]):
    """How one class is kept as JSON: its fields with ``format`` beside them.

    What carries no number is of format 1, the form before numbers were written. A class that gains, loses or
    renames a field gets a further step in its form, so that what is kept already is read on and what comes from a
    newer version is refused instead of being read by half.

    Parameters
    ----------
    what : str
        What it is called in sentences.
    model : type
        A pydantic model, or a dataclass that forbids further fields.
    migrations : tuple of callable
        The first turns fields of format 1 into those of format 2, and so on; the newest format is one more than
        there are migrations.
    without : mapping, optional
        Fields that are kept elsewhere, as pydantic's ``exclude`` takes them; they have defaults.
    sparse : bool
        Leave out what is at its default: for many small lines of many kinds.
    tag : str
        What stands before the format's number, for a form that leaves the house.
    """

    what: str
    model: type[Kept]
    migrations: tuple[Migration, ...] = ()
    without: Mapping[str, Any] | None = None
    sparse: bool = False
    tag: str = ""

    @property
    def newest(self) -> int:
        """The number of the format that is written."""
        return len(self.migrations) + 1

    @cached_property
    def _adapter(self) -> TypeAdapter[Kept]:
        return TypeAdapter(self.model)

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the newest format (Draft 2020-12)."""
        return self._adapter.json_schema()

    def write(self, value: Kept) -> dict[str, Any]:
        """Return the value as JSON data of the newest format; a number that is not known becomes None."""
        without = dict(self.without) if self.without else None
        fields = json.loads(self._adapter.dump_json(value, exclude=without, exclude_defaults=self.sparse))
        return {**fields, "format": f"{self.tag}{self.newest}" if self.tag else self.newest}

    def read(self, kept: Mapping[str, Any]) -> Kept:
        """Return what was kept in this or an older format.

        Raises
        ------
        KeptFormError
            When it is of a newer format, its format is no number, or its fields do not fit.
        """
        fields = dict(kept)
        number = self._number(fields.pop("format", f"{self.tag}1" if self.tag else 1))
        if number > self.newest:
            raise KeptFormError(
                f"This {self.what} was written by a newer version of Digital Persona (format {number}; this version "
                f"reads up to {self.newest}). Update Digital Persona, then open it again."
            )
        for migrate in self.migrations[number - 1 :]:
            fields = migrate(fields)
        try:
            return self._adapter.validate_python(fields)
        except ValidationError as error:
            where = ", ".join(sorted({str(e["loc"][0]) for e in error.errors() if e["loc"]})) or "all of it"
            raise KeptFormError(
                f"This {self.what} is not as format {number} has it (see: {where}). Restore it from a backup."
            ) from None

    def _number(self, said: Any) -> int:
        """Return the number of the format that is said; nothing is guessed."""
        number = said
        if self.tag:
            digits = said.removeprefix(self.tag) if isinstance(said, str) and said.startswith(self.tag) else ""
            number = int(digits) if digits.isascii() and digits.isdigit() else None
        if type(number) is not int or number < 1:
            raise KeptFormError(f"The format of this {self.what} is unreadable. Restore it from a backup.")
        return number

    def write_all(self, values: Iterable[Kept]) -> list[dict[str, Any]]:
        """Return several values as :meth:`write` does."""
        return [self.write(value) for value in values]

    def read_all(self, kept: Iterable[Mapping[str, Any]]) -> tuple[Kept, ...]:
        """Return several values as :meth:`read` does."""
        return tuple(self.read(one) for one in kept)
