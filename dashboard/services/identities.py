"""Known identities: what must never appear in a persona, a prompt or a post, and how people are found by it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from dashboard.workspace import Workspace
from db.repositories import people
from db.vault import Vault
from engine.redaction import (
    ErasedPeople,
    Redactor,
    contact_forms,
    full_names,
    in_order,
    known_values,
    other_values,
    same_forms,
    visible,
)


def search_tokens(vault: Vault, values: Mapping[str, str]) -> list[str]:
    """Return the tokens by which a person with these sealed values is found again."""
    lines = [*other_values(values), *values.get("order_number", "").split("\n")]
    forms = [*full_names(values), *(form for line in lines for form in same_forms(line))]
    return list(dict.fromkeys(vault.token(form) for form in forms if form.strip()))


def asked_tokens(vault: Vault, who: str) -> list[str]:
    """Return the tokens of what somebody is asked for by: a name in either order, an e-mail, a phone in any form."""
    return list(dict.fromkeys(vault.token(form) for form in (*same_forms(who), in_order(who))))


def id_spellings(vault: Vault, customer_id: str) -> list[str]:
    """Return the pseudonyms of an id as it is written and as it looks, in small letters and in capitals."""
    seen = visible(customer_id)
    forms = dict.fromkeys(f for i in (customer_id, seen) for f in (i, i.lower(), i.upper()))
    return vault.pseudonyms(f"customer:{form}" for form in forms)


def contact_tokens(vault: Vault, cell: str) -> list[str]:
    """Return the tokens of the e-mails or phones of one cell, the same for every spelling and with a tag or without."""
    lines = cell.split("\n")
    return [vault.token(form) for line in lines for form in (*same_forms(line), *contact_forms(line))]


def redactor(workspace: Workspace) -> Redactor:
    """Return the matcher of every name, e-mail, phone and address that the workspace knows, or knew and erased.

    It is built anew when identities were added or removed, and kept in memory only.
    """
    return _redactor(workspace, stamp(workspace))


def stamp(workspace: Workspace) -> tuple[int, int, int]:
    """Return what changes whenever the workspace learns of an identity or forgets one."""
    with workspace.database.reading() as session:
        return people.identity_stamp(session)


@lru_cache(maxsize=2)
def _redactor(workspace: Workspace, _stamp: tuple[int, int, int]) -> Redactor:
    known: set[str] = set()
    with workspace.database.reading() as session:
        for owner, sealed in people.sealed_identities(session):
            known.update(known_values(workspace.vault.unseal(sealed, owner)))
        erased = people.erased_names(session)
    return Redactor(known, erased=ErasedPeople(erased, workspace.vault.token))
