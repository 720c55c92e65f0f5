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
    with workspace.database.reading() as session:
        stamp = people.identity_stamp(session)
    return _redactor(workspace, stamp)


@lru_cache(maxsize=2)
def _redactor(workspace: Workspace, _stamp: tuple[int, int]) -> Redactor:
    known: set[str] = set()
    with workspace.database.reading() as session:
        for owner, sealed in people.sealed_identities(session):
            known.update(workspace.vault.unseal(sealed, owner).values())
    return Redactor(known)
