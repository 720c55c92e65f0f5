"""Exports of known tools, recognised by their column names and read from a registry file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from analytics.intake.fields import FIELDS, Kind
from analytics.intake.naming import plain_name

SURVEY_HINT = "It holds answers to a survey: bring it in on the Surveys page, or with “digital-persona survey import”."
# Google Forms writes no column of its own but this one; every other column is a question.
_FORMS_FIRST, _QUESTION = "timestamp", re.compile(r".*\?\s*(\[.*\])?$|.*\[.*\]$", re.S)


@dataclass(frozen=True)
class Export:
    """A tool's export: the columns it is told by, and the field each column holds (None: no field).

    Attributes
    ----------
    kind : a kind of table, or "survey" for what the Surveys page reads.
    checked : the day its names were compared with published samples of the export, None where not yet.
    needs : plain names that must all be there. columns : plain name -> field.
    name_in_title : whether the metric's name stands in the title above the header.
    """

    id: str
    name: str
    kind: Kind | Literal["survey"]
    source: str
    checked: date | None
    needs: frozenset[str]
    columns: dict[str, str | None]
    name_in_title: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What to say to whoever brings the file in."""
        said = f"Recognised by its columns: {self.name}."
        return (said, SURVEY_HINT) if self.kind == "survey" else (said,)


@cache
def registry() -> tuple[Export, ...]:
    """Return every known export."""
    import yaml

    listed = yaml.safe_load(files("analytics.intake").joinpath("exports.yaml").read_text(encoding="utf-8"))["exports"]
    return tuple(_export(entry) for entry in listed)


def _export(entry: dict[str, object]) -> Export:
    columns = {plain(str(name)): field for name, field in cast("dict[str, str | None]", entry["columns"]).items()}
    kind = cast(Kind, entry["kind"])
    known = {f.name for f in FIELDS.get(kind, ())}
    if wrong := {f for f in columns.values() if f and f not in known}:
        raise ValueError(f"The export {entry['id']} names fields that a table of {kind} has not: {sorted(wrong)}.")
    return Export(
        id=str(entry["id"]),
        name=str(entry["name"]),
        kind=kind,
        source=str(entry["source"]),
        checked=cast("date | None", entry["checked"]),
        needs=frozenset(plain(n) for n in cast("list[str]", entry["needs"])),
        columns=columns,
        name_in_title=bool(entry.get("name_in_title", False)),
    )


def plain(column: str) -> str:
    """Return a column's plain name without a currency ("Amount spent (USD)"); "#" stays."""
    return plain_name(re.sub(r"\s*\([A-Z]{3}\)$", lambda m: m[0] if m[0].strip() == "(UTC)" else "", column)) or column


def recognise(columns: Sequence[str]) -> Export | None:
    """Return the known export that has these columns, the most telling one; None where there is none."""
    names = {plain(column) for column in columns}
    found = [export for export in registry() if export.needs <= names]
    if found:
        return max(found, key=lambda e: (len(e.needs), len(names & e.columns.keys())))
    return _google_forms(columns)


def _google_forms(columns: Sequence[str]) -> Export | None:
    """Google Forms: "Timestamp" first, then whole questions."""
    questions = sum(1 for column in columns[1:] if _QUESTION.fullmatch(column))
    if len(columns) < 2 or plain(columns[0]) != _FORMS_FIRST or questions < max(1, (len(columns) - 1) // 3):
        return None
    source = "https://support.google.com/docs/answer/139706"
    return Export("google.forms", "Google Forms", "survey", source, None, frozenset([_FORMS_FIRST]), {})
