"""Known identities: what must never appear in a persona, a prompt or a post."""

from __future__ import annotations

from functools import lru_cache

from dashboard.workspace import Workspace
from db.repositories import people
from engine.redaction import Redactor


def redactor(workspace: Workspace) -> Redactor:
    """Return the matcher of every name, e-mail, phone and address that the workspace knows.

    It is built anew when identities were added or removed, and kept in memory only.
    """
    return _redactor(workspace, stamp(workspace))


def stamp(workspace: Workspace) -> tuple[int, int]:
    """Return what changes whenever the workspace learns of an identity or forgets one."""
    with workspace.database.reading() as session:
        return people.identity_stamp(session)


@lru_cache(maxsize=2)
def _redactor(workspace: Workspace, _stamp: tuple[int, int]) -> Redactor:
    known: set[str] = set()
    with workspace.database.reading() as session:
        for owner, sealed in people.sealed_identities(session):
            known.update(workspace.vault.unseal(sealed, owner).values())
    return Redactor(known)
