"""Columns that say who somebody is: told by their names in several languages, else by their values.

What they hold is sealed and never becomes an attribute, unless the marketer maps the column by hand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

import pandas as pd

from analytics.intake.values import FALSE, TRUE, without_nothing

ROLES = (
    "first_name",
    "middle_name",
    "last_name",
    "name_title",
    "initials",
    "name",
    "email",
    "phone",
    "address",
    "postcode",
    "birth_date",
    "order_number",
    "personal_detail",
)
PARTS_OF_ONE = frozenset(["first_name", "middle_name", "last_name", "name_title", "initials", "address"])
MOSTLY = 0.5
# At the end of a longer name too ("Spouse first name"); an e-mail or phone there is told by its values.
_AT_THE_END = frozenset(["first_name", "last_name", "postcode", "birth_date", "order_number"])
_TITLE_OR_JOB = frozenset(["title", "titel", "titre", "titulo", "titolo"])
_ORDER_OR_RANK = frozenset(["order", "bestellung", "commande", "pedido", "ordine"])
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+|[^\W\d_]+")
_EMAIL = re.compile(r"\S+@\S+\.\S+")
_PHONE = re.compile(r"'?(?:\+|00)\d[\d\s().\-/]{6,}\d|\(?0\d{2,5}\)?[\s/-]\d[\d\s/-]{3,}\d")
_POSTCODE = re.compile(r"[A-PR-UWYZ][A-HK-Y]?\d[\dA-Z]? ?\d[ABD-HJLNP-UW-Z]{2}", re.IGNORECASE)
_NUMBERED = re.compile(r"(?=\S*\d)[\w#/-]{5,}")
_BORN = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@cache
def _words() -> dict[str, frozenset[str]]:
    """Return the lists of ``personal.yaml``."""
    import yaml

    lists: dict[str, str] = yaml.safe_load(files("analytics.intake").joinpath("personal.yaml").read_text("utf-8"))
    return {name: frozenset(words.split()) for name, words in lists.items()}


@cache
def _role_of_word() -> dict[str, str]:
    return {word: role for role in ROLES for word in _words()[role]}


@lru_cache(maxsize=4_096)  # each column's name is held against every field of every kind
def role_by_name(column: str) -> str | None:
    """Return what a column says of a person, by its name alone: ``first_name``, ``postcode`` and so on.

    Words of whose it is ("Billing", "Customer's") and numbers ("E-mail 2") change nothing.
    """
    roles = _role_of_word()
    words = [_bare(word) for word in _WORD.findall(unicodedata.normalize("NFKC", column))]
    whose = [w for w in words if w not in _words()["whose"]]
    plain = [w for w in whose if not w.isdigit()]
    for form in (words, whose, plain, plain[1:] if plain[:1] == ["address"] else plain):
        if "".join(form) in roles:
            return roles["".join(form)]
    ends = ["".join(plain[-n:]) for n in (3, 2) if len(plain) > n] + [w for w in plain[-1:] if w in _words()["alone"]]
    return next((role for end in ends if (role := roles.get(end)) in _AT_THE_END), None)


def role_of(column: str, cells: pd.Series | None = None) -> str | None:
    """Return what a column says of a person, by its name, else by its first cells; None where nothing."""
    by_name = role_by_name(column)
    if cells is None:
        return by_name
    given = without_nothing(cells).dropna().astype(str).str.strip()
    if by_name is not None:
        return _settled(by_name, given)
    if given.empty:
        return None
    word = "".join(_bare(w) for w in _WORD.findall(column))
    if word in _TITLE_OR_JOB and given.map(_is_title).mean() >= MOSTLY:
        return "name_title"
    if word in _ORDER_OR_RANK and _share(given, _NUMBERED) >= MOSTLY:
        return "order_number"
    shapes = (("email", _EMAIL), ("phone", _PHONE), ("postcode", _POSTCODE))
    return next((role for role, pattern in shapes if _share(given, pattern) > MOSTLY), None)


def _settled(by_name: str, given: pd.Series) -> str | None:
    """Return what a column holds whose name says something of a person, once its cells were looked at."""
    if given.empty:
        return by_name
    if given.str.lower().isin(TRUE | FALSE).all():
        return None  # "Mobile: yes" names nobody
    if by_name == "name" and _share(given, _EMAIL) > MOSTLY:
        return "email"  # "Subscriber", "Requester"
    if by_name == "phone" and not given.str.contains(r"\d").any():
        return None  # "SMS: subscribed"
    return by_name


def _bare(word: str) -> str:
    """Return a word in small letters without accents ("Prénom", "STRASSE" and "straße" alike)."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def _share(given: pd.Series, pattern: re.Pattern[str]) -> float:
    return float(given.str.fullmatch(pattern).mean())


def _is_title(cell: str) -> bool:
    return all(_bare(part) in _words()["titles"] for part in re.split(r"[\s.]+", cell) if part)


def joined(columns: Iterable[pd.Series], *, one: bool) -> pd.Series:
    """Put the cells of several columns of one role together, row by row; empty ones stay out.

    ``one`` says that they are parts of one thing (a name, an address); else each is a thing of its own, and
    they stand under each other.
    """
    parts = list(columns)
    if len(parts) == 1:
        return parts[0]
    rows = zip(*(part.tolist() for part in parts), strict=True)
    mark = " " if one else "\n"
    values = [mark.join(dict.fromkeys(c for c in row if isinstance(c, str))) or None for row in rows]
    return pd.Series(values, index=parts[0].index, dtype=object)


def birth_years(cells: pd.Series) -> pd.Series:
    """Return the year of each birth date that says one in four digits; the day and month are not needed for it."""
    years = cells.map(lambda cell: set(_BORN.findall(cell)) if isinstance(cell, str) else set())
    return years.map(lambda found: int(next(iter(found))) if len(found) == 1 else None).astype("Int64")
