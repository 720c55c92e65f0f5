"""People: pseudonyms, their attributes, their encrypted identity, and what they consented to."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from db.about import AboutPeople
from db.types import UtcDateTime, now


class CustomerRow(SQLModel, table=True):
    """A person, known only by a keyed pseudonym (a MAC of the marketer's own id)."""

    __tablename__ = "customer"
    pseudonym: str = Field(primary_key=True, max_length=32)
    import_id: int = Field(foreign_key="import.id", index=True)


class ProfileRow(SQLModel, table=True):
    """The attributes of one customer. Nothing here names anybody."""

    __tablename__ = "profile"
    about: ClassVar[AboutPeople] = AboutPeople("customer", "profiles", "profiling")
    __table_args__ = (Index("ix_profile_import_customer", "import_id", "customer"),)
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="import.id", index=True)
    row_key: str = Field(unique=True, max_length=80)
    row_hash: int = Field(sa_column=Column(BigInteger, nullable=False))
    customer: str = Field(foreign_key="customer.pseudonym", index=True, max_length=32)
    birth_year: int | None = None
    age: int | None = None
    gender: str | None = None
    education: str | None = None
    marital_status: str | None = None
    income: float | None = None
    country: str | None = None
    region: str | None = None
    joined_on: date | None = None
    attributes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class IdentityRow(SQLModel, table=True):
    """Name, e-mail, phone and address of one customer, sealed under the workspace key."""

    __tablename__ = "identity"
    about: ClassVar[AboutPeople] = AboutPeople("customer", "identities")
    customer: str = Field(primary_key=True, foreign_key="customer.pseudonym", max_length=32)
    import_id: int = Field(foreign_key="import.id", index=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class IdentityTokenRow(SQLModel, table=True):
    """A keyed token of a name or e-mail, to find a person without opening every envelope."""

    __tablename__ = "identity_token"
    about: ClassVar[AboutPeople] = AboutPeople("customer")
    token: str = Field(primary_key=True, max_length=32)
    customer: str = Field(primary_key=True, foreign_key="customer.pseudonym", max_length=32)


class ErasureRow(SQLModel, table=True):
    """A person who was erased. Only the pseudonym is kept, so that no later import brings them back."""

    __tablename__ = "erasure"
    pseudonym: str = Field(primary_key=True, max_length=32)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ErasedNameRow(SQLModel, table=True):
    """A keyed token of something that an erased person was known by, so that later texts are masked and checked.

    ``kind`` says what it is of: an e-mail or phone that nobody may come back under, or a form of a name.
    """

    __tablename__ = "erased_name"
    token: str = Field(primary_key=True, max_length=32)
    kind: str = Field(max_length=8)


class ConsentEventRow(SQLModel, table=True):
    """One event: a person's own word, or a statement of the legal basis for one import.

    Exactly one of ``customer`` and ``statement_import_id`` is set. A person's own latest event
    always wins over a statement; without either the answer is no. ``action`` is grant, object, withdraw,
    or unclear (a word that is neither yes nor no, which refuses).
    """

    __tablename__ = "consent_event"
    about: ClassVar[AboutPeople] = AboutPeople("customer", "consents")
    __table_args__ = (Index("ix_consent_latest", "purpose", "customer", "at", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    import_id: int | None = Field(default=None, foreign_key="import.id", index=True)
    customer: str | None = Field(default=None, max_length=32)
    statement_import_id: int | None = Field(default=None, foreign_key="import.id", index=True)
    purpose: str = Field(max_length=20)
    action: str = Field(max_length=10)
    basis: str | None = None
    source: str | None = None
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    recorded_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    row_key: str | None = Field(default=None, unique=True, max_length=80)
