"""Numbers as people and programs write them, and which mark is the decimal one in a whole column.

Grouping and decimal marks by locale follow CLDR 45 (unicode.org, ``numbers.xml``, read 2026-11): point or comma
for decimals; comma, point, apostrophe, space or no-break space for thousands; groups of two after the first
three in India. ``1.035`` and ``1,035`` mean another number in another locale; only the column can tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal, cast

import numpy as np
import pandas as pd

from analytics.intake.values import by_unique

Mark = Literal[".", ","]
LARGEST = 1e15
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u2002\u2003\u2006\u200a"), " ")
_MINUS = dict.fromkeys(map(ord, "\u2212\u2013\u2012\ufe63\uff0d\u2011"), "-")
_APOSTROPHES = dict.fromkeys(map(ord, "\u2019\u02bc\u2018`´"), "'")
_INVISIBLE = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u2066\u2069\ufeff"))
_TABLE = {**_SPACES, **_MINUS, **_APOSTROPHES, **_INVISIBLE}

_SIGNS = "$€£¥₹₽₩₺₫฿₴₦₪¢₱₡₲₵₸₾"
_CODES = r"(?:[A-Z]{3}|Rs\.?|kr\.?|Kr\.?|SFr\.?|Fr\.?|RM|Rp\.?|R|zł|Ft|Kč|S/\.?|[A-Z]{0,2}\$)"
_CURRENCY = rf"(?:{_CODES}\s*|[A-Z]{{0,2}}[{_SIGNS}]\s*)?"
_NUMBER = re.compile(
    rf"{_CURRENCY}(?P<paren>\()?\s*(?P<sign>[+\-]?)\s*{_CURRENCY}(?P<inner>[+\-]?)"
    r"(?P<core>\d[\d.,' ]*|[.,]\d+)(?P<power>[eE][+\-]?\d{1,3})?(?P<dash>(?<=[.,])-{1,2})?"
    r"\s*(?P<unit>[^\d+\-<>=≥≤~,.;:()\s][^\d()+<>=]*?)?\s*(?P<after>-)?\s*(?P<close>\))?"
    rf"\s*(?P<outer>[{_SIGNS}]|[A-Z]{{3}})?"
)
_SCALES = {
    1e3: "k tsd tausend thousand thousands mille mila tys тыс 千",
    1e4: "万 萬",
    1e5: "lakh lakhs lac lacs",
    1e6: "mio mill million millions millionen millones millón milhões milhão milioni milione miljoen mln млн",
    1e7: "crore crores",
    1e8: "億 亿",
    1e9: "mrd bn md mds milliard milliards milliarde milliarden miliardi miliardo miljard млрд",
}
_SCALE = {word: size for size, words in _SCALES.items() for word in words.split()} | {"M": 1e6, "B": 1e9}
# "m" is a metre or a million, "mil" a thousand or a million, a billion has nine zeros or twelve.
_OPEN_WORDS = (
    "m mil mi miles b bil billion billions billionen billones bilhões bilhão biliardi t tn trn tr trillion trillions g "
    "cr dr ¢ ‰ bps bp dozen hundred hundreds"
)
_TOO_OPEN = frozenset(_OPEN_WORDS.split())
_BY_SPACE = re.compile(r"\d{1,3}(?:([ '])\d{3})(?:\1\d{3})*(?:([.,])(\d*))?")
_GROUPS = {
    ",": re.compile(r"[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d{2})+,\d{3}"),
    ".": re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+"),
}
_OPEN = re.compile(r"[1-9]\d{0,2}([.,])\d{3}")
_MAYBE_OPEN = re.compile(r"[^\d.,]*[1-9]\d{0,2}[.,]\d{3}(?!\d|[.,]\d)[^eE]*")
_SHARE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:/|out of|of|von|sur|de|su)\s*\d+\b.*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Marks:
    """How often the cells of a column show what their marks mean.

    ``point`` and ``comma`` count cells in which that mark can only be the decimal one; ``open_*`` those like
    1.035, by the mark and whether one digit stands before it; ``spaced`` those grouped by a space or an
    apostrophe; ``small``, ``four`` and ``large`` whole numbers without a mark of up to three, four and more digits.
    """

    point: int = 0
    comma: int = 0
    open_point: int = 0
    open_comma: int = 0
    open_one: int = 0
    spaced: int = 0
    small: int = 0
    four: int = 0
    large: int = 0
    example: str = ""

    def __add__(self, other: Marks) -> Marks:
        sums = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self) if f.name != "example"}
        return Marks(**sums, example=self.example or other.example)

    @property
    def open(self) -> bool:
        """Whether some cell means another number in another locale."""
        return bool(self.open_point or self.open_comma)

    @property
    def may_group(self) -> bool:
        """Whether the open marks may be thousands: then no number as long as theirs stands without one."""
        return not self.large and not (self.four and self.open_one)


@dataclass(frozen=True)
class _Cell:
    """A cell taken apart: its digits with their marks, its factor (sign and scale) and its power of ten."""

    core: str
    factor: float
    power: str


def count_marks(cells: Iterable[str]) -> Marks:
    """Count what the marks of a column's cells tell. Cells that are no numbers tell nothing."""
    tally = dict.fromkeys((f.name for f in fields(Marks) if f.name != "example"), 0)
    example = ""
    for cell in cells:
        taken = _apart(cell)
        for name in () if taken is None else _told(taken):
            tally[name] += 1
            if name.startswith("open") and not example:
                example = taken.core if taken else ""
    return Marks(**tally, example=example)


def _told(cell: _Cell) -> tuple[str, ...]:
    core = cell.core
    if (spaced := _BY_SPACE.fullmatch(core)) is not None:
        return ("spaced", *(("point",) if spaced[2] == "." else ("comma",) if spaced[2] else ()))
    decimal = _certain(core)
    if decimal is not None:
        return ("point",) if decimal == "." else ("comma",)
    if not cell.power and (open_ := _OPEN.fullmatch(core)) is not None:
        one = ("open_one",) if core[1] == open_[1] else ()
        return ("open_point" if open_[1] == "." else "open_comma", *one)
    if core.isdigit():
        return ("small" if len(core) <= 3 else "four" if len(core) == 4 else "large",)
    return ()


def _certain(core: str) -> Mark | None:
    """Return the decimal mark where the digits alone tell it, also by what groups them."""
    if "," in core and "." in core:
        return "," if core.rfind(",") > core.rfind(".") else "."
    mark: Mark = "," if "," in core else "."
    other: Mark = "." if mark == "," else ","
    if core.count(mark) > 1:
        return other if _GROUPS[mark].fullmatch(core) else None
    if mark not in core or core.endswith(mark) or _OPEN.fullmatch(core):
        return None
    return mark


def decimal_mark(own: Marks, others: Marks, delimiter: str | None, *, whole: bool = False) -> Mark | None:
    """Return the decimal mark of a column with open cells, or None where it has to be asked.

    Parameters
    ----------
    own, others : Marks
        Of the column, and of all other number columns of the file.
    delimiter : str, optional
        The file's: spreadsheets of a locale with decimal commas write ``;`` between cells, others ``,``.
    whole : bool
        Whether the column counts something, so that a fraction makes no sense in it.

    Notes
    -----
    The column's own cells decide before those of others, and they before the delimiter, which needs the
    column's support: whole numbers below 1,000 without a mark beside marked ones show thousands.
    """
    if own.point or own.comma:
        return None if own.point and own.comma else ("." if own.point else ",")
    if own.open_point and own.open_comma:
        return None
    used, other = (".", ",") if own.open_point else (",", ".")
    if own.spaced:
        return used  # type: ignore[return-value]
    if whole:
        return other if own.may_group else None  # type: ignore[return-value]
    if bool(others.point) != bool(others.comma):
        file_has, sure = ("." if others.point else ","), True
    else:
        file_has, sure = {";": ",", ",": "."}.get(delimiter or "", ""), False
    if not own.may_group:
        return used if file_has != other else None  # type: ignore[return-value]
    if file_has == other and (sure or own.small):
        return other  # type: ignore[return-value]
    return used if file_has == used and sure and not own.small else None  # type: ignore[return-value]


def is_open(cell: str) -> bool:
    """Say whether a cell is another number when point and comma change places."""
    if _MAYBE_OPEN.match(cell.translate(_TABLE)) is None:
        return False
    taken = _apart(cell)
    return taken is not None and not taken.power and _OPEN.fullmatch(taken.core) is not None


def to_number(values: pd.Series, *, decimal_comma: bool | None) -> pd.Series:
    """Return floats; what is no number becomes NaN, and so does an open one (1.035) while nobody said what it is.

    Currency, units and thousands marks go; K, M, Mio. and their like multiply; parentheses are a minus.
    A mark that can only be a decimal one is read so whatever the option says ("4,5", "1.234,56"). Numbers from
    ``LARGEST`` on are none: nothing that is counted or paid is so large, and sums of them are lost to rounding.
    """
    codes, unique = pd.factorize(values.to_numpy(dtype=object))
    plain = np.append(pd.to_numeric(pd.Series(unique, dtype=object), errors="coerce").to_numpy("float64"), np.nan)
    for i, cell in enumerate(unique):
        if np.isnan(plain[i]) or (decimal_comma is not False and "." in cell):
            plain[i] = parse_number(cell, decimal_comma=decimal_comma)
    plain[np.abs(plain) >= LARGEST] = np.nan
    return pd.Series(plain[codes], index=values.index)


def is_too_large(cell: str) -> bool:
    """Say whether a cell holds a number that is too large to be kept."""
    return abs(parse_number(cell, decimal_comma=True)) >= LARGEST


def parse_number(cell: str, *, decimal_comma: bool | None) -> float:
    """Return one cell's number, or NaN."""
    taken = _apart(cell)
    digits = None if taken is None else _with_point(taken, decimal_comma)
    if taken is None or digits is None:
        return float("nan")
    number = float(digits + taken.power)
    scaled = number * taken.factor
    # 1.1 K is 1100, not 1100.0000000000002: scale in decimals, where a float would round twice.
    if abs(taken.factor) > 1 and np.isfinite(number):
        scaled = float(f"{digits}e{len(f'{abs(taken.factor):.0f}') - 1}") * (1 if taken.factor > 0 else -1)
    return scaled


def _apart(cell: str) -> _Cell | None:
    found = _NUMBER.fullmatch(cell.translate(_TABLE).strip())
    if found is None or bool(found["paren"]) != bool(found["close"]):
        return None
    scale = _scale(found["unit"] or "", money=not found["core"].startswith(cell.strip()[:1]))
    signs = [s for s in (found["sign"], found["inner"], found["after"]) if s]
    if scale is None or len(signs) > 1 or (signs and found["paren"]):
        return None
    minus = bool(found["paren"]) or "-" in signs
    core = found["core"].strip()
    core = core[:-1] if found["dash"] else core
    return _Cell(core, -scale if minus else scale, found["power"] or "")


def _scale(unit: str, *, money: bool) -> float | None:
    """Return what a unit multiplies by: 1 for kg, 1,000 for K, None where it may be either."""
    sizes = set()
    for word in re.split(r"[\s.]+", unit.partition("/")[0]):
        bare = word.strip(_SIGNS + "%") or word
        if bare == "MM":  # millimetres, or a million in finance
            return None
        size = _SCALE.get(bare) or _SCALE.get(bare.lower())
        if size is None and bare.lower() in _TOO_OPEN:
            size = {"m": 1e6, "b": 1e9}.get(bare.lower()) if money else None
            if size is None:
                return None
        sizes.add(size or 1.0)
    return max(sizes) if len(sizes - {1.0}) <= 1 else None


def _with_point(cell: _Cell, decimal_comma: bool | None) -> str | None:
    """Return the digits with at most one point, the decimal one; None where they make no number."""
    core = cell.core
    if " " in core or "'" in core:
        spaced = _BY_SPACE.fullmatch(core)
        return None if spaced is None else core.replace(spaced[1], "").replace(",", ".")
    decimal = _certain(core)
    if decimal is None and _OPEN.fullmatch(core):
        if decimal_comma is None and not cell.power:
            return None
        # A power of ten is a program's way of writing; there, the one mark is the decimal one.
        decimal = cast(Mark, core.strip("0123456789")) if cell.power else "," if decimal_comma else "."
    if decimal is None:
        ending = core.rstrip(".,")
        return ending if ending.isdigit() and len(core) - len(ending) <= 1 else None
    thousands: Mark = "," if decimal == "." else "."
    whole, _, fraction = core.partition(decimal)
    if thousands in whole and not _GROUPS[thousands].fullmatch(whole):
        return None
    return (
        None
        if not (fraction + whole).replace(thousands, "").isdigit()
        else core.replace(thousands, "").replace(",", ".")
    )


def first_of_share(values: pd.Series) -> pd.Series:
    """Return "4" for "4/5" and "4 out of 5 stars"; other cells unchanged."""
    read = by_unique(values, lambda cell: cell if (share := _SHARE.fullmatch(cell.strip())) is None else share[1])
    return pd.Series(read, index=values.index, dtype=object)


def to_whole(values: pd.Series, *, decimal_comma: bool | None) -> pd.Series:
    """Return nullable integers; what is no number, or too large for one, becomes NA."""
    numbers = to_number(values, decimal_comma=decimal_comma).round()
    return numbers.where(numbers.abs() < 2**53).astype("Int64")
