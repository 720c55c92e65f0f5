"""Ports of the engine: what may do a piece of its work, each entry registered under its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar


class PortError(ValueError):
    """An entry of a port that is not there, or a name that is taken."""


class Named(Protocol):
    """Whatever can be registered: it goes by a name."""

    @property
    def name(self) -> str:
        """What it is chosen and kept by, at most 40 characters."""
        ...


Entry = TypeVar("Entry", bound=Named)


class Registry(Generic[Entry]):
    """The entries of one port by their names, in the order in which they were registered.

    ``what`` names the port in sentences ("check").
    """

    def __init__(self, what: str, *entries: Entry) -> None:
        self.what = what
        self.entries: dict[str, Entry] = {}
        for entry in entries:
            self.register(entry)

    def register(self, entry: Entry) -> Entry:
        """Add an entry and return it.

        Raises
        ------
        PortError
            When the name is taken, empty or longer than 40 characters.
        """
        if entry.name in self.entries:
            raise PortError(f"There is a {self.what} “{entry.name}” already. Give this one another name.")
        if not 0 < len(entry.name) <= 40:
            raise PortError(f"The name of a {self.what} has 1 to 40 characters; “{entry.name}” has {len(entry.name)}.")
        self.entries[entry.name] = entry
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __getitem__(self, name: str) -> Entry:
        """Return the entry of this name.

        Raises
        ------
        PortError
            When there is none, with the names there are.
        """
        if name not in self.entries:
            known = ", ".join(self.entries) or "none"
            raise PortError(f"There is no {self.what} “{name}”. There are: {known}.")
        return self.entries[name]
