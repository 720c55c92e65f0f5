"""Who is at work and what they may do. Every service that changes something asks here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import Literal

from dashboard.workspace import Workspace
from db import ledger
from db.repositories import users

Role = Literal["viewer", "editor", "reviewer", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "editor", "reviewer", "admin")
MAY_EDIT: tuple[Role, ...] = ("editor", "admin")
MAY_REVIEW: tuple[Role, ...] = ("reviewer", "admin")
MAY_EXPORT: tuple[Role, ...] = ("editor", "reviewer", "admin")
SCRYPT = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 2**20}
MIN_PASSWORD = 12


class NotAllowedError(ValueError):
    """The person's role does not allow this."""


@dataclass(frozen=True)
class User:
    """Somebody at work. In local mode there is one, who may do everything."""

    name: str
    role: Role


LOCAL_USER = User("You", "admin")


def require(user: User, allowed: tuple[Role, ...], what: str) -> None:
    """Stop unless the person's role allows it.

    Raises
    ------
    NotAllowedError
        With who may do it instead.
    """
    if user.role not in allowed:
        raise NotAllowedError(f"As {user.role} you cannot {what}. Ask somebody with the role {' or '.join(allowed)}.")


def hash_password(password: str) -> str:
    """Return salt and scrypt hash (RFC 7914), base64.

    Raises
    ------
    NotAllowedError
        When the password is shorter than 12 characters.
    """
    if len(password) < MIN_PASSWORD:
        raise NotAllowedError(f"A password needs at least {MIN_PASSWORD} characters.")
    salt = os.urandom(16)
    digest = hashlib.scrypt(password.encode(), salt=salt, **SCRYPT)
    return f"{base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _matches(password: str, stored: str) -> bool:
    salt, digest = (base64.b64decode(part) for part in stored.split("$"))
    return hmac.compare_digest(hashlib.scrypt(password.encode(), salt=salt, **SCRYPT), digest)


_NOBODY = base64.b64encode(bytes(16)).decode() + "$" + base64.b64encode(bytes(64)).decode()


def authenticate(workspace: Workspace, name: str, password: str) -> User | None:
    """Return the user when name and password fit, else None, in about the same time either way."""
    with workspace.database.reading() as session:
        found = users.get(session, name)
    fits = _matches(password, found.password_hash if found else _NOBODY)
    if found is None or not fits or found.disabled:
        return None
    return User(found.name, found.role)  # type: ignore[arg-type]


def save_user(workspace: Workspace, author: User, name: str, role: Role, password: str) -> None:
    """Add a user or change one's role and password.

    Raises
    ------
    NotAllowedError
        When the author is no admin, the role is unknown or the password too short.
    """
    require(author, ("admin",), "manage people")
    if role not in ROLES:
        raise NotAllowedError(f"There is no role {role}. Use {', '.join(ROLES)}.")
    with workspace.database.writing() as session:
        users.save(session, name.strip(), role, hash_password(password))
        ledger.append(session, workspace.vault, "user", author.name, {"role": role})
