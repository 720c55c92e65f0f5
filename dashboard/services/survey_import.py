"""A file or two become a survey: look, settle questions and the legal basis, keep the answers masked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from dashboard.services.identities import redactor
from dashboard.services.people import MAY_EDIT, User, require
from dashboard.services.surveys import item_row
from dashboard.services.uploads import file_digest
from dashboard.workspace import Workspace
from db import ledger
from db.repositories import consents, imports, surveys
from db.types import now

if TYPE_CHECKING:
    from analytics.intake import RejectedRow
    from analytics.surveys import Item, Match, Survey
    from analytics.surveys.model import ItemKind, Role

LEAVE_OUT = "leave out"
MOST_ROWS = 100_000
KINDS = ("likert", "recommend", "single", "multi", "number", "open", LEAVE_OUT)
# Columns that tools add about the person or the device; nobody asked a question there.
_PERSONAL = re.compile(
    r"(recipient ?)?(e-?mail( address)?|first ?name|last ?name|full ?name|your name|name|phone( number)?"
    r"|ip ?address|location ?(latitude|longitude)|external ?(data )?reference|collector ?id|address)",
    re.I,
)


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
    """

    files: tuple[tuple[Path, str], ...]
    name: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    confirmed: Mapping[str, str] = field(default_factory=dict)
    basis: str = ""


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
    from analytics.surveys import SurveyError, check_quality, join_waves, match_items, read_survey

    read = [_read(path) for path, _ in order.files]
    tables, lost = [table for table, _ in read], [said for _, remarks in read for said in remarks]
    roles = cast("dict[Role, str]", {k: v for k, v in order.roles.items() if v})
    matches: tuple[Match, ...] = ()
    if len(tables) == 2:
        first, second = (read_survey(table, orders=_known(order.orders, table)) for table in tables)
        if "shares" in (first.shape, second.shape):
            raise SurveyError("A file of published shares cannot be joined to another: it holds nobody's answers.")
        matches = match_items(first.items, second.items)
        joined = join_waves(first, second, confirmed=order.confirmed)
        roles = {**_without_wave(first), **roles, "wave": "wave"}
        # What was settled for a renamed question holds under the name it had before.
        merged = set(order.confirmed.values())
        order = replace(
            order,
            orders={q: v for q, v in order.orders.items() if q not in merged},
            kinds={q: v for q, v in order.kinds.items() if q not in merged},
        )
        survey = read_survey(joined, roles=roles, orders=order.orders)
    else:
        survey = read_survey(tables[0], roles=roles, orders=order.orders)
    columns = tuple(map(str, survey.frame.columns))
    survey = replace(survey, items=_settled(survey, order.kinds))
    remarks = [*lost, *survey.notes, *(m.problem or m.sentence for m in matches if not m.sure)]
    if survey.shape != "shares":
        remarks += check_quality(survey).warnings
        remarks += [*_perhaps_scales(survey), *_about_open_answers(survey)]
    return SurveyPreview(survey, matches, tuple(dict.fromkeys(remarks)), columns)


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


def _known(orders: Mapping[str, tuple[str, ...]], table: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    return {q: labels for q, labels in orders.items() if q in table.columns}


def _without_wave(survey: Survey) -> dict[Role, str]:
    return {role: column for role, column in survey.roles.items() if role != "wave"}


def _read(path: Path) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows that could be read, and a sentence about those that could not."""
    from analytics.intake import IntakeError, Limits, RejectedRow, open_table

    parts, rows, ragged = [], 0, list[RejectedRow]()
    table = open_table(path, Limits())
    if table.choices:
        raise IntakeError("The file's letters do not tell in which encoding it is written. Save it as UTF-8 first.")
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


def _settled(survey: Survey, kinds: Mapping[str, str]) -> tuple[Item, ...]:
    """Apply the kinds chosen by hand; columns about the person are left out unless chosen."""
    out = []
    _refuse_unknown(survey, kinds)
    for item in survey.items:
        wanted = kinds.get(item.key, LEAVE_OUT if _PERSONAL.fullmatch(item.question.strip(" :?*")) else item.kind)
        if wanted != LEAVE_OUT:
            out.append(item if wanted == item.kind else _as_kind(survey.frame, item, wanted))
    return tuple(out)


def _refuse_unknown(survey: Survey, kinds: Mapping[str, str]) -> None:
    from analytics.surveys import SurveyError

    known = {item.key for item in survey.items}
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


def bring_in(workspace: Workspace, user: User, order: SurveyOrder) -> int:
    """Keep a survey and return its id. Open answers are masked first; people become pseudonyms.

    Raises
    ------
    SurveyError
        It cannot be read, or these very files were brought in before.
    """
    from analytics.surveys import SurveyError

    require(user, MAY_EDIT, "bring in surveys")
    digest = _digest(order)
    with workspace.database.reading() as session:
        seen = imports.same_file(session, digest, "survey")
    if seen is not None:
        raise SurveyError(f"You brought this very survey in before (import {seen.id}). Undo that one to do it again.")
    preview = look(order)
    if not preview.survey.items:
        raise SurveyError("No question is left to keep. Leave at least one in.")
    rows, notes = _responses(workspace, preview.survey, digest)
    source = " + ".join(name for _, name in order.files)
    with workspace.database.writing() as session:
        import_id = _record(session, order, digest, source, len(rows), user)
        survey = {
            "import_id": import_id,
            "name": (order.name.strip() or Path(order.files[0][1]).stem)[:200],
            "source": source[:600],
            "shape": preview.survey.shape,
            "roles": list(preview.survey.roles),
            "notes": [*preview.survey.notes, *notes],
            "author": user.name,
        }
        survey_id = surveys.add(session, survey, _item_rows(preview.survey), rows)
        entry = {
            "import": import_id,
            "kind": "survey",
            "file_sha256": digest,
            "rows_new": len(rows),
            "consent": "statement" if order.basis.strip() else "none",
            "purposes": ["survey"] if order.basis.strip() else [],
        }
        ledger.append(session, workspace.vault, "import", user.name, entry)
    return survey_id


def _record(session: Any, order: SurveyOrder, digest: str, source: str, rows: int, user: User) -> int:
    """Record the import and the statement of the legal basis."""
    import_id = imports.start(
        session,
        kind="survey",
        source=source[:200],
        file_name=source[:300],
        file_sha256=digest,
        state="done",
        rows_read=rows,
        rows_new=rows,
        author=user.name,
        finished_at=now(),
    )
    if order.basis.strip():
        consents.state_statement(session, import_id, ["survey"], order.basis.strip(), user.name)
    return import_id


def _digest(order: SurveyOrder) -> str:
    found = [file_digest(path) for path, _ in order.files]
    return found[0] if len(found) == 1 else hashlib.sha256("+".join(found).encode()).hexdigest()


def _item_rows(survey: Survey) -> list[dict[str, Any]]:
    rows = [item_row(item) for item in survey.items]
    for row, table in zip(rows, survey.tables, strict=False):
        row["details"]["shares"] = {"groups": list(table.groups), "shares": [list(s) for s in table.shares]}
    return rows


def _responses(workspace: Workspace, survey: Survey, digest: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return one row a respondent and wave, and what to know about the open answers."""
    if survey.shape == "shares":
        return [], []
    frame, notes = _masked(workspace, survey)
    answers = frame[[c for item in survey.items for c in item.columns]].to_dict("records")
    # A respondent who is a customer gets the customer's pseudonym, so that a withdrawn consent counts here too.
    names = [
        f"survey:{digest}:{n}" if who is None else f"customer:{who}"
        for n, who in enumerate(_role(survey, "respondent"))
    ]
    weights = pd.to_numeric(pd.Series(_role(survey, "weight"), dtype=object), errors="coerce")
    columns = zip(answers, names, *(_role(survey, r) for r in ("wave", "age_group", "date")), weights, strict=True)
    rows = [
        {
            "respondent": workspace.vault.pseudonym(name),
            "wave": _short(wave),
            "age_group": _short(age),
            "answered_on": None if on is None else str(on)[:40],
            "weight": None if weight != weight else float(weight),
            "answers": {str(k): v for k, v in given.items() if isinstance(v, str) and v},
        }
        for given, name, wave, age, on, weight in columns
    ]
    return rows, notes


def _short(value: Any) -> str | None:
    return None if value is None or value != value else str(value)[:120]


def _role(survey: Survey, role: Any) -> list[Any]:
    values = survey.column(role)
    return [None] * len(survey.frame) if values is None else [None if v != v else v for v in values]


def _masked(workspace: Workspace, survey: Survey) -> tuple[pd.DataFrame, list[str]]:
    """Mask personal data in every open answer and cut answers of extreme length."""
    from analytics.surveys import read_answers

    frame, notes, mask = survey.frame.copy(), [], redactor(workspace)
    for item in survey.items:
        if item.kind == "open":
            column = item.columns[0]
            read = read_answers(frame[column], map(str, range(len(frame))), redact=mask.redact)
            frame[column] = [a.text or None for a in read.answers]
            notes += [f'"{item.question}": {note}' for note in read.notes]
    return frame, notes
