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
            span = Span(*_original(start, end, places, len(text)), "name" if kind == "single" else kind)
            if kind != "single" or _is_name_here(text, span):
                found.append(span)
        return found + self._phones(text)

    def _phones(self, text: str) -> list[Span]:
        """Return known phone numbers, however they are spaced."""
        found = []
        for match in re.finditer(r"\+?\d[\d\s().\-/]{5,22}\d", text):
            digits = re.sub(r"\D", "", match[0])
            if len(digits) >= MIN_DIGITS and self._automaton.exists(f"tel:{digits[-9:]}"):
                found.append(Span(match.start(), match.end(), "phone"))
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
        yield plain, "name"
        words = plain.split(" ")
        if len(words) == 2:
            yield f"{words[1]}, {words[0]}", "name"
    elif len(plain) >= MIN_SINGLE and plain not in EVERYDAY:
        yield plain, "single"


def _whole(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isalnum() or after.isalnum())


def _original(start: int, end: int, places: list[int] | None, length: int) -> tuple[int, int]:
    if places is None:
        return start, end
    return places[start], places[end] if end < len(places) else length


def _is_name_here(text: str, span: Span) -> bool:
    """A single known word counts as a name where it is written as one: capital first, not a sentence's start.

    Mixed forms such as user names with digits always count.
    """
    word = text[span.start : span.end]
    if any(c.isdigit() for c in word) or "_" in word:
        return True
    if not word[:1].isupper() or word.isupper():
        return False
    before = text[: span.start].rstrip()
    return bool(before) and before[-1] not in ".!?\n:"
