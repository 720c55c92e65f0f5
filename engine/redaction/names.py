"""The names of a person as they are written out, and a text without those of whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from engine.redaction.known import MIN_DIGITS, in_order
from engine.redaction.redactor import Redactor

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


def other_values(values: Mapping[str, str], without: frozenset[str] = frozenset()) -> list[str]:
    """Return what is looked for of a person's sealed values beside the name: e-mails, phones, addresses."""
    left_out = _NAMES | NOT_IN_TEXTS | without
    return [line for field, v in values.items() if field not in left_out for line in v.split("\n")]


def known_values(values: Mapping[str, str]) -> list[str]:
    """Return what of a person's sealed values is looked for in texts."""
    details = (_as_handle(line) for field in _DETAILS for line in values.get(field, "").split("\n") if line)
    return [*full_names(values), *other_values(values, _DETAILS), *details]


def _as_handle(detail: str) -> str:
    """Return a user name with its sign: it names somebody wherever it stands, in small letters too."""
    return f"@{detail}" if _USER_NAME.fullmatch(detail) else detail


def same_forms(value: str) -> Iterator[str]:
    """Yield a value, and for a phone the form that all its spellings share (its last nine digits)."""
    yield value
    digits = re.sub(r"\D", "", value)
    if len(digits) >= MIN_DIGITS and not re.search(r"[^\W\d]", value):
        yield f"tel:{digits[-9:]}"


def without_own_names(texts: pd.Series, rows: pd.DataFrame, fields: Sequence[str]) -> pd.Series:
    """Mask in each text what the same row says of who wrote it: people sign their reviews.

    Parameters
    ----------
    fields : sequence of str
        The columns of ``rows`` that name a person; those that are not there are passed over.
    """
    present = [c for c in fields if c in rows and rows[c].notna().any()]
    if not present:
        return texts
    masked = texts.to_numpy(copy=True)
    for place, (text, *cells) in enumerate(zip(texts, *(rows[c] for c in present), strict=True)):
        said = {name: v for name, v in zip(present, cells, strict=True) if isinstance(v, str)}
        if not said or not isinstance(text, str):
            continue
        own, plain = known_values(said), text.casefold()
        parts = [part.lstrip("@") for value in own for part in value.casefold().split() if len(part) > 1]
        if any(part in plain for part in parts):
            # Who signs with a first name is known here by that alone.
            masked[place] = Redactor([*own, *(said[n] for n in ("first_name", "last_name") if n in said)]).redact(text)
    return pd.Series(masked, index=texts.index, dtype=object)
