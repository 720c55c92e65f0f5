"""Known identities: what must never appear in a persona, a prompt or a post, and how people are found by it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from dashboard.workspace import Workspace
from db.repositories import people
from db.vault import Vault
<<<<<<< HEAD
from engine.redaction import MIN_DIGITS, ErasedPeople, Redactor, contact_forms, in_order, visible

# Not looked for in texts: they are other people's too ("Dr", a postcode), or say nothing of who it is.
NOT_IN_TEXTS = frozenset(["name_title", "initials", "postcode", "birth_date", "order_number"])
_NAMES = frozenset(["name", "first_name", "middle_name", "last_name"])
_DETAILS = frozenset(["personal_detail"])
_USER_NAME = re.compile(r"(?=.*[^\W\d])[\w.-]{5,}")


def full_names(values: Mapping[str, str]) -> list[str]:
    """Return the names of one person as they are written out: "Ann B. Alpha", "Ann Alpha".

    Parameters
    ----------
    values : mapping
        What is sealed of the person, by field; several values of a field are lines.
    """
    lines = [in_order(line) for line in values.get("name", "").split("\n") if line.strip()]
    first, middle, last = (values.get(f"{part}_name", "").strip() for part in ("first", "middle", "last"))
    if len(lines) == 1 and " " not in lines[0]:  # "Nombre" beside "Apellidos", "Nom" beside "Prénom": the other part
        first, last = (first or lines[0], last) if last else (first, lines[0] if first else "")
    if len(lines) > 1 and not any(" " in line for line in lines):
        lines.append(" ".join(lines))  # the parts of a name, all mapped to "name" by hand
    parts = [" ".join(filter(None, some)) for some in ((first, middle, last), (first, last))]
    return list(dict.fromkeys([*lines, *(part for part in parts if part)]))


def known_values(values: Mapping[str, str]) -> list[str]:
    """Return what of a person's sealed values is looked for in texts."""
    others = [v for field, v in values.items() if field not in _NAMES | NOT_IN_TEXTS | _DETAILS]
    details = (_as_handle(line) for field in _DETAILS for line in values.get(field, "").split("\n") if line)
    return [*full_names(values), *(line for value in others for line in value.split("\n")), *details]


def _as_handle(detail: str) -> str:
    """Return a user name with its sign: it names somebody wherever it stands, in small letters too."""
    return f"@{detail}" if _USER_NAME.fullmatch(detail) else detail
=======
from engine.redaction import (
    ErasedPeople,
    Redactor,
    full_names,
    in_order,
    known_values,
    other_values,
    same_forms,
)
>>>>>>> main


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
<<<<<<< HEAD
    """Return the tokens of the e-mails or phones of one cell, the same for every spelling and with a tag or without."""
    lines = cell.split("\n")
    return [vault.token(form) for line in lines for form in (*_same(line), *contact_forms(line))]
=======
    """Return the tokens of the e-mails or phones of one cell, the same for every spelling."""
    return [vault.token(form) for line in cell.split("\n") for form in same_forms(line)]
>>>>>>> main


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
