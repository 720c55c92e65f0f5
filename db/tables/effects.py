"""Interventions and the effects that were measured around them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel

from db.types import UtcDateTime, now


class InterventionRow(SQLModel, table=True):
    """Something that began on a day: a campaign, a new way of making posts."""

    __tablename__ = "intervention"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=200)
    on: date
    washout_days: int = 0
    shape: str = Field(default="step", max_length=12)
    until: date | None = None
    ramp_days: int | None = None
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    author: str = Field(default="", max_length=80)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class EffectRow(SQLModel, table=True):
    """One analysis as it was shown: its settings and its result."""

    __tablename__ = "effect"
    id: int | None = Field(default=None, primary_key=True)
    intervention_id: int = Field(foreign_key="intervention.id", index=True)
    metric: str = Field(max_length=120)
    segment_kind: str | None = Field(default=None, max_length=40)
    segment: str | None = Field(default=None, max_length=200)
    settings: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    result: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    author: str = Field(default="", max_length=80)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
