"""What an audit reads: who is behind each persona, what the checks found, what left and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.bulk import table_for
from db.repositories.consents import allowed
from db.repositories.decisions import decision
from db.tables import (
    CheckRow,
    CustomerRow,
    DecisionRow,
    DecisionWordsRow,
    DraftRow,
    DraftVersionRow,
    EffectRow,
    ExportItemRow,
    ExportRow,
    IdentityRow,
    InterventionRow,
    LedgerRow,
    PersonaMemberRow,
    PersonaRow,
    ProfileRow,
    ReviewRow,
)


@dataclass(frozen=True)
class CheckedVersion:
    """What one check said about one version of a campaign's draft, findings as plain data."""

    campaign_id: int
    draft_id: int
    version_id: int
    check: str
    verdict: str
    findings: list[dict[str, Any]]


@dataclass(frozen=True)
class DecidedVersion:
    """A decision and where its version belongs."""

    campaign_id: int
    version_id: int
    number: int
    channel: str
    content_hash: str
    verdict: str
    comment: str
    waivers: dict[str, str]
    reviewer: str
    at: datetime


@dataclass(frozen=True)
class ExportedVersion:
    """A version that left, the content hash it left under, and the package it left in."""

    export_id: int
    file_name: str
    sha256: str
    version_id: int
    content_hash: str
    author: str
    at: datetime


@dataclass(frozen=True)
class SavedEffect:
    """An analysis that was kept, with the change it was measured around."""

    change: str
    on: date
    metric: str
    segment: str
    result: dict[str, Any]
    author: str
    at: datetime


@dataclass(frozen=True)
class Holdings:
    """How many people the workspace knows, and for how many an identity is kept (always sealed)."""

    people: int
    identities: int


def holdings(session: Session) -> Holdings:
    """Count people and sealed identities."""
    counts = [sa.select(sa.func.count()).select_from(row).scalar_subquery() for row in (CustomerRow, IdentityRow)]
    people, identities = session.connection().execute(sa.select(*counts)).one()
    return Holdings(int(people), int(identities))


def ledger_kinds(session: Session) -> dict[str, int]:
    """Count the ledger's lines by kind."""
    query = sa.select(col(LedgerRow.kind), sa.func.count()).group_by(col(LedgerRow.kind)).order_by(col(LedgerRow.kind))
    return {kind: int(many) for kind, many in session.connection().execute(query).all()}


def profiled_people(session: Session) -> pd.DataFrame:
    """Return everybody who may be profiled, one row a person (index: pseudonym).

    Returns
    -------
    DataFrame
        Columns age, birth_year, gender. A profile's word counts before a review's.
    """
    profile, review = table_for(ProfileRow), table_for(ReviewRow)
    of_profiles = sa.select(profile.c.customer, profile.c.age, profile.c.birth_year, profile.c.gender).where(
        allowed(profile.c.customer, profile.c.import_id, "profiling")
    )
    of_reviews = sa.select(review.c.customer, review.c.age).where(
        review.c.age.is_not(None), allowed(review.c.customer, review.c.import_id, "profiling")
    )
    connection = session.connection()
    names = ["customer", "age", "birth_year", "gender"]
    first = pd.DataFrame(connection.execute(of_profiles.order_by(profile.c.id)).all(), columns=names)
    second = pd.DataFrame(connection.execute(of_reviews.order_by(review.c.id)).all(), columns=names[:2])
    newest = [frame.drop_duplicates("customer", keep="last") for frame in (first, second)]
    second = newest[1][~newest[1]["customer"].isin(newest[0]["customer"])]
    both = pd.concat([newest[0], second.reindex(columns=names)]) if len(second) else newest[0]
    return both.set_index("customer")


def members_of_build(session: Session, build_id: int) -> dict[int, list[str]]:
    """Return the pseudonyms behind each persona of a build that is in use."""
    query = (
        sa.select(col(PersonaMemberRow.persona_id), col(PersonaMemberRow.customer))
        .join(PersonaRow, col(PersonaRow.id) == col(PersonaMemberRow.persona_id))
        .where(col(PersonaRow.build_id) == build_id, col(PersonaRow.archived).is_(False))
    )
    found: dict[int, list[str]] = {}
    for persona_id, customer in session.connection().execute(query).all():
        found.setdefault(persona_id, []).append(customer)
    return found


def checks(session: Session, campaign_id: int | None = None) -> list[CheckedVersion]:
    """Return what the checks said about every version, of one campaign or of all."""
    query = (
        sa.select(
            col(DraftRow.campaign_id),
            col(DraftRow.id),
            col(CheckRow.version_id),
            col(CheckRow.name),
            col(CheckRow.verdict),
            col(CheckRow.findings),
        )
        .join(DraftVersionRow, col(DraftVersionRow.id) == col(CheckRow.version_id))
        .join(DraftRow, col(DraftRow.id) == col(DraftVersionRow.draft_id))
        .order_by(col(CheckRow.version_id), col(CheckRow.name))
    )
    if campaign_id is not None:
        query = query.where(col(DraftRow.campaign_id) == campaign_id)
    return [CheckedVersion(*row) for row in session.connection().execute(query).all()]


def decisions(session: Session, campaign_id: int | None = None) -> list[DecidedVersion]:
    """Return every decision, the oldest first, of one campaign or of all."""
    query = (
        sa.select(  # type: ignore[call-overload]
            DecisionRow, DecisionWordsRow, DraftVersionRow.number, DraftRow.campaign_id, DraftRow.channel
        )
        .join(DraftVersionRow, col(DraftVersionRow.id) == col(DecisionRow.version_id))
        .join(DraftRow, col(DraftRow.id) == col(DraftVersionRow.draft_id))
        .join(DecisionWordsRow, col(DecisionWordsRow.decision_id) == col(DecisionRow.id), isouter=True)
        .order_by(col(DecisionRow.id))
    )
    if campaign_id is not None:
        query = query.where(col(DraftRow.campaign_id) == campaign_id)
    return [
        DecidedVersion(
            campaign_id=campaign,
            number=number,
            channel=channel,
            **{n: getattr(decided, n) for n in _OF_DECISION},
        )
        for row, words, number, campaign, channel in session.execute(query).all()
        for decided in (decision(row, words),)
    ]


_OF_DECISION = ("version_id", "content_hash", "verdict", "comment", "waivers", "reviewer", "at")


def exported(session: Session, campaign_id: int) -> list[ExportedVersion]:
    """Return every version of a campaign that left, the oldest export first."""
    query = (
        sa.select(ExportRow, ExportItemRow)
        .join(ExportItemRow, col(ExportItemRow.export_id) == col(ExportRow.id))
        .join(DraftVersionRow, col(DraftVersionRow.id) == col(ExportItemRow.version_id))
        .join(DraftRow, col(DraftRow.id) == col(DraftVersionRow.draft_id))
        .where(col(DraftRow.campaign_id) == campaign_id)
        .order_by(col(ExportRow.id), col(ExportItemRow.version_id))
    )
    return [
        ExportedVersion(e.id or 0, e.file_name, e.sha256, item.version_id, item.content_hash, e.author, e.at)
        for e, item in session.execute(query).all()
    ]


def effects_of(session: Session, campaign_id: int, first_day: date | None) -> list[SavedEffect]:
    """Return the effects kept for a campaign: of a change that names it, or that began on its first day."""
    begun = col(InterventionRow.campaign_id) == campaign_id
    if first_day is not None:
        begun = sa.or_(begun, sa.and_(col(InterventionRow.campaign_id).is_(None), col(InterventionRow.on) == first_day))
    query = (
        select(EffectRow, InterventionRow)
        .join(InterventionRow, col(InterventionRow.id) == col(EffectRow.intervention_id))
        .where(begun)
        .order_by(col(EffectRow.id))
    )
    return [
        SavedEffect(
            change.name,
            change.on,
            effect.metric,
            " ".join(filter(None, (effect.segment_kind, effect.segment))),
            effect.result,
            effect.author,
            effect.created_at,
        )
        for effect, change in session.exec(query)
    ]
