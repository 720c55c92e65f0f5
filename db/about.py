"""What tables say of people: each declares it in its class, and the consent gate, erasure and access follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlmodel import SQLModel

Purpose = Literal["profiling", "personalisation", "analytics", "survey", "recommendation"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


@dataclass(frozen=True)
class AboutPeople:
    """A table's declaration, kept as ``about`` in its class.

    Parameters
    ----------
    subject : str
        The column that holds a person's pseudonym.
    held : str
        What its rows are called where it is said what is held of a person; empty where they say nothing more.
    purpose : str, optional
        What its rows are used for, and only with consent; None for what is kept of a person and never used.
    """

    subject: str
    held: str = ""
    purpose: Purpose | None = None


def about_of(model: type[SQLModel]) -> AboutPeople | None:
    """Return what a table declares, None where it speaks of nobody."""
    found = vars(model).get("about")
    return found if isinstance(found, AboutPeople) else None


def subject_of(model: type[SQLModel]) -> Any:
    """Return the column of a declared table that holds the person."""
    about = about_of(model)
    assert about is not None
    return getattr(model, about.subject)


def about_people() -> dict[type[SQLModel], AboutPeople]:
    """Return every table that speaks of people, those that others point to last, so that it can be emptied in order."""
    order = {table.name: n for n, table in enumerate(SQLModel.metadata.sorted_tables)}
    found = {model: about for model in _models(SQLModel) if (about := about_of(model)) is not None}
    return dict(sorted(found.items(), key=lambda pair: -order.get(str(pair[0].__tablename__), -1)))


def _models(base: type[SQLModel]) -> Iterator[type[SQLModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)
