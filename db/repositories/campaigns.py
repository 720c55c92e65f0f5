"""Brands, campaigns, drafts and their versions, each version with its six checks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.bulk import slices
from db.errors import StoreError
from db.tables import BrandRow, CampaignRow, CheckRow, DecisionRow, DraftRow, DraftVersionRow


@dataclass(frozen=True)
class BrandRecord:
    """How the brand speaks (``voice`` as plain data) and its logo."""

    voice: dict[str, Any]
    logo_digest: str | None


@dataclass(frozen=True)
class CampaignRecord:
    """A campaign and its brief."""

    id: int
    name: str
    objective: str
    key_message: str
    product_ids: list[int]
    persona_ids: list[int]
    channels: list[str]
    starts_on: date | None
    ends_on: date | None
    link: str | None
    variants: int
    seed: int
    thumbnails: bool
    job_id: str | None
    author: str
    created_at: datetime


@dataclass(frozen=True)
class CheckRecord:
    """What one check said: its verdict and findings as plain data, and the digest of the rules it followed."""

    name: str
    verdict: str
    findings: list[dict[str, Any]]
    digest: str = ""


@dataclass(frozen=True)
class NewVersion:
    """A version of a draft that is not kept yet."""

    content: dict[str, Any]
    content_hash: str
    parts: list[dict[str, Any]]
    brief: dict[str, Any]
    seed: int
    method: str
    verdict: str
    author: str
    persona_version: int | None = None
    ai_generated: bool = True
    model_cards: list[dict[str, Any]] = field(default_factory=list)
    checks: tuple[CheckRecord, ...] = ()


@dataclass(frozen=True)
class VersionRecord:
    """A version as it is kept, with where its draft belongs and what was decided last.

    ``state`` is open, blocked, approved, changes (requested) or rejected; ``sequence`` counts the
    decisions on this version, so that a reviewer can say which state they looked at.
    """

    id: int
    draft_id: int
    campaign_id: int
    persona_id: int | None
    product_id: int
    channel: str
    variant: int
    number: int
    content: dict[str, Any]
    content_hash: str
    parts: list[dict[str, Any]]
    brief: dict[str, Any]
    persona_version: int | None
    seed: int
    method: str
    model_cards: list[dict[str, Any]]
    ai_generated: bool
    verdict: str
    author: str
    created_at: datetime
    sequence: int
    state: str


@dataclass(frozen=True)
class Slot:
    """The place of a draft in a campaign: one variant for one persona on one channel."""

    campaign_id: int
    persona_id: int | None
    product_id: int
    channel: str
    variant: int

    @property
    def key(self) -> str:
        return f"{self.persona_id or 0}:{self.product_id}:{self.channel}:{self.variant}"


def save_brand(session: Session, voice: dict[str, Any], logo_digest: str | None, author: str) -> None:
    """Keep a brand voice; the newest one counts."""
    session.add(BrandRow(voice=voice, logo_digest=logo_digest, author=author))


def brand(session: Session) -> BrandRecord | None:
    """Return the brand voice that counts now."""
    row = session.exec(select(BrandRow).order_by(col(BrandRow.id).desc())).first()
    return None if row is None else BrandRecord(row.voice, row.logo_digest)


def add_campaign(session: Session, **values: Any) -> int:
    """Keep a campaign and return its id."""
    row = CampaignRow(**values)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def set_job(session: Session, campaign_id: int, job_id: str) -> None:
    """Note which job makes the campaign's drafts."""
    row = session.get_one(CampaignRow, campaign_id)
    row.job_id = job_id
    session.add(row)


def campaign(session: Session, campaign_id: int) -> CampaignRecord:
    """Return one campaign.

    Raises
    ------
    StoreError
        When there is no such campaign.
    """
    row = session.get(CampaignRow, campaign_id)
    if row is None:
        raise StoreError(f"There is no campaign number {campaign_id}.")
    return CampaignRecord(**{n: getattr(row, n) for n in CampaignRecord.__dataclass_fields__})


def campaigns(session: Session, limit: int = 100) -> list[CampaignRecord]:
    """Return the newest campaigns first."""
    rows = session.exec(select(CampaignRow).order_by(col(CampaignRow.id).desc()).limit(limit))
    return [CampaignRecord(**{n: getattr(r, n) for n in CampaignRecord.__dataclass_fields__}) for r in rows]


def slots_filled(session: Session, campaign_id: int) -> set[str]:
    """Return the keys of the slots that hold a draft already."""
    return set(session.exec(select(DraftRow.slot).where(DraftRow.campaign_id == campaign_id)))


def add_draft(session: Session, slot: Slot, version: NewVersion) -> int:
    """Keep a new draft with its first version; return the version's id."""
    draft = DraftRow(
        campaign_id=slot.campaign_id,
        persona_id=slot.persona_id,
        product_id=slot.product_id,
        channel=slot.channel,
        variant=slot.variant,
        slot=slot.key,
    )
    session.add(draft)
    session.flush()
    assert draft.id is not None
    return _add_version(session, draft.id, 1, version)


def add_version(session: Session, draft_id: int, expected_number: int, version: NewVersion) -> int:
    """Keep another version of a draft; return its id.

    ``expected_number`` is the version the author looked at: when somebody else saved one meanwhile,
    the uniqueness of (draft, number) makes the transaction end in a ConflictError.
    """
    return _add_version(session, draft_id, expected_number + 1, version)


def _add_version(session: Session, draft_id: int, number: int, version: NewVersion) -> int:
    values = {k: v for k, v in vars(version).items() if k != "checks"}
    row = DraftVersionRow(draft_id=draft_id, number=number, **values)
    session.add(row)
    session.flush()
    assert row.id is not None
    session.add_all(CheckRow(version_id=row.id, **vars(check)) for check in version.checks)
    session.flush()
    return row.id


def checks(session: Session, version_id: int) -> list[CheckRecord]:
    """Return what the checks said about a version."""
    rows = session.exec(select(CheckRow).where(CheckRow.version_id == version_id))
    return [CheckRecord(r.name, r.verdict, r.findings, r.digest) for r in rows]


def digests(session: Session, version_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Return for each version, by the check's name, the digest of the rules that its kept results followed."""
    query = sa.select(col(CheckRow.version_id), col(CheckRow.name), col(CheckRow.digest))
    found: dict[int, dict[str, str]] = {version_id: {} for version_id in version_ids}
    for version_id, name, digest in session.execute(query.where(col(CheckRow.version_id).in_(version_ids))).all():
        found[version_id][name] = digest
    return found


def set_checks(session: Session, version_id: int, records: Sequence[CheckRecord], verdict: str) -> None:
    """Put these results, and the verdict that follows from all of them, in the place of a version's kept ones."""
    session.execute(sa.delete(CheckRow).where(col(CheckRow.version_id) == version_id))
    session.add_all(CheckRow(version_id=version_id, **vars(record)) for record in records)
    row = session.get_one(DraftVersionRow, version_id)
    row.verdict = verdict
    session.add(row)


def _decided() -> sa.Subquery:
    """Return each version's last decision: its sequence and verdict."""
    last = (
        sa.select(
            col(DecisionRow.version_id).label("version_id"),
            sa.func.max(col(DecisionRow.sequence)).label("sequence"),
        )
        .group_by(col(DecisionRow.version_id))
        .subquery()
    )
    return (
        sa.select(last.c.version_id, last.c.sequence, col(DecisionRow.verdict).label("decision"))
        .join(
            DecisionRow,
            sa.and_(
                col(DecisionRow.version_id) == last.c.version_id,
                col(DecisionRow.sequence) == last.c.sequence,
            ),
        )
        .subquery()
    )


_STATES = {"approve": "approved", "request_changes": "changes", "reject": "rejected"}


def _versions(session: Session, *conditions: Any, limit: int | None = None) -> list[VersionRecord]:
    decided = _decided()
    query = (
        sa.select(DraftVersionRow, DraftRow, decided.c.sequence, decided.c.decision)
        .join(DraftRow, col(DraftRow.id) == col(DraftVersionRow.draft_id))
        .outerjoin(decided, decided.c.version_id == col(DraftVersionRow.id))
        .where(*conditions)
        .order_by(col(DraftVersionRow.draft_id), col(DraftVersionRow.number))
        .limit(limit)
    )
    return [
        VersionRecord(
            **{n: getattr(v, n) for n in _OWN},
            **{n: getattr(d, n) for n in _PLACE},
            sequence=sequence or 0,
            state=_STATES.get(decision or "", "blocked" if v.verdict == "block" else "open"),
        )
        for v, d, sequence, decision in session.execute(query).all()
    ]


_PLACE = ("campaign_id", "persona_id", "product_id", "channel", "variant")
_OWN = tuple(n for n in VersionRecord.__dataclass_fields__ if n not in (*_PLACE, "sequence", "state"))


def version(session: Session, version_id: int) -> VersionRecord:
    """Return one version.

    Raises
    ------
    StoreError
        When there is no such version.
    """
    found = _versions(session, col(DraftVersionRow.id) == version_id)
    if not found:
        raise StoreError(f"There is no draft version number {version_id}.")
    return found[0]


def several(session: Session, version_ids: Iterable[int]) -> list[VersionRecord]:
    """Return those of some versions that are there."""
    parts = slices(sorted(set(version_ids)))
    return [version for part in parts for version in _versions(session, col(DraftVersionRow.id).in_(part))]


def undecided(session: Session) -> list[VersionRecord]:
    """Return every version that nobody has decided on."""
    return _versions(session, col(DraftVersionRow.id).not_in(sa.select(col(DecisionRow.version_id))))


def reword(session: Session, version_id: int, **values: Any) -> None:
    """Put other words into a version that nobody has decided on; its content's hash has to come with them."""
    session.execute(sa.update(DraftVersionRow).where(col(DraftVersionRow.id) == version_id).values(values))


def versions_of(session: Session, draft_id: int) -> list[VersionRecord]:
    """Return every version of a draft, the oldest first."""
    return _versions(session, col(DraftVersionRow.draft_id) == draft_id)


def latest_versions(session: Session, campaign_id: int | None = None, limit: int | None = None) -> list[VersionRecord]:
    """Return the newest version of every draft: what can be reviewed, and exported once approved."""
    newest = sa.select(sa.func.max(col(DraftVersionRow.id))).group_by(col(DraftVersionRow.draft_id)).scalar_subquery()
    conditions: list[Any] = [col(DraftVersionRow.id).in_(newest)]
    if campaign_id is not None:
        conditions.append(col(DraftRow.campaign_id) == campaign_id)
    return _versions(session, *conditions, limit=limit)
