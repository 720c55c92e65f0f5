"""Campaigns and what comes of them: drafts, versions, checks, decisions and exports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel, UniqueConstraint

from db.types import UtcDateTime, now


class BrandRow(SQLModel, table=True):
    """How the brand speaks and looks. A workspace has one; older ones are kept."""

    __tablename__ = "brand"
    id: int | None = Field(default=None, primary_key=True)
    voice: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    logo_digest: str | None = Field(default=None, max_length=64)
    author: str = Field(default="", max_length=80)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class CampaignRow(SQLModel, table=True):
    """A campaign and its brief."""

    __tablename__ = "campaign"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=200)
    objective: str = Field(max_length=20)
    key_message: str = Field(default="", sa_column=Column(Text, nullable=False))
    product_ids: list[int] = Field(sa_column=Column(JSON, nullable=False))
    persona_ids: list[int] = Field(sa_column=Column(JSON, nullable=False))
    channels: list[str] = Field(sa_column=Column(JSON, nullable=False))
    starts_on: date | None = None
    ends_on: date | None = None
    link: str | None = Field(default=None, sa_column=Column(Text))
    variants: int = 5
    seed: int = 0
    thumbnails: bool = True
    job_id: str | None = Field(default=None, max_length=80)
    author: str = Field(default="", max_length=80)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class DraftRow(SQLModel, table=True):
    """One variant of one product's post for one persona on one channel."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("campaign_id", "slot"),)
    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    persona_id: int | None = Field(default=None, foreign_key="persona.id", index=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    channel: str = Field(max_length=20)
    variant: int
    slot: str = Field(max_length=120)


class DraftVersionRow(SQLModel, table=True):
    """The exact content of a draft at one point, the brief it answers and how it was made."""

    __tablename__ = "draft_version"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    draft_id: int = Field(foreign_key="draft.id", index=True)
    number: int
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    content_hash: str = Field(max_length=64, index=True)
    parts: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    brief: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    persona_version: int | None = None
    seed: int = 0
    method: str = Field(max_length=80)
    model_cards: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )
    ai_generated: bool = True
    verdict: str = Field(default="needs_human", max_length=12)
    author: str = Field(default="", max_length=80)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class CheckRow(SQLModel, table=True):
    """What one fidelity check said about one version. ``digest`` tells the rules and models it followed."""

    __tablename__ = "fidelity_check"
    version_id: int = Field(primary_key=True, foreign_key="draft_version.id")
    name: str = Field(primary_key=True, max_length=40)
    verdict: str = Field(max_length=12)
    findings: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    digest: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})


class DecisionRow(SQLModel, table=True):
    """What a reviewer decided, about exactly this content. Never changed, never removed.

    ``sequence`` counts the decisions on a version; its uniqueness makes one of two reviewers win.
    """

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("version_id", "sequence"),)
    id: int | None = Field(default=None, primary_key=True)
    version_id: int = Field(foreign_key="draft_version.id", index=True)
    sequence: int
    content_hash: str = Field(max_length=64)
    verdict: str = Field(max_length=16)
    comment: str = Field(default="", sa_column=Column(Text, nullable=False))
    waivers: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    reviewer: str = Field(max_length=80)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class DecisionWordsRow(SQLModel, table=True):
    """What a reviewer wrote, apart from the decision: it may name somebody who is erased later.

    The ledger's line holds its hash; ``DecisionRow.comment`` and ``waivers`` are empty.
    """

    __tablename__ = "decision_words"
    decision_id: int = Field(primary_key=True, foreign_key="decision.id")
    comment: str = Field(default="", sa_column=Column(Text, nullable=False))
    waivers: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class ExportRow(SQLModel, table=True):
    """A package of approved content that left the workspace."""

    __tablename__ = "export"
    id: int | None = Field(default=None, primary_key=True)
    file_name: str = Field(max_length=200)
    sha256: str = Field(max_length=64)
    manifest: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    author: str = Field(default="", max_length=80)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ExportItemRow(SQLModel, table=True):
    """One version in an export, with the hash it was approved under."""

    __tablename__ = "export_item"
    export_id: int = Field(primary_key=True, foreign_key="export.id")
    version_id: int = Field(primary_key=True, foreign_key="draft_version.id", index=True)
    content_hash: str = Field(max_length=64)
