"""The workspace's own people: every name, e-mail, phone and address that it knows, found in any text.

Matching is by Aho-Corasick (1975) over the folded text: case, accents and the width of spaces and
hyphens do not matter, whole words only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import ahocorasick

from engine.redaction.spans import Span

MIN_SINGLE = 3
MIN_DIGITS = 7
_SPACES = re.compile(r"[\s ]+")
_ODD_SPACES = re.compile(r"\s\s|[\t\n\r]")
_PUNCTUATION = ".,;:'\"()!?"
_TITLE_BEFORE = re.compile(
    r"\b(?:mr|mrs|ms|miss|mx|dr|prof|sir|frau|herr|madame|mme|monsieur|señora?)\.?\s+$", re.IGNORECASE
)
_SAYS_A_NAME = re.compile(
    r"\b(?:name(?:\s+is|\s*:|['’]s)|named|called|signed|regards,?|thanks,|love,)\s+$", re.IGNORECASE
)
_LONE = {"single", "surname", "everyday"}
# First names that are also everyday words: alone they say nothing, so a second name must stand beside.
EVERYDAY = frozenset(Path(__file__).with_name("everyday.txt").read_text(encoding="utf-8").split())


def fold(text: str) -> tuple[str, list[int] | None]:
    """Return the text without case, accents and odd spaces, and each character's place in the original.

    The places are None where nothing moved.
    """
    if text.isascii() and _ODD_SPACES.search(text) is None:
        return text.lower(), None
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character):
            if unicodedata.combining(part):
                continue
            for low in part.casefold():
                if low.isspace() and letters and letters[-1] == " ":
                    continue
                letters.append(" " if low.isspace() else "-" if unicodedata.category(low) == "Pd" else low)
                places.append(place)
    return "".join(letters), places


def _plain(value: str) -> str:
    return _SPACES.sub(" ", fold(value)[0]).strip(_PUNCTUATION + " ")


class KnownIdentities:
    """A matcher of known names, e-mails, phones and addresses."""

    def __init__(self, values: Iterable[str]) -> None:
        self._automaton = ahocorasick.Automaton()
        for value in values:
            for key, kind in _forms(value):
                if kind != "surname" or not self._automaton.exists(key):
                    self._automaton.add_word(key, (len(key), kind))
        self._empty = len(self._automaton) == 0
        if not self._empty:
            self._automaton.make_automaton()

    def __len__(self) -> int:
        return len(self._automaton)

    def spans(self, text: str) -> list[Span]:
        """Return where known people are named."""
        if self._empty or not text:
            return []
        folded, places = fold(text)
        found = []
        for last, (length, kind) in self._automaton.iter(folded):
            start, end = last - length + 1, last + 1
            if not _whole(folded, start, end):
                continue
            span = Span(*_original(start, end, places, len(text)), "name" if kind in _LONE else kind, known=True)
            if kind not in _LONE or _is_name_here(text, span, kind):
                found.append(span)
        return found + self._phones(text)

    def _phones(self, text: str) -> list[Span]:
        """Return known phone numbers, however they are spaced."""
        found = []
        for match in re.finditer(r"\+?\d[\d\s().\-/]{5,22}\d", text):
            digits = re.sub(r"\D", "", match[0])
            if len(digits) >= MIN_DIGITS and self._automaton.exists(f"tel:{digits[-9:]}"):
                found.append(Span(match.start(), match.end(), "phone", known=True))
        return found


def _forms(value: str) -> Iterable[tuple[str, str]]:
    """Yield the folded texts by which one value is recognised."""
    plain = _plain(value)
    if not plain:
        return
    digits = re.sub(r"\D", "", plain)
    if "@" in plain:
        yield plain, "email"
    elif len(digits) >= MIN_DIGITS and not re.search(r"[a-z]", plain):
        yield f"tel:{digits[-9:]}", "phone"
    elif re.search(r"\d", plain) and " " in plain:
        yield plain, "address"
    elif " " in plain and len(plain) >= 5:
        yield from _names(plain)
    elif len(plain) >= MIN_SINGLE and plain not in EVERYDAY:
        yield plain, "single"


def _names(plain: str) -> Iterable[tuple[str, str]]:
    """Yield a full name, without its middle names, turned around, and the surname that a title may precede."""
    words = plain.split(" ")
    if all(word in EVERYDAY for word in words):
        yield plain, "everyday"
        return
    yield plain, "name"
    if any(len(word.strip(".")) < 2 for word in (words[0], words[-1])) or len(words) > 4:
        return
    if len(words) > 2 and not {words[0], words[-1]} <= EVERYDAY:
        yield f"{words[0]} {words[-1]}", "name"
    yield f"{words[-1]}, {' '.join(words[:-1])}", "name"
    if len(words[-1]) >= MIN_SINGLE and words[-1] not in EVERYDAY:
        yield words[-1], "surname"


def _whole(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isalnum() or after.isalnum())


def _original(start: int, end: int, places: list[int] | None, length: int) -> tuple[int, int]:
    if places is None:
        return start, end
    return places[start], places[end] if end < len(places) else length


def _is_name_here(text: str, span: Span, kind: str) -> bool:
    """Say whether a single known word is a name where it stands.

    It is one after a title or after "my name is". A first name or user name also is one where it is written
    with a capital, or with digits; a surname alone says too little ("Baker", "Wells"), and so does a full name of
    everyday words ("the one") in small letters.
    """
    word, before = text[span.start : span.end], text[max(0, span.start - 24) : span.start]
    if _TITLE_BEFORE.search(before) or _SAYS_A_NAME.search(before):
        return True
    if kind == "surname":
        return False
    if kind == "everyday":
        return all(part[:1].isupper() for part in word.split())
    if any(c.isdigit() for c in word) or "_" in word:
        return True
    return word[:1].isupper() and not word.isupper()
