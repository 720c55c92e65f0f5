"""Surveys: bring one in with its legal basis, describe its questions, compare its waves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from dashboard.services.people import MAY_EDIT, User, require
from dashboard.workspace import Workspace
from db import ledger
from db.repositories import consents, surveys
from db.repositories.surveys import ItemRecord, SurveyRecord

if TYPE_CHECKING:
    from analytics.surveys import Plan, Reliability, Survey, SurveyReport
    from analytics.surveys.model import Item, Role

ROLE_COLUMNS: dict[Role, str] = {
    "respondent": "@respondent",
    "wave": "@wave",
    "date": "@date",
    "age_group": "@age_group",
    "weight": "@weight",
}
AGE_GROUP = "age group"
MOST_GROUPS = 12
ITEM_DETAILS = ("question", "columns", "labels", "family", "n", "missing", "no_answer", "separator", "ask")


def listing(workspace: Workspace) -> list[SurveyRecord]:
    """Return the surveys, the newest first."""
    with workspace.database.reading() as session:
        return surveys.listing(session)


def get(workspace: Workspace, survey_id: int) -> SurveyRecord:
    """Return one survey; StoreError where there is none."""
    with workspace.database.reading() as session:
        return surveys.get(session, survey_id)


def questions(workspace: Workspace, survey_id: int, kind: str | None = None) -> list[ItemRecord]:
    """Return a survey's questions, all or those of one kind."""
    with workspace.database.reading() as session:
        return [i for i in surveys.items(session, survey_id) if kind in (None, i.kind)]


def state_basis(workspace: Workspace, user: User, survey_id: int, basis: str) -> None:
    """State the legal basis for using a survey's answers, where none was stated when it came in.

    Raises
    ------
    SurveyError
        The basis is empty.
    """
    from analytics.surveys import SurveyError

    require(user, MAY_EDIT, "state the legal basis of a survey")
    if not basis.strip():
        raise SurveyError("Say in words why you may use these answers, for example: people agreed before question 1.")
    with workspace.database.writing() as session:
        record = surveys.get(session, survey_id)
        consents.state_statement(session, record.import_id, ["survey"], basis.strip(), user.name)
        said = workspace.vault.mark("words", basis.strip())
        entry = {"import": record.import_id, "purposes": ["survey"], "basis": said}
        ledger.append(session, workspace.vault, "survey basis", user.name, entry)


def item_of(record: ItemRecord) -> Item:
    """Return a kept question as analysis knows it."""
    from analytics.surveys import Item

    details = record.details
    kept: dict[str, Any] = {name: details[name] for name in ITEM_DETAILS}
    kept["columns"], kept["labels"] = tuple(kept["columns"]), tuple(kept["labels"])
    return Item(key=record.key, kind=record.kind, **kept)  # type: ignore[arg-type]


def item_row(item: Item) -> dict[str, Any]:
    """Return a question as it is kept."""
    plain = asdict(item)
    details = {name: plain[name] for name in ITEM_DETAILS}
    details["columns"], details["labels"] = list(item.columns), list(item.labels)
    return {"key": item.key, "kind": item.kind, "details": details}


def load(workspace: Workspace, survey_id: int) -> Survey:
    """Return a survey's usable answers: only those that consent or a stated basis allows now.

    Raises
    ------
    SurveyError
        None may be used, with what to do about it.
    """
    from analytics.surveys import ShareTable, Survey, SurveyError

    with workspace.database.reading() as session:
        record = surveys.get(session, survey_id)
        kept = surveys.items(session, survey_id)
        rows = surveys.responses(session, survey_id)
    items = tuple(item_of(i) for i in kept)
    if record.shape == "shares":
        tables = tuple(_share_table(ShareTable, i) for i in kept)
        return Survey(pd.DataFrame(), items, "shares", {}, record.notes, tables)
    if rows.empty:
        raise SurveyError(
            "None of these answers may be used: no legal basis is on record for them, or everybody withdrew. "
            "State the basis, or bring in a file of consents for surveys on the Data page."
        )
    frame = pd.DataFrame(rows["answers"].tolist(), dtype=object)
    frame = frame.reindex(columns=[c for i in items for c in i.columns]).astype(object)
    frame = frame.where(frame.notna(), None)
    frame["@id"] = rows["id"].astype(str).to_numpy()
    names = {"respondent": "respondent", "wave": "wave", "date": "answered_on"}
    roles: dict[Role, str] = {}
    for role in record.roles:
        column = ROLE_COLUMNS[cast("Role", role)]
        values = rows[names.get(role, role)].astype(object)
        frame[column] = values.where(values.notna(), None).to_numpy()
        roles[cast("Role", role)] = column
    return Survey(frame, items, record.shape, roles, record.notes)  # type: ignore[arg-type]


def _share_table(make: Any, record: ItemRecord) -> Any:
    held = record.details["shares"]
    shares = tuple(tuple(math.nan if share is None else share for share in line) for line in held["shares"])
    return make(record.details["question"], tuple(record.details["labels"]), tuple(held["groups"]), shares)


@dataclass(frozen=True)
class Choices:
    """How two waves are to be compared, where it is not left to the data.

    ``panel`` says that the same people answered twice (None: told from their ids). ``mix`` evens out ages: auto,
    always or never. ``margins`` maps a question, or "age group", to the known share of each group. ``covariates``
    are questions that an ordinal model holds equal.
    """

    panel: bool | None = None
    mix: str = "auto"
    margins: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    covariates: tuple[str, ...] = ()


def compare(
    workspace: Workspace,
    survey_id: int,
    before: str | None = None,
    after: str | None = None,
    choices: Choices = Choices(),
) -> SurveyReport:
    """Compare two waves, question by question.

    Raises
    ------
    SurveyError
        A wave is missing, none of the answers may be used, or a choice does not fit.
    """
    from analytics.surveys import compare_waves

    survey = load(workspace, survey_id)
    return compare_waves(
        survey,
        before=before,
        after=after,
        panel=choices.panel,
        mix=choices.mix,  # type: ignore[arg-type]
        margins={_column(survey, name): shares for name, shares in choices.margins.items()},
        covariates=[_column(survey, name) for name in choices.covariates],
        k=workspace.settings.k_min_people,
    )


def groupings(workspace: Workspace, survey_id: int) -> dict[str, tuple[str, ...]]:
    """Return what people can be grouped by: "age group" and the one-choice questions, each with its groups."""
    from analytics.surveys.pairing import age_bands

    survey = load(workspace, survey_id)
    found: dict[str, tuple[str, ...]] = {}
    ages = survey.column("age_group")
    if ages is not None:
        found[AGE_GROUP] = tuple(sorted(map(str, age_bands(ages).dropna().unique())))
    for item in survey.items:
        if item.kind == "single" and item.columns and len(item.labels) <= MOST_GROUPS:
            found[item.key] = item.labels
    return found


def _column(survey: Survey, name: str) -> str:
    """Return the column that holds a question's answers, or the age group."""
    if name == AGE_GROUP and survey.column("age_group") is not None:
        return ROLE_COLUMNS["age_group"]
    return survey.item(name).columns[0]


def scale(workspace: Workspace, survey_id: int, keys: Sequence[str], reversed_keys: Sequence[str] = ()) -> Reliability:
    """Say how well several scale questions hang together: alpha and omega with intervals.

    Raises
    ------
    SurveyError
        Too few questions or answers, or scales of different lengths.
    """
    from analytics.surveys import SurveyError, codes, reliability, reverse_keyed

    survey = load(workspace, survey_id)
    items = [survey.item(key) for key in keys]
    points = {i.points for i in items}
    if len(items) < 3 or len(points) != 1 or 0 in points:
        raise SurveyError("Pick three or more questions that share one scale, such as 5-point agreement.")
    answers = pd.DataFrame({i.key: codes(survey.frame[i.columns[0]], i) for i in items})
    signs: Mapping[str, int] = {key: -1 if key in reversed_keys else 1 for key in keys}
    return reliability(reverse_keyed(answers, signs, 1, points.pop()))


def plan(
    before: float,
    after: float,
    *,
    response_rate: float = 1.0,
    power: float = 0.8,
) -> Plan:
    """Say how many answers each wave needs to find a change of a share (both between 0 and 1)."""
    from analytics.surveys import n_for_share_difference

    return n_for_share_difference(before, after, response_rate=response_rate, power=power)
