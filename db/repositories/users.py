"""The people who may sign in, in team mode."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.tables import UserRow


@dataclass(frozen=True)
class UserRecord:
    """A person with a role and the hash of a password."""

    name: str
    role: str
    password_hash: str
    disabled: bool


def _user(row: UserRow) -> UserRecord:
    return UserRecord(row.name, row.role, row.password_hash, row.disabled)


def get(session: Session, name: str) -> UserRecord | None:
    """Return a user by name."""
    row = session.get(UserRow, name)
    return None if row is None else _user(row)


def listing(session: Session) -> list[UserRecord]:
    """Return all users by name."""
    return [_user(row) for row in session.exec(select(UserRow).order_by(col(UserRow.name)))]


def save(session: Session, name: str, role: str, password_hash: str, disabled: bool = False) -> None:
    """Add a user, or change one."""
    row = session.get(UserRow, name) or UserRow(name=name, role=role, password_hash=password_hash)
    row.role, row.password_hash, row.disabled = role, password_hash, disabled
    session.add(row)
