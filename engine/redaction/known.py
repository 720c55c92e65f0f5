"""The workspace's own people: every name, e-mail, phone and address that it knows, found in any text.

Matching is by Aho-Corasick (1975) over the folded text: case, accents and the width of spaces and
hyphens do not matter, whole words only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import permutations
from pathlib import Path

import ahocorasick

from engine.redaction.spans import Span

MIN_SINGLE = 3
MOST_PARTS = 60
MIN_DIGITS = 7
_SPACES = re.compile(r"[\s ]+")
_ODD_SPACES = re.compile(r"\s\s|[\t\n\r]")
_HANDLE = re.compile(r"@[\w.-]*[^\W\d][\w.-]*")
_APOSTROPHES = "\u2018\u2019\u02bc\u00b4`"
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_PUNCTUATION = ".,;:'\"()!?"
_TITLE_BEFORE = re.compile(
    r"\b(?:mr|mrs|ms|miss|mx|dr|prof|sir|frau|herr|madame|mme|monsieur|señora?)\.?\s+$", re.IGNORECASE
)
_SAYS_A_NAME = re.compile(
    r"\b(?:name(?:\s+is|\s*:|['’]s)|named|called|signed|regards,?|thanks,|love,)\s+$", re.IGNORECASE
)
_LONE = {"single", "part", "everyday", "initial"}
# Characters that do not show: format characters (Unicode's Cf: joiners, soft hyphens, marks of direction) and fillers.
_UNSEEN = frozenset("\u034f\u115f\u1160\u3164\uffa0") | frozenset(map(chr, range(0xFE00, 0xFE10)))
# Letters of two other alphabets that look like Latin ones (Unicode TR 39, confusables), where both stand in a word.
_ALIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u0501\u04bb\u043a\u0442\u043c"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u0406\u0408\u0405"
    "\u03b1\u03bf\u03bd\u03b9\u03c1\u03ba\u03c5"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "aeopcxyijsdhktm" + "ABEKMHOPCTXYIJS" + "aovipku" + "ABEZHIKMNOPTYX",
)
_OTHER_ALPHABET = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_LETTERS = re.compile(r"[^\W\d_]+")
# An address of e-mail with what stands in front of its domain's sign, and after a plus there, apart.
_EMAIL = re.compile(r"(?P<name>[^\s<>()\[\],;:\"@]+)@(?P<domain>[^\s<>()\[\],;:\"@]+)")
_PHONE_ALONE = re.compile(
    r"(?:(?:tel|telephone|phone|mobile|mob|cell|fax)\b[.:]?\s*)?(?P<number>\+?\(?\d[\d\s().\-/]{4,22}\d)"
    r"[\s,;]*(?:(?:ext(?:ension)?|x)[.:=]?\s*\d{1,6})?"
)
# First names that are also everyday words: alone they say nothing, so a second name must stand beside.
EVERYDAY = frozenset(Path(__file__).with_name("everyday.txt").read_text(encoding="utf-8").split())


def fold(text: str) -> tuple[str, list[int] | None]:
    """Return the text without case, accents and odd spaces, and each character's place in the original.

    The places are None where nothing moved.
    """
    if text.isascii() and _ODD_SPACES.search(text) is None:
        return text.lower(), None
    if _OTHER_ALPHABET.search(text):
        text = _LETTERS.sub(_in_one_alphabet, text)
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character):
            if unicodedata.combining(part) or part in _UNSEEN or unicodedata.category(part) == "Cf":
                continue
            for low in part.casefold():
                low = "'" if low in _APOSTROPHES else low
                if low.isspace() and letters and letters[-1] == " ":
                    continue
                letters.append(" " if low.isspace() else "-" if unicodedata.category(low) == "Pd" else low)
                places.append(place)
    return "".join(letters), places


def _in_one_alphabet(word: re.Match[str]) -> str:
    """Return a word in Latin letters where some of it is, and the rest only looks like them."""
    plain = word[0].translate(_ALIKE)
    return plain if any(c.isascii() for c in word[0]) and not _OTHER_ALPHABET.search(plain) else word[0]


def in_order(name: str) -> str:
    """Return "Alpha, Ann" as "Ann Alpha"; a name without a comma, or with several, as it is."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() and "," not in first else name


def _plain(value: str) -> str:
    return _SPACES.sub(" ", fold(value)[0]).strip(_PUNCTUATION + " ")


class KnownIdentities:
    """A matcher of known names, e-mails, phones, addresses and handles ("@name", found with the sign or without)."""

    def __init__(self, values: Iterable[str]) -> None:
        self._automaton = ahocorasick.Automaton()
        for value in values:
            for key, kind in forms(value):
                if kind != "part" or not self._automaton.exists(key):
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
        hits = []
        for last, (length, kind) in self._automaton.iter(folded):
            start, end = last - length + 1, last + 1
            if whole(folded, start, end):
                hits.append((original(start, end, places, len(text)), kind, folded[start:end]))
        kind_of = self._automaton.get
        return accepted(text, hits, lambda form: kind_of(form, (0, None))[1]) + phones_in(text, self._automaton.exists)


def accepted(
    text: str, hits: Sequence[tuple[tuple[int, int], str, str]], kind_of: Callable[[str], str | None]
) -> list[Span]:
    """Return the hits that name somebody where they stand.

    Parameters
    ----------
    hits : sequence of (place, kind, folded text)
    kind_of : callable
        Says the kind of another folded text, None where it is not known.
    """
    lone = [hit for hit in hits if hit[1] in _LONE]
    both = _both_parts(text, lone, kind_of)
    found = [Span(*place, kind, known=True) for place, kind, _ in hits if kind not in _LONE]
    for place, kind, word in lone:
        span = Span(*place, "name", known=True)
        if word in both or _is_name_here(text, span, kind):
            found.append(span)
    return found


def _both_parts(
    text: str, lone: Sequence[tuple[tuple[int, int], str, str]], kind_of: Callable[[str], str | None]
) -> set[str]:
    """Return the words that are a name because its other part stands in the text too, wherever."""
    written = {word for (start, end), _, word in lone if text[start:end].istitle()}
    if not 1 < len(written) <= MOST_PARTS:
        return set()
    pairs = (pair for pair in permutations(written, 2) if kind_of(" ".join(pair)) == "name")
    return {word for pair in pairs for word in pair}


def phones_in(text: str, is_known: Callable[[str], bool]) -> list[Span]:
    """Return known phone numbers, however they are spaced."""
    found = []
    for match in re.finditer(r"\+?\d[\d\s().\-/]{5,22}\d", text):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) >= MIN_DIGITS and is_known(f"tel:{digits[-9:]}"):
            found.append(Span(match.start(), match.end(), "phone", known=True))
    return found


def forms(value: str) -> Iterable[tuple[str, str]]:
    """Yield the folded texts by which one value is recognised, umlauts as two letters too ("Mueller")."""
    composed = unicodedata.normalize("NFC", value)
    for spelling in dict.fromkeys((composed, composed.translate(_UMLAUTS))):
        yield from _forms(spelling)


def _forms(value: str) -> Iterable[tuple[str, str]]:
    plain = _plain(value)
    if not plain:
        return
    digits = re.sub(r"\D", "", plain)
    if _HANDLE.fullmatch(plain):
        yield plain[1:], "handle"
    elif "@" in plain:
        yield from _emails(plain)
    elif (alone := _PHONE_ALONE.fullmatch(plain)) and len(called := re.sub(r"\D", "", alone["number"])) >= MIN_DIGITS:
        yield f"tel:{called[-9:]}", "phone"
    elif len(digits) >= MIN_DIGITS and not re.search(r"[a-z]", plain):
        yield f"tel:{digits[-9:]}", "phone"
    elif re.search(r"\d", plain) and " " in plain:
        yield plain, "address"
    elif " " in plain and len(plain) >= 5:
        yield from _names(plain)
    elif len(plain) >= MIN_SINGLE and plain not in EVERYDAY:
        yield plain, "single"


def contact_forms(value: str) -> list[str]:
    """Return the folded texts by which an e-mail or a phone is recognised, however it is written."""
    return [form for form, kind in forms(value) if kind in ("email", "phone")]


def visible(text: str) -> str:
    """Return a text as it looks, in Unicode's NFKC: without characters that do not show."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if c not in _UNSEEN and unicodedata.category(c) != "Cf").strip()


def _emails(plain: str) -> Iterable[tuple[str, str]]:
    """Yield what stands there and each address in it, with and without what a plus sets apart (RFC 5233)."""
    yield plain, "email"
    for found in _EMAIL.finditer(plain):
        name, _, tag = found["name"].partition("+")
        yield found[0], "email"
        if name and tag:
            yield f"{name}@{found['domain']}", "email"


def _names(plain: str) -> Iterable[tuple[str, str]]:
    """Yield a full name, with one of its surnames, turned around, with an initial, and each part of it."""
    name = in_order(plain)
    words = name.split(" ")
    if all(word in EVERYDAY for word in words):
        yield name, "everyday"
        return
    yield name, "name"
    given, surname = words[0], words[-1]
    if any(len(word.strip(".")) < 2 for word in (given, surname)) or len(words) > 5:
        return
    for later in words[1:]:
        if not {given, later} <= EVERYDAY and len(later.strip(".")) > 1:
            yield f"{given} {later}", "name"
    yield f"{surname}, {' '.join(words[:-1])}", "name"
    for short in (f"{surname} {given}", f"{given[0]}. {surname}", f"{given[0]}.{surname}", f"{given} {surname[0]}."):
        yield short, "initial"
    for part in {given, *words[1:]}:
        if len(part.strip(".")) > 1:
            yield part, "part"


def whole(text: str, start: int, end: int) -> bool:
    """Say whether a piece of a text is made of whole words."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isalnum() or after.isalnum())


def original(start: int, end: int, places: list[int] | None, length: int) -> tuple[int, int]:
    """Return where a piece of the folded text stands in the original."""
    if places is None:
        return start, end
    return places[start], places[end] if end < len(places) else length


def _is_name_here(text: str, span: Span, kind: str) -> bool:
    """Say whether a single known word is a name where it stands.

    It is one after a title or after "my name is". A first name or user name that is all that is known of somebody
    also is one where it is written with a capital, or with digits; a part of a full name alone says too little
    ("Baker", "Wells"), and so do initials and full names of everyday words ("the one") in small letters.
    """
    word, before = text[span.start : span.end], text[max(0, span.start - 24) : span.start]
    named = _TITLE_BEFORE.search(before) or _SAYS_A_NAME.search(before)
    if kind == "part":
        return bool(named) and len(word) >= MIN_SINGLE and fold(word)[0] not in EVERYDAY
    if named:
        return True
    if kind == "initial":
        return all(part[:1].isupper() for part in re.split(r"[\s.]+", word) if part)
    if kind == "everyday":
        return all(part[:1].isupper() for part in word.split())
    if any(c.isdigit() for c in word) or "_" in word:
        return True
    return word[:1].isupper() and not word.isupper()
