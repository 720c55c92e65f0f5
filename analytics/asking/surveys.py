"""What a survey's files hold, before anything is kept: rows, questions, what was left out and what is to be settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pandas as pd

from analytics.intake import present

if TYPE_CHECKING:
    from analytics.intake import RejectedRow
    from analytics.surveys import Item, Match, Settled, Survey
    from analytics.surveys.model import ItemKind, Role

LEAVE_OUT = "leave out"
MOST_ROWS = 100_000
EVERYWHERE = "*"
"""The name under which codes for no answer hold for every question."""
ROW_KINDS = ("preview", "unfinished", "repeated", "perhaps test")
KINDS = ("likert", "recommend", "single", "multi", "number", "open", LEAVE_OUT)


@dataclass(frozen=True)
class SurveyOrder:
    """A survey as the marketer settled it.

    Attributes
    ----------
    files
        One file, or the wave before and the wave after: path and name.
    roles
        Role -> column, where it was not recognised.
    orders
        Question -> labels from lowest to highest.
    kinds
        Question -> kind, or "leave out", where it was settled by hand.
    confirmed
        Question before -> question after, for renamed questions of two files.
    basis
        The legal basis for using the answers, in words; without it nobody's answers are used.
    encodings
        The encoding of each file as a person said it, empty where it is found; none: all are found.
    options, missing, rows, everybody
        What else was settled, as ``analytics.surveys.Settled`` has it.
    """

    files: tuple[tuple[Path, str], ...]
    name: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    confirmed: Mapping[str, str] = field(default_factory=dict)
    basis: str = ""
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rows: Mapping[str, bool] = field(default_factory=dict)
    everybody: tuple[str, ...] = ()
    encodings: tuple[str, ...] = ()


@dataclass(frozen=True)
class SurveyPreview:
    """What was recognised, before anything is kept.

    ``matches`` pairs the questions of two files; ``remarks`` say what to know before comparing.
    """

    survey: Survey
    matches: tuple[Match, ...]
    remarks: tuple[str, ...]
    columns: tuple[str, ...]


def look(order: SurveyOrder) -> SurveyPreview:
    """Read one file or two, recognise the layout and every question; keep nothing.

    Raises
    ------
    SurveyError, IntakeError
        It cannot be read, is empty, or two files do not fit each other.
    """
    from analytics.surveys import check_quality, read_survey

    said = order.encodings or ("",) * len(order.files)
    read = [_read(path, name, encoding) for (path, name), encoding in zip(order.files, said, strict=True)]
    tables, lost = [table for table, _ in read], [said for _, remarks in read for said in remarks]
    roles = cast("dict[Role, str]", {k: v for k, v in order.roles.items() if v})
    matches: tuple[Match, ...] = ()
    if len(tables) == 2:
        survey, matches = _joined(order, tables, roles)
        merged = set(order.confirmed.values())
        kinds = {q: v for q, v in order.kinds.items() if q not in merged}
    else:
        survey, kinds = read_survey(tables[0], roles=roles, settled=_settled(order)), dict(order.kinds)
    columns = tuple(map(str, survey.frame.columns))
    survey = replace(survey, items=_retyped(survey, kinds))
    remarks = [
        *lost,
        *survey.notes,
        *about_left_out(survey),
        *(m.problem or m.sentence for m in matches if not m.sure),
    ]
    if survey.shape != "shares":
        remarks += check_quality(survey).warnings
        remarks += [*_perhaps_scales(survey), *_about_open_answers(survey)]
    return SurveyPreview(survey, matches, tuple(dict.fromkeys(remarks)), columns)


def _joined(order: SurveyOrder, tables: list[pd.DataFrame], roles: dict[Role, str]) -> tuple[Survey, tuple[Match, ...]]:
    """Read the wave before and the wave after, pair their questions, and read both as one survey."""
    from analytics.surveys import SurveyError, join_waves, match_items, read_survey

    first, second = (read_survey(table, settled=_settled(order, table)) for table in tables)
    if "shares" in (first.shape, second.shape):
        raise SurveyError("A file of published shares cannot be joined to another: it holds nobody's answers.")
    joined = join_waves(first, second, confirmed=order.confirmed)
    # What was settled for a renamed question holds under the name it had before.
    settled = replace(_settled(order, joined), written=_written(first, second))
    survey = read_survey(joined, roles={**_without_wave(first), **roles, "wave": "wave"}, settled=settled)
    # How the files are laid out is said once; counts are said of each.
    twice = [note for note in first.notes if note in second.notes and not any(c.isdigit() for c in note)]
    said = [
        note if note in twice else f"Wave {wave}: {note}"
        for wave, notes in (("before", first.notes), ("after", second.notes))
        for note in notes
    ]
    own = [note for note in survey.notes if note not in first.notes and note not in second.notes]
    left_out = {x.column: x for x in (*first.left_out, *second.left_out, *survey.left_out)}
    kept = replace(survey, notes=tuple(dict.fromkeys([*said, *own])), left_out=tuple(left_out.values()))
    return kept, match_items(first.items, second.items)


def _written(*waves: Survey) -> set[str]:
    from analytics.surveys.model import WRITTEN_FAMILY

    return {item.columns[0] for survey in waves for item in survey.items if item.family == WRITTEN_FAMILY}


def _settled(order: SurveyOrder, table: pd.DataFrame | None = None) -> Settled:
    """Return what a person settled, of two files that which speaks of a column of the given one."""
    from analytics.surveys import Settled

    def known(given: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {q: v for q, v in given.items() if table is None or q in table.columns}

    keep = tuple(q for q, kind in order.kinds.items() if kind != LEAVE_OUT)
    return Settled(known(order.orders), known(order.options), order.missing, order.rows, keep, order.everybody)


def about_left_out(survey: Survey) -> list[str]:
    """Name the columns that were taken for no questions, and say how to bring one back."""
    if not survey.left_out:
        return []
    named = ", ".join(f'"{x.column}" ({x.why})' for x in survey.left_out[:6])
    more = f" and {len(survey.left_out) - 6} more" if len(survey.left_out) > 6 else ""
    return [f"No questions, so left out: {named}{more}. To keep one, say what kind of question it is."]


def _perhaps_scales(survey: Survey) -> list[str]:
    """Name the questions whose few labels say no order: they may be scales in words we do not know."""
    unordered = [i for i in survey.items if i.kind == "single" and not i.family and not i.ask]
    few = [f'"{i.question}"' for i in unordered if 3 <= len(i.labels) <= 7]
    if not few:
        return []
    named = ", ".join(few[:5]) + (f" and {len(few) - 5} more" if len(few) > 5 else "")
    return [
        f"The answers to {named} do not say which is low and which is high, so each is taken for one choice. Where it "
        "is a scale, say so and list its labels from the lowest to the highest."
    ]


def _about_open_answers(survey: Survey) -> list[str]:
    """Return what to know about open answers: very long ones, all the same, other scripts. No text is shown."""
    from analytics.surveys import read_answers

    rows = list(map(str, range(len(survey.frame))))
    return [
        f'"{item.question}": {note}'
        for item in survey.items
        if item.kind == "open"
        for note in read_answers(survey.frame[item.columns[0]], rows, redact=str).notes
    ]


def _without_wave(survey: Survey) -> dict[Role, str]:
    return {role: column for role, column in survey.roles.items() if role != "wave"}


def encoding_choices(path: Path) -> tuple[tuple[str, str], ...]:
    """Return the encodings that a file may be written in where its letters do not tell, each with a piece of it."""
    from analytics.intake import Limits, open_table

    return open_table(present(path), Limits()).choices


def _read(path: Path, name: str, encoding: str) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows that could be read, and a sentence about those that could not."""
    from analytics.intake import IntakeError, Limits, RejectedRow, open_table

    parts, rows, ragged = [], 0, list[RejectedRow]()
    table = open_table(present(path), Limits(), encoding=encoding or None)
    if table.choices:
        likely = "; ".join(f"{which} ({piece})" for which, piece in table.choices[:4])
        raise IntakeError(
            f"The letters of {name} do not tell in which encoding it is written. Say it (--encoding), as: {likely}."
        )
    for chunk in table.chunks():
        parts.append(chunk.frame)
        ragged += chunk.ragged
        rows += len(chunk.frame)
        if rows > MOST_ROWS:
            raise IntakeError(f"This survey has more than {MOST_ROWS:,} rows. Split it by wave or by country.")
    if not parts:
        raise IntakeError("This file has a header and no answers below it.")
    return pd.concat(parts, ignore_index=True), _left_out(ragged)


def _left_out(ragged: list[RejectedRow]) -> list[str]:
    if not ragged:
        return []
    numbers = ", ".join(str(row.row) for row in ragged[:10]) + ("…" if len(ragged) > 10 else "")
    many = "1 row was" if len(ragged) == 1 else f"{len(ragged):,} rows were"
    return [f"{many} left out (row {numbers} of the file). {ragged[0].reason}"]


def _retyped(survey: Survey, kinds: Mapping[str, str]) -> tuple[Item, ...]:
    """Apply the kinds chosen by hand."""
    _refuse_unknown(survey, kinds)
    wanted = [(item, kinds.get(item.key, item.kind)) for item in survey.items]
    return tuple(
        item if kind == item.kind else _as_kind(survey.frame, item, kind) for item, kind in wanted if kind != LEAVE_OUT
    )


def _refuse_unknown(survey: Survey, kinds: Mapping[str, str]) -> None:
    from analytics.surveys import SurveyError

    known = {item.key for item in survey.items} | {x.column for x in survey.left_out}
    for question, kind in kinds.items():
        if question not in known:
            raise SurveyError(f'You settled what "{question}" is, but this survey has no such question.')
        if kind not in KINDS:
            raise SurveyError(f'"{kind}" is no kind of question. Kinds are: {", ".join(KINDS)}.')


def _as_kind(frame: pd.DataFrame, item: Item, wanted: str) -> Item:
    from analytics.surveys import SurveyError

    if len(item.columns) > 1 or item.kind == "shares":
        raise SurveyError(f'"{item.question}" is spread over several columns: it can be left out, not retyped.')
    values = [str(v) for v in frame[item.columns[0]].dropna()]
    labels: tuple[str, ...] = ()
    if wanted == "recommend":
        labels = tuple(map(str, range(11)))
    elif wanted == "single":
        labels = tuple(dict.fromkeys(values))
    elif wanted == "multi":
        labels = tuple(dict.fromkeys(p.strip() for v in values for p in v.split(";") if p.strip()))
    elif wanted == "likert":
        raise SurveyError(
            f'To read "{item.question}" as a scale, list its answers from the lowest to the highest: '
            f"{', '.join(dict.fromkeys(values[:200]))[:300]}."
        )
    kind = cast("ItemKind", wanted)
    return replace(item, kind=kind, labels=labels, family="", separator=";" if wanted == "multi" else "", ask="")
