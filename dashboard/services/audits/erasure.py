"""Erasing one person on request: find them, say what is held, remove it everywhere, leave a receipt.

Uploads that wait, kept reports and the vectors of the person's texts go first; then everything else in one
transaction, with the receipt in the ledger. Whatever stops in between, the person is either still there, to be
erased again, or gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import pandas as pd
from sqlmodel import Session

from dashboard.services import files
from dashboard.services.encoders import text_encoder
from dashboard.services.identities import asked_tokens, id_spellings, redactor, search_tokens
from dashboard.services.people import MAY_MANAGE, User, require
from dashboard.workspace import Workspace
from db import ledger
from db.errors import StoreError
from db.proof import masked_words
from db.repositories import campaigns, erasure, mentions
from db.repositories.erasure import Held
from db.repositories.mentions import Mention
from db.vault import Vault
from engine.content import content_hash
from engine.kept import POST
from engine.redaction import Redactor, in_order, kept_forms, known_values

MIN_VALUE = 4


@dataclass(frozen=True)
class Receipt:
    """What was removed of a person, and in how many other rows their name was masked.

    ``line`` is the ledger's number that proves it.
    """

    line: int
    removed: Held
    masked: int = 0


def find(workspace: Workspace, user: User, who: str) -> list[Held]:
    """Return what is held of everybody who goes by a customer id, name, e-mail, phone or address.

    Raises
    ------
    NotAllowedError
        When the user is no admin.
    StoreError
        When nothing was asked for.
    """
    require(user, MAY_MANAGE, "look up a person")
    who = who.strip()
    if not who:
        raise StoreError("Say whom: the customer's id as in your files, or their exact e-mail, name or phone.")
    by_id = id_spellings(workspace.vault, who)
    with workspace.database.reading() as session:
        named = [erasure.with_token(session, token) for token in (*by_id, *asked_tokens(workspace.vault, who))]
        people = dict.fromkeys([*by_id, *sorted({one for several in named for one in several})])
        found = [erasure.held(session, pseudonym) for pseudonym in people]
    return [h for h in found if h.rows]


def erase(workspace: Workspace, user: User, pseudonym: str, who: str = "") -> Receipt:
    """Remove a person everywhere. ``who`` is how they were found, to be looked for in left-out rows too.

    Raises
    ------
    NotAllowedError
        When the user is no admin.
    StoreError
        When nothing is held of the person, or a file is being brought in.
    """
    require(user, MAY_MANAGE, "erase a person")
    with workspace.database.reading() as session:
        reviews, answers = erasure.texts(session, pseudonym)
        sealed = erasure.sealed_identity(session, pseudonym)
        tokens = erasure.tokens_of(session, pseudonym)
    vault = workspace.vault
    values = vault.unseal(sealed, pseudonym) if sealed else {}
    names = _names(vault, values, tokens, pseudonym, who)
    lines = [line for v in values.values() for line in v.split("\n")]
    known = {v.casefold() for v in (*lines, *names, who.strip()) if len(v) >= MIN_VALUE}
    files.drop_material(workspace)
    _forget_vectors(workspace, reviews, answers)

    def speaks_of(import_id: int, value: bytes) -> bool:
        plain = workspace.vault.unseal(value, f"import:{import_id}").get("value", "").casefold()
        return any(part in plain for part in known)

    with workspace.database.writing() as session:
        if running := erasure.running_imports(session):
            raise StoreError(f"Import {running[0]} is bringing rows in. Wait until it ended, or cancel it.")
        removed = erasure.erase(
            session,
            pseudonym,
            speaks_of,
            names={vault.token(form): kind for form, kind in kept_forms(names).items()},
            spellings=tokens - set(search_tokens(vault, values)),
        )
        redact = Redactor(names, patterns=False).redact
        named = mentions.mask(session, redact, names)
        drafts = _mask_drafts(session, redact)
        session.flush()
        resigned = masked_words(
            session,
            vault,
            {m.before["decision_id"] for m in named if m.table == "decision_words"},
            {m.before["id"] for m in named if m.table == "export"},
        )
        receipt = {"removed": asdict(removed), "masked": len(named) + drafts, **resigned}
        line = ledger.append(session, vault, "erasure", user.name, receipt)
    _forget_vectors(workspace, *_texts_of(named))
    erasure.drop_traces(workspace.database)
    return Receipt(line, removed, len(named) + drafts)


def _mask_drafts(session: Session, redact: Callable[[str], str]) -> int:
    """Mask the person in drafts that nobody has decided on, and return in how many; what was signed stays as it was."""
    changed = 0
    for version in campaigns.undecided(session):
        before = {"content": version.content, "parts": version.parts, "brief": version.brief}
        after = {name: mentions.masked(value, redact) for name, value in before.items()}
        if after != before:
            digest = content_hash(POST.read(after["content"]))
            campaigns.reword(session, version.id, **after, content_hash=digest)
            changed += 1
    return changed


def _names(vault: Vault, values: dict[str, str], tokens: set[str], pseudonym: str, who: str) -> list[str]:
    """Return what the person is known by in texts; how they were asked for too, unless it is their id."""
    by_id = set(id_spellings(vault, who.strip()))
    is_id = pseudonym in by_id or bool(tokens & by_id)
    return [*known_values(values), *([] if is_id or not who.strip() else [in_order(who.strip())])]


def _texts_of(named: list[Mention]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return other people's reviews and answers that named the person, as they were."""
    reviews = [(m.before["title"] or "", m.before["text"] or "") for m in named if m.table == "review"]
    given = [m.before["answers"] for m in named if m.table == "survey_response"]
    return reviews, [text for answers in given for text in answers.values()]


def _forget_vectors(workspace: Workspace, reviews: list[tuple[str, str]], answers: list[str]) -> None:
    """Delete the vectors of a person's texts, as they were encoded and as they are."""
    joined = [f"{title}. {text}" for title, text in reviews]
    masked = redactor(workspace).redact_all(pd.Series([*joined, *answers], dtype=object))
    text_encoder(workspace).forget([*joined, *answers, *masked])


def receipt_words(receipt: Receipt) -> str:
    """Return what was done for a person, in sentences that do not say who it is."""
    masked = f" Their name was masked in {receipt.masked:,} other rows." if receipt.masked else ""
    line = f" The receipt is line {receipt.line} of the ledger."
    return f"Erased. {held_words(receipt.removed, 'Removed')}{masked}{line}"


def held_words(held: Held, verb: str = "Held") -> str:
    """Return what is held of a person in a sentence, without saying who it is."""
    names = {
        "profiles": ("profile", "profiles"),
        "identities": ("record of name and addresses", "records of name and addresses"),
        "reviews": ("review", "reviews"),
        "interactions": ("interaction", "interactions"),
        "consents": ("consent event", "consent events"),
        "answers": ("survey answer sheet", "survey answer sheets"),
        "personas": ("persona built with them among others", "personas built with them among others"),
    }
    parts = [f"{n:,} {one if n == 1 else many}" for k, (one, many) in names.items() if (n := getattr(held, k))]
    parts += [f"{n:,} {name}" for name, n in held.others.items() if n]
    return f"{verb}: {', '.join(parts)}."
