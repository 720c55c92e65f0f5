"""The append-only ledger, its signed head, and the people who use the workspace."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel

from db.types import UtcDateTime, now


class LedgerRow(SQLModel, table=True):
    """One line of the ledger. Triggers refuse to change or remove it."""

    __tablename__ = "ledger"
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: str = Field(max_length=40)
    kind: str = Field(max_length=40, index=True)
    actor: str = Field(max_length=80)
    payload: str = Field(sa_column=Column(Text, nullable=False))
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class LedgerHeadRow(SQLModel, table=True):
    """The last line's number and hash, signed under the workspace key: it exposes truncation."""

    __tablename__ = "ledger_head"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sequence: int
    hash: str = Field(max_length=64)
    signature: str = Field(max_length=64)


class WorkspaceRow(SQLModel, table=True):
    """The one row that says whose workspace this is. ``key_check`` proves the workspace key."""

    __tablename__ = "workspace"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(max_length=120)
    key_check: str = Field(max_length=64)
    demo: bool = False
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class JobRow(SQLModel, table=True):
    """A long task: what was asked, how far it has come and how it ended.

    The workflow engine runs it and resumes it; this row is what people see and how they cancel it. ``worker``
    holds the token of the one process that may write for it now; ``lost`` counts the workers that died with it.
    """

    __tablename__ = "job"
    id: str = Field(primary_key=True, max_length=80)
    kind: str = Field(max_length=40, index=True)
    title: str = Field(max_length=200)
    params: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    author: str = Field(default="", max_length=80)
    done: int = 0
    total: int = 0
    message: str = Field(default="", max_length=300)
    state: str = Field(default="waiting", max_length=12)
    cancel_requested: bool = False
    error: str | None = Field(default=None, sa_column=Column(Text))
    result: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    worker: str | None = Field(default=None, max_length=40, index=True)
    lost: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class WorkerRow(SQLModel, table=True):
    """The lease of one worker process: its token, made anew at each start, and until when it holds."""

    __tablename__ = "worker"
    token: str = Field(primary_key=True, max_length=40)
    until: datetime = Field(sa_type=UtcDateTime)


class UserRow(SQLModel, table=True):
    """Somebody who may sign in, in team mode."""

    __tablename__ = "user_account"
    name: str = Field(primary_key=True, max_length=80)
    role: str = Field(max_length=12)
    password_hash: str = Field(max_length=300)
    disabled: bool = False
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class SessionRow(SQLModel, table=True):
    """One sign-in of one person on one browser. Only the hash of its token is kept."""

    __tablename__ = "user_session"
    token_hash: str = Field(primary_key=True, max_length=64)
    user_name: str = Field(foreign_key="user_account.name", max_length=80, index=True)
    started_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    seen_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
