"""Surveys: what was asked, what people answered, and what people made of the open answers."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel, UniqueConstraint

from db.about import AboutPeople
from db.types import UtcDateTime, now


class SurveyRow(SQLModel, table=True):
    """One survey, with one wave or more. Its import carries the legal basis for using the answers."""

    __tablename__ = "survey"
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="import.id", index=True)
    name: str = Field(max_length=200)
    source: str = Field(max_length=600)
    shape: str = Field(max_length=8)
    roles: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    notes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    author: str = Field(default="", max_length=80)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class SurveyItemRow(SQLModel, table=True):
    """One question as it was recognised or settled by hand.

    ``suggestions`` and ``coding`` hold what the newest jobs found in an open question's answers.
    """

    __tablename__ = "survey_item"
    __table_args__ = (UniqueConstraint("survey_id", "position"),)
    id: int | None = Field(default=None, primary_key=True)
    survey_id: int = Field(foreign_key="survey.id", index=True)
    position: int
    key: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(max_length=12)
    details: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    suggestions: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    coding: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class SurveyResponseRow(SQLModel, table=True):
    """What one person answered in one wave. Open answers were masked before they came here."""

    __tablename__ = "survey_response"
    about: ClassVar[AboutPeople] = AboutPeople("respondent", "answers", "survey")
    id: int | None = Field(default=None, primary_key=True)
    survey_id: int = Field(foreign_key="survey.id", index=True)
    import_id: int = Field(foreign_key="import.id", index=True)
    position: int
    respondent: str = Field(max_length=32, index=True)
    wave: str | None = Field(default=None, max_length=120)
    age_group: str | None = Field(default=None, max_length=120)
    answered_on: str | None = Field(default=None, max_length=40)
    weight: float | None = None
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class CodebookEventRow(SQLModel, table=True):
    """One step of the people who code an open question. Lines are only ever added."""

    __tablename__ = "codebook_event"
    __table_args__ = (UniqueConstraint("item_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="survey_item.id", index=True)
    number: int
    event: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
