"""Bias and safety: what a post says about people, and words that have no place in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from engine.content import CheckName, Finding, PostContent
from engine.fidelity.places import Place, places
from engine.fidelity.rules import rules_of

_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "|": "i"}
)
_ZERO_WIDTH = {0x200B: None, 0x200C: None, 0x200D: None, 0x2060: None, 0xFEFF: None, 0x00AD: None}
_LOOKALIKES = str.maketrans("аеорсухіѕԁ", "aeopcyxisd")
CLEAN = "clean"


def bias(content: PostContent) -> list[Finding]:
    """Find stereotypes, demeaning generalisations and mentions of protected groups."""
    return list(_apply(CheckName.BIAS, content))


def safety(content: PostContent) -> list[Finding]:
    """Find profanity, slurs, threats, markup, instructions to machines and manipulative pressure."""
    return list(_apply(CheckName.SAFETY, content))


def unmasked(text: str) -> str:
    """Return the text, length unchanged, with disguises of letters undone (l33t, look-alikes, accents)."""
    plain = []
    for character in text.translate(_LOOKALIKES):
        base = unicodedata.normalize("NFKD", character)[:1] or character
        plain.append(base if len(base) == 1 else character)
    return "".join(plain).translate(_LEET)


def _apply(check: CheckName, content: PostContent) -> Iterator[Finding]:
    for place in places(content):
        seen: list[tuple[int, int]] = []
        views = (place.text,) if check is CheckName.BIAS else (place.text, unmasked(place.text))
        for rule_id, found in rules_of(check).items():
            if found.pattern is None:
                continue
            for view in dict.fromkeys(views):
                if rule_id.endswith(f".{CLEAN}") and view is not place.text:
                    continue
                for match in found.pattern.finditer(view):
                    start, end = match.span()
                    if _guarded(found.unless, view, start, end) or _covered(start, end, seen):
                        continue
                    seen.append((start, end))
                    yield found.rule.at(place, start, end)
        if check is CheckName.SAFETY and any(ord(c) in _ZERO_WIDTH for c in place.text):
            yield from _hidden(place)


def _covered(start: int, end: int, seen: list[tuple[int, int]]) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in seen)


def _guarded(unless: object, text: str, start: int, end: int) -> bool:
    """Say whether another sense of the word stands around the match ("black dress")."""
    if unless is None:
        return False
    window = text[max(0, start - 40) : end + 40]
    offset = start - max(0, start - 40)
    return any(
        m.start() <= offset + (end - start) and m.end() >= offset
        for m in unless.finditer(window)  # type: ignore[attr-defined]
    )


def _hidden(place: Place) -> Iterator[Finding]:
    """Report invisible characters outside emoji, where they may hide words."""
    rule = rules_of(CheckName.SAFETY)["safety.invisible"].rule
    for at, character in enumerate(place.text):
        if ord(character) not in _ZERO_WIDTH:
            continue
        before = place.text[at - 1 : at]
        if character == "‍" and before and (ord(before) > 0x2190):
            continue
        yield rule.at(place, at, at + 1)
        return
