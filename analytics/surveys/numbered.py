"""Labels that carry a number: "10 - Extremely likely", "0 (Not at all likely)", "Extremely likely - 10".

Survey tools write the words of a scale beside the numbers of its ends (SurveyMonkey and Qualtrics "10 - Extremely
likely", Google Forms "5 = Strongly agree", Typeform "Extremely likely - 10"); the answers between are bare numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 120
"""A longer text is no label of a scale."""

_WHOLE = r"[-\u2212]?\d{1,5}(?:\.0+)?"
_MARK = r"[-\u2010-\u2015=:.)\]|/]"
_LEADING = re.compile(
    rf"^[(\[]?(?P<number>{_WHOLE})(?:\s*{_MARK}+\s*|\s+|(?=\())(?P<words>[^\d\s.,%/:-].*)$", re.DOTALL
)
_TRAILING = re.compile(rf"^(?P<words>[^\d]*[^\W\d_][^\d]*?)\s*(?P<mark>{_MARK}|[(\[])?\s*(?P<number>\d{{1,5}})[)\]]?$")
_BARE = re.compile(rf"^[(\[]?(?P<number>{_WHOLE})[)\]]?\s*[-=:.)]?$")


@dataclass(frozen=True)
class Numbered:
    """The number a label carries and the words beside it ("" for a bare number)."""

    number: int
    words: str = ""
    loose: bool = False


def numbered(label: str) -> Numbered | None:
    """Return the number and the words of one label, or None where it carries none.

    ``loose`` marks a number that only follows its words ("Shop 1"): alone it is no sign of a scale.
    """
    if len(str(label)) > LONGEST:
        return None
    text = re.sub(r"\s+", " ", str(label)).strip()
    for pattern in (_BARE, _LEADING, _TRAILING):
        found = pattern.match(text)
        if found:
            part = found.groupdict()
            words = (part.get("words") or "").strip(" -\u2013\u2014=:.()[]")
            loose = pattern is _TRAILING and not part["mark"]
            return Numbered(int(float(part["number"].replace("\u2212", "-"))), words, loose)
    return None


def numbers_of(labels: Iterable[str]) -> dict[str, Numbered] | None:
    """Return label -> number where every label of one question carries one, else None.

    A number behind the words counts only where the words differ or bare numbers stand beside it: "Shop 1" and
    "Shop 2" are names.
    """
    found: dict[str, Numbered] = {}
    for label in labels:
        one = numbered(label)
        if one is None:
            return None
        found[label] = one
    worded = [n for n in found.values() if n.words]
    if any(n.loose for n in worded) and len(worded) == len(found):
        return None
    said = {n.words.casefold() for n in worded}
    if len(worded) > 1 and len(said) == 1 and len(worded) == len(found) and not _counted(next(iter(said))):
        return None
    return found


def _counted(word: str) -> bool:
    return word.strip(" .").startswith(("star", "point", "stern", "punkt", "\u2605"))
