"""The people who may sign in, in team mode, and their sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, or_, select, update

from db.tables import SessionRow, UserRow


@dataclass(frozen=True)
class UserRecord:
    """A person with a role and the hash of a password."""

    name: str
    role: str
    password_hash: str
    disabled: bool


@dataclass(frozen=True)
class SessionRecord:
    """A person's sign-in: when it began and when it was last used."""

    user: UserRecord
    started_at: datetime
    seen_at: datetime


def _user(row: UserRow) -> UserRecord:
    return UserRecord(row.name, row.role, row.password_hash, row.disabled)


def get(session: Session, name: str) -> UserRecord | None:
    """Return a user by name."""
    row = session.get(UserRow, name)
    return None if row is None else _user(row)


def get_for_change(session: Session, name: str) -> UserRecord | None:
    """Return a user by name; nobody else changes that user until this transaction ends."""
    row = session.get(UserRow, name, with_for_update=True)
    return None if row is None else _user(row)


def listing(session: Session) -> list[UserRecord]:
    """Return all users by name."""
    return [_user(row) for row in session.exec(select(UserRow).order_by(col(UserRow.name)))]


def save(session: Session, name: str, role: str, password_hash: str, disabled: bool = False) -> None:
    """Add a user, or change one. Whoever was signed in under that name is signed out."""
    row = session.get(UserRow, name, with_for_update=True) or UserRow(name=name, role=role, password_hash=password_hash)
    row.role, row.password_hash, row.disabled = role, password_hash, disabled
    session.add(row)
    end_sessions(session, name)


def add_session(session: Session, name: str, token_hash: str, at: datetime) -> None:
    """Keep a new sign-in."""
    session.add(SessionRow(token_hash=token_hash, user_name=name, started_at=at, seen_at=at))


def find_session(session: Session, token_hash: str) -> SessionRecord | None:
    """Return a sign-in with its person as they are now."""
    wanted = select(SessionRow, UserRow).join(UserRow).where(SessionRow.token_hash == token_hash)
    found = session.exec(wanted).first()
    return None if found is None else SessionRecord(_user(found[1]), found[0].started_at, found[0].seen_at)


def note_use(session: Session, token_hash: str, at: datetime) -> None:
    """Say that a sign-in was used. One that was ended meanwhile stays ended."""
    session.execute(update(SessionRow).where(col(SessionRow.token_hash) == token_hash).values(seen_at=at))


def end_session(session: Session, token_hash: str) -> None:
    """End one sign-in."""
    session.execute(delete(SessionRow).where(col(SessionRow.token_hash) == token_hash))


def end_sessions(session: Session, name: str) -> None:
    """End every sign-in of a person."""
    session.execute(delete(SessionRow).where(col(SessionRow.user_name) == name))


def drop_ended(session: Session, started_before: datetime, seen_before: datetime) -> None:
    """Remove the sign-ins that have run out."""
    ended = or_(col(SessionRow.started_at) < started_before, col(SessionRow.seen_at) < seen_before)
    session.execute(delete(SessionRow).where(ended))
