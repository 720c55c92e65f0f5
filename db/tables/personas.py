"""Personas: each build, each persona, its versions, who belongs to it and what it rests on."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel, UniqueConstraint

from db.about import AboutPeople
from db.types import UtcDateTime, now


class PersonaBuildRow(SQLModel, table=True):
    """One run over the consented customers: its settings, seed and what it found."""

    __tablename__ = "persona_build"
    id: int | None = Field(default=None, primary_key=True)
    state: str = Field(default="waiting", max_length=12)
    settings: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    result: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    error: str | None = Field(default=None, sa_column=Column(Text))
    job_id: str | None = Field(default=None, max_length=80)
    author: str = Field(default="", max_length=80)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PersonaRow(SQLModel, table=True):
    """A persona of one build, and of how many people. Archived ones stay for the posts that were made from them."""

    __tablename__ = "persona"
    __table_args__ = (UniqueConstraint("build_id", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    build_id: int = Field(foreign_key="persona_build.id", index=True)
    key: str = Field(max_length=40)
    archived: bool = False
    size: int = 0


class PersonaVersionRow(SQLModel, table=True):
    """The card of a persona as it stood: a rename or an edit makes another version."""

    __tablename__ = "persona_version"
    __table_args__ = (UniqueConstraint("persona_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    persona_id: int = Field(foreign_key="persona.id", index=True)
    number: int
    name: str = Field(max_length=120)
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    card: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    author: str = Field(default="", max_length=80)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class PersonaMemberRow(SQLModel, table=True):
    """A customer who belonged to a persona when it was built."""

    __tablename__ = "persona_member"
    about: ClassVar[AboutPeople] = AboutPeople("customer", "personas")
    persona_id: int = Field(primary_key=True, foreign_key="persona.id")
    customer: str = Field(primary_key=True, foreign_key="customer.pseudonym", index=True, max_length=32)


class PersonaEvidenceRow(SQLModel, table=True):
    """A review that a statement on the card rests on. ``item`` names the statement."""

    __tablename__ = "persona_evidence"
    persona_id: int = Field(primary_key=True, foreign_key="persona.id")
    item: str = Field(primary_key=True, max_length=120)
    review_id: int = Field(primary_key=True, foreign_key="review.id", index=True)
