"""Who is at work and what they may do. Every service that changes something asks here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import math
import os
from dataclasses import dataclass
from typing import Literal

from dashboard.sign_in_limits import Guesses
from dashboard.workspace import Workspace
from db import ledger
from db.repositories import users
from db.repositories.users import UserRecord

Role = Literal["viewer", "editor", "reviewer", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "editor", "reviewer", "admin")
MAY_EDIT: tuple[Role, ...] = ("editor", "admin")
MAY_REVIEW: tuple[Role, ...] = ("reviewer", "admin")
MAY_EXPORT: tuple[Role, ...] = ("editor", "reviewer", "admin")
MAY_MANAGE: tuple[Role, ...] = ("admin",)
SCRYPT = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 2**20}
MIN_PASSWORD, MIN_DIFFERENT = 12, 6
MAX_NAME = 80
ACCOUNTS_SIGNED = "accounts signed"
_guesses = Guesses()


class NotAllowedError(ValueError):
    """The person's role does not allow this."""


class TooManyTriesError(ValueError):
    """Too many wrong passwords; ``wait`` says for how many seconds no other is looked at."""

    def __init__(self, wait: float) -> None:
        minutes = math.ceil(wait / 60)
        super().__init__(f"Too many wrong tries. Wait {minutes} minute{'s' if minutes > 1 else ''} and try again.")
        self.wait = wait


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
        When the password is shorter than 12 characters or repeats a few of them.
    """
    if len(password) < MIN_PASSWORD:
        raise NotAllowedError(f"A password needs at least {MIN_PASSWORD} characters.")
    if len(set(password)) < MIN_DIFFERENT:
        raise NotAllowedError("This password repeats the same few characters. Use a longer phrase of your own.")
    salt = os.urandom(16)
    digest = hashlib.scrypt(password.encode(), salt=salt, **SCRYPT)
    return f"{base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _signature(workspace: Workspace, name: str, role: str, hashed: str, disabled: bool) -> str:
    return workspace.vault.mark("account", json.dumps([name, role, hashed, disabled]))


def _signed(workspace: Workspace, name: str, role: str, hashed: str, disabled: bool = False) -> str:
    """Return a password's hash with a signature over the whole account, as it is kept."""
    return f"{hashed}${_signature(workspace, name, role, hashed, disabled)}"


def _unsigned(stored: str) -> str:
    return "$".join(stored.split("$")[:2])


def stands(workspace: Workspace, record: UserRecord) -> bool:
    """Say whether an account was made in the app: who may only write the database makes no admin of anybody."""
    hashed = _unsigned(record.password_hash)
    wanted = _signed(workspace, record.name, record.role, hashed, record.disabled)
    return hmac.compare_digest(wanted.encode(), record.password_hash.encode())


def sign_accounts(workspace: Workspace, author: User) -> None:
    """Sign the accounts of an older version, once; the ledger says that it was done.

    From then on an account without its signature is nobody's.

    Raises
    ------
    NotAllowedError
        When the author is no admin.
    """
    require(author, MAY_MANAGE, "sign accounts")
    with workspace.database.writing(alone=True) as session:
        if ledger.lines(session, ACCOUNTS_SIGNED, 1):
            return
        found = [u for u in users.listing(session) if "$" in u.password_hash and not stands(workspace, u)]
        for user in found:
            signed = _signed(workspace, user.name, user.role, _unsigned(user.password_hash), user.disabled)
            users.save(session, user.name, user.role, signed, user.disabled)
        ledger.append(session, workspace.vault, ACCOUNTS_SIGNED, author.name, {"accounts": len(found)})


def _matches(password: str, stored: str) -> bool:
    salt, digest = (base64.b64decode(part) for part in stored.split("$"))
    return hmac.compare_digest(hashlib.scrypt(password.encode(), salt=salt, **SCRYPT), digest)


_NOBODY = base64.b64encode(bytes(16)).decode() + "$" + base64.b64encode(bytes(64)).decode()


def authenticate(
    workspace: Workspace, name: str, password: str, address: str = "", browser: str = ""
) -> UserRecord | None:
    """Return the person when name and password fit, else None, in about the same time either way.

    Parameters
    ----------
    address
        Where the try comes from. Wrong tries are limited by name and by address.
    browser
        What tells the browser apart, where this very name signed in there before; its tries are counted apart.

    Raises
    ------
    TooManyTriesError
        When there were too many wrong tries; whether the name exists makes no difference.
    """
    key = f"{workspace.folder}\n{name}"
    wait = _guesses.take(key, address, browser)
    if wait > 0:
        raise TooManyTriesError(wait)
    found = None
    if _is_name(name):
        with workspace.database.reading() as session:
            found = users.get(session, name)
    fits = _matches(password, _unsigned(found.password_hash) if found else _NOBODY)
    if found is None or not fits or found.disabled or not stands(workspace, found):
        return None
    _guesses.forgive(key, address, browser)
    return found


def _is_name(name: str) -> bool:
    return 0 < len(name) <= MAX_NAME and name.isprintable() and name == name.strip()


def save_user(workspace: Workspace, author: User, name: str, role: Role, password: str) -> None:
    """Add a user or change one's role and password; whoever was signed in under the name is signed out.

    Raises
    ------
    NotAllowedError
        When the author is no admin, the role or name cannot be used or the password is too short.
    """
    require(author, MAY_MANAGE, "manage people")
    if role not in ROLES:
        raise NotAllowedError(f"There is no role {role}. Use {', '.join(ROLES)}.")
    name = name.strip()
    if not _is_name(name):
        raise NotAllowedError(f"A name has 1 to {MAX_NAME} letters, in one line.")
    hashed = hash_password(password)
    with workspace.database.writing() as session:
        users.save(session, name, role, _signed(workspace, name, role, hashed))
        ledger.append(session, workspace.vault, "user", author.name, {"role": role})


def disable(workspace: Workspace, author: User, name: str) -> None:
    """Take away a person's access at once. `save_user` gives it back.

    Raises
    ------
    NotAllowedError
        When the author is no admin, nobody has that name, or it is the author's own.
    """
    require(author, MAY_MANAGE, "manage people")
    if name == author.name and author != LOCAL_USER:
        raise NotAllowedError("You cannot take away your own access. Ask another admin.")
    with workspace.database.writing() as session:
        found = users.get_for_change(session, name)
        if found is None:
            raise NotAllowedError(f"Nobody is called {name}. Look at the list of people.")
        hashed = _unsigned(found.password_hash)
        users.save(session, name, found.role, _signed(workspace, name, found.role, hashed, True), disabled=True)
        ledger.append(session, workspace.vault, "user", author.name, {"role": found.role, "disabled": True})


def change_password(workspace: Workspace, user: User, old: str, new: str) -> None:
    """Change one's own password; every session of the person ends, this one too.

    Raises
    ------
    NotAllowedError
        When the old password is wrong or the new one too short.
    TooManyTriesError
        When the old password was wrong too often.
    """
    hashed = hash_password(new)
    found = authenticate(workspace, user.name, old, f"signed in as {user.name}")
    if found is None:
        raise NotAllowedError("That is not your present password. Nothing was changed.")
    with workspace.database.writing() as session:
        if users.get_for_change(session, user.name) != found:
            raise NotAllowedError("An admin changed your access a moment ago. Nothing was changed.")
        users.save(session, found.name, found.role, _signed(workspace, found.name, found.role, hashed))
        ledger.append(session, workspace.vault, "user", user.name, {"role": found.role})
