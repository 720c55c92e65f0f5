"""A file or two become a survey: the legal basis on record, people as pseudonyms, open answers masked."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.asking.surveys import SurveyOrder, about_left_out, look
from dashboard.services.data.uploads import drop_upload, file_digest
from dashboard.services.identities import contact_tokens, id_spellings, redactor
from dashboard.services.people import MAY_EDIT, User, require
from dashboard.services.surveys.waves import item_row
from dashboard.workspace import Workspace
from db import ledger
from db.repositories import consents, erasure, imports, surveys
from db.types import now

if TYPE_CHECKING:
    from analytics.surveys import Survey


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
            "notes": [*preview.survey.notes, *about_left_out(preview.survey), *notes],
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
    for path, _ in order.files:
        drop_upload(workspace, path)
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
        # JSON has no number for a share that was not published.
        shares = [[None if share != share else share for share in line] for line in table.shares]
        row["details"]["shares"] = {"groups": list(table.groups), "shares": shares}
    return rows


def _responses(workspace: Workspace, survey: Survey, digest: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return one row a respondent and wave, and what to know about the open answers."""
    if survey.shape == "shares":
        return [], []
    frame, notes = _masked(workspace, survey)
    out, left_out = _without_erased(workspace, survey)
    notes += left_out
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
        for place, (given, name, wave, age, on, weight) in enumerate(columns)
        if place not in out
    ]
    return rows, notes


def _without_erased(workspace: Workspace, survey: Survey) -> tuple[set[int], list[str]]:
    """Return the rows of respondents who were erased on request, told by id, e-mail or phone; and what to say."""
    vault = workspace.vault
    with workspace.database.reading() as session:
        gone = erasure.erased(session)
    who = enumerate(_role(survey, "respondent"))
    out = {n for n, one in who if one is not None and not gone.pseudonyms.isdisjoint(id_spellings(vault, str(one)))}
    cells = survey.frame if survey.cells is None else survey.cells
    asked = {column for item in survey.items for column in item.columns}  # an answer may name somebody else
    for column in [c for c in cells.columns if c not in asked] if gone.contacts else ():
        said = ((n, cell) for n, cell in enumerate(cells[column]) if isinstance(cell, str))
        out |= {n for n, cell in said if not gone.contacts.isdisjoint(contact_tokens(vault, cell))}
    people = f"{len(out)} answer sheets are" if len(out) > 1 else "1 answer sheet is"
    return out, [f"{people} left out: they are of somebody who was erased on request."] if out else []


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
