"""How far a column's values look like what a field holds: a name is doubted where they do not."""

from __future__ import annotations

import re

import pandas as pd

from analytics.intake.consent_words import UNCLEAR, to_actions
from analytics.intake.dates import to_moment
from analytics.intake.fields import Field, Kind
from analytics.intake.numbers import first_of_share, to_number
from analytics.intake.personal import role_of
from analytics.intake.values import FALSE, TRUE, without_nothing

FITS, PERHAPS, UNLIKE = 1.0, 0.85, 0.3
SHOWN = 200
ENOUGH = 5
UNIQUE, ADS_UNIQUE = 0.9, 0.1
FEW_FRACTIONS = 0.05
LONGEST_ID = 80
SENTENCE = 3  # as many spaces as no id has
_EMAIL = re.compile(r"\S+@\S+\.\S+")
_LINK = re.compile(r"(https?://|www\.)\S+|/\S+|[\w.-]+\.[a-z]{2,}(/\S*)?", re.I)
_PHONE = re.compile(r"[\s'+\d().\-/x]{6,}")
_MARK = re.compile(r"(?=\S*\d)(?=\S*[^\W\d_])[\w-]{6,}")
_FRACTION = re.compile(r"-?\d*[.,]\d*[1-9]")
_OWN = {"profiles": "customer_id", "reviews": "review_id", "posts": "post_id", "products": "product_id"}
_WHOLE = frozenset(
    ("impressions", "reach", "clicks", "likes", "comments", "shares", "saves", "follows", "engagements", "video_views")
)
_PROSE = frozenset(["text", "title", "description"])
_NAMES = frozenset(["name", "first_name", "middle_name", "last_name"])


class Fits:
    """What the columns of one sample look like; what was told of a column is not worked out again for another kind."""

    def __init__(self, sample: pd.DataFrame) -> None:
        self.sample = sample
        self._dates: dict[tuple[str, bool], float] = {}
        self._roles: dict[str, str | None] = {}

    def of(self, column: str, target: Field, kind: Kind) -> float:
        """Return how well a column fits a field; one that the sample lacks is not doubted."""
        if column not in self.sample:
            return FITS
        if target.type != "date":
            return fit(self.sample[column], target, kind)
        key = (column, kind == "consents")
        if key not in self._dates:
            self._dates[key] = fit(self.sample[column], target, kind)
        return self._dates[key]

    def role(self, column: str) -> str | None:
        """Return what a column says of a person."""
        if column not in self._roles:
            self._roles[column] = role_of(column, self.sample.get(column))
        return self._roles[column]


def fit(cells: pd.Series, target: Field, kind: Kind) -> float:
    """Return how well a column's cells fit a field: 1 fits, 0.85 perhaps, 0.3 does not.

    Parameters
    ----------
    cells : Series
        The first cells of the column, as text.
    """
    given = without_nothing(cells).dropna().head(SHOWN)
    if given.empty:
        return FITS
    if target.type == "id":
        return _id(given, target, kind, own=_OWN.get(kind) == target.name)
    if target.type == "date":
        # Of a consent, a date that cannot be read closes: it is read and said row by row, never passed over.
        return max(PERHAPS, _date(given)) if kind == "consents" else _date(given)
    if target.type in ("number", "integer"):
        return _number(given, target)
    if target.type == "consent" and to_actions(given).eq(UNCLEAR).mean() > 0.5:
        return UNLIKE if _mostly_number(given) or _date(given) == FITS else PERHAPS
    if target.type == "flag":
        return FITS if _flags(given) > 0.5 or not _mostly_number(given) else UNLIKE
    patterns = {"email": _EMAIL, "phone": _PHONE, "url": _LINK, "link": _LINK, "image": _LINK}
    if target.name in patterns:
        return FITS if given.str.fullmatch(patterns[target.name]).mean() >= 0.5 else UNLIKE
    if target.identity and given.str.lower().isin(TRUE | FALSE).all():
        return UNLIKE  # "Mobile: yes" is no number
    if target.name == "text" and _mostly_marks(given):
        return UNLIKE
    if target.name in _PROSE or (target.identity and target.name in _NAMES):
        return UNLIKE if _mostly_number(given) or given.str.fullmatch(_EMAIL).mean() > 0.5 else FITS
    return FITS


def _id(given: pd.Series, target: Field, kind: Kind, *, own: bool) -> float:
    """Ids are short, no fractions and no prose; those of the table's own rows hardly repeat.

    An advertisement's id repeats where its numbers are split by age or day.
    """
    if given.str.len().median() > LONGEST_ID or given.str.fullmatch(_FRACTION).mean() > FEW_FRACTIONS:
        return UNLIKE
    if target.name == "customer_id" and given.str.count(r"\s").median() >= SENTENCE:
        return UNLIKE
    if own and len(given) >= ENOUGH:
        return FITS if given.nunique() >= (ADS_UNIQUE if kind == "posts" else UNIQUE) * len(given) else UNLIKE
    return FITS


def _date(given: pd.Series) -> float:
    if not any(c.isdigit() for cell in given for c in cell):
        return UNLIKE  # no date is without a number, and most columns of a wide file are words
    # Which of the two comes first, day or month, changes what is read, but not whether it can be.
    if to_moment(given, day_first=True).notna().mean() > 0.5:
        small = pd.to_numeric(given, errors="coerce")
        return UNLIKE if (small.abs() < 1000).mean() > 0.5 else FITS
    digits = given.str.contains(r"\d", regex=True).mean() > 0.5 and not _mostly_number(given)
    return PERHAPS if digits else UNLIKE


def _number(given: pd.Series, target: Field) -> float:
    cells = first_of_share(given) if target.name == "rating" else given
    numbers = to_number(cells, decimal_comma=False)
    if target.name == "rating" and numbers.notna().mean() < 0.5:
        return PERHAPS if given.nunique() <= 12 and given.str.len().max() <= 20 else UNLIKE
    if numbers.notna().mean() < 0.5:
        return UNLIKE
    inside = numbers.dropna().between(
        float("-inf") if target.low is None else target.low, float("inf") if target.high is None else target.high
    )
    if inside.mean() < 0.5:
        return UNLIKE
    if target.name in _WHOLE and given.str.fullmatch(r"0?\.\d{3,}").mean() > 0.5:
        return UNLIKE  # a share, no count
    return FITS


def _flags(given: pd.Series) -> float:
    return float(given.str.lower().isin(TRUE | FALSE).mean())


def _mostly_marks(given: pd.Series) -> bool:
    """Say whether cells are ids, links or moments ("dQw4w9WgXcQ") rather than something that somebody wrote."""
    alone = given.str.fullmatch(_MARK) | given.str.fullmatch(r"(https?://|www\.)\S+")
    return bool(alone.mean() > 0.5 or to_moment(given, day_first=True).notna().mean() > 0.5)


def _mostly_number(given: pd.Series) -> bool:
    return bool(to_number(given, decimal_comma=False).notna().mean() > 0.7)
