"""Words that name a person who is being erased, wherever people wrote, typed or brought them in.

Every table is looked at, so that a new one cannot be forgotten; those that stay as they are say so below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

# What was signed stays as it was signed and names nobody; what a brand says of its own products is not about customers.
_SIGNED = ("ledger", "ledger_head", "decision", "draft_version", "export_item")
_OWN = ("product", "product_fact", "brand", "workspace", "user_account", "user_session")
AS_WRITTEN = frozenset((*_SIGNED, *_OWN))
# Who did it, and what rows are known by.
NOT_WORDS = frozenset(["author", "reviewer", "row_key", "key", "product_key", "sha256", "job_id", "shape"])
# A question is known by its words, in its own row as in every answer to it.
_KEYS_OF_WORDS = frozenset([("survey_item", "key")])
# What only spares people work, and would fit nothing any more once a name in it is masked.
_FORGOTTEN = frozenset(["column_mapping"])
SHORT = 64


@dataclass(frozen=True)
class Mention:
    """A row that named the person, as it was before."""

    table: str
    before: dict[str, Any]


def mask(session: Session, redact: Callable[[str], str], names: Sequence[str]) -> list[Mention]:
    """Mask a person in every table that may name them; return the rows that did.

    Parameters
    ----------
    redact : callable
        Masks the person in a text.
    names : sequence of str
        The person's names and addresses; rows without a piece of any are passed over by the database.
    """
    patterns = sorted({pattern for name in names for pattern in _patterns(name)})
    found: list[Mention] = []
    for table in SQLModel.metadata.sorted_tables if patterns else ():
        words = [] if table.name in AS_WRITTEN else [c for c in table.columns if _is_words(c)]
        if words:
            found += [Mention(table.name, before) for before in _mask_table(session, table, words, redact, patterns)]
    return found


def _is_words(column: sa.Column[Any]) -> bool:
    if (column.table.name, column.name) in _KEYS_OF_WORDS:
        return True
    if column.primary_key or column.foreign_keys or column.unique or column.name in NOT_WORDS:
        return False
    kind = column.type.impl_instance if isinstance(column.type, sa.TypeDecorator) else column.type
    if isinstance(kind, sa.JSON):
        return True
    return isinstance(kind, sa.String) and (kind.length is None or kind.length > SHORT)


def _patterns(name: str) -> Iterator[str]:
    """Yield LIKE patterns of which every text that names somebody fits one.

    Letters that are no ASCII may be written in several ways, so the longest piece without them stands for a
    word; of a phone the last digits in their order, whatever stands between.
    """
    digits = re.sub(r"\D", "", name)
    if digits and not re.search(r"[^\W\d_]", name):
        yield "%" + "%".join(digits[-9:]) + "%"
        return
    for word in name.lower().split():
        pieces = re.findall(r"[a-z0-9]+", word)
        longest = max(pieces, key=len, default="")
        if len(longest) > 1:
            yield f"%{longest}%"
        elif len(word.strip(".,")) > 1:
            yield "%"


def _mask_table(
    session: Session,
    table: sa.Table,
    words: list[sa.Column[Any]],
    redact: Callable[[str], str],
    patterns: Sequence[str],
) -> Iterator[dict[str, Any]]:
    texts = [sa.func.lower(sa.cast(c, sa.Text)) for c in words]
    likely = sa.or_(*(text.like(pattern) for text in texts for pattern in patterns))
    keys = list(table.primary_key)
    for row in session.connection().execute(sa.select(*keys, *words).where(likely)).mappings().all():
        before = {str(name): value for name, value in row.items()}
        after = {c.name: new for c in words if (new := masked(before[c.name], redact)) != before[c.name]}
        if after:
            same = sa.and_(*(key == before[key.name] for key in keys))
            change = table.delete() if table.name in _FORGOTTEN else table.update().values(after)
            session.connection().execute(change.where(same))
            yield before


def masked(value: Any, redact: Callable[[str], str]) -> Any:
    """Mask every text in a value of a column, however deep."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list):
        return [masked(one, redact) for one in value]
    if isinstance(value, dict):
        # The names too: columns and questions are called by what a file's header says, and that may name somebody.
        return {redact(name): masked(one, redact) for name, one in value.items()}
    return value
