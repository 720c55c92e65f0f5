"""Bias and safety: what a post says about people, and words that have no place in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.content import CheckName, Finding, PostContent
from engine.fidelity.context import CheckContext
from engine.fidelity.places import Place, places
from engine.fidelity.rules import MARK, PatternRule, groups_of, rules_of

_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "|": "i"}
)
_ZERO_WIDTH = {0x200B: None, 0x200C: None, 0x200D: None, 0x2060: None, 0xFEFF: None, 0x00AD: None}
_LOOKALIKES = str.maketrans("аеорсухіѕԁ", "aeopcyxisd")
_RUN = r"(?P<run>[^\W\d_](?P<gap>[ .\-_*])(?:[^\W\d_](?P=gap))+[^\W\d_])(?!\w)"
_SPACED = re.compile(rf"(?<!\w){_RUN}")
_SPACED_AFTER_ARTICLE = re.compile(rf"(?<!\w)[aAiI]\s{_RUN}")
CLEAN = "clean"


def bias(content: PostContent, _context: CheckContext) -> list[Finding]:
    """Find stereotypes, demeaning generalisations and mentions of protected groups."""
    return list(_apply(CheckName.BIAS, content))


def safety(content: PostContent, _context: CheckContext) -> list[Finding]:
    """Find profanity, slurs, threats, markup, instructions to machines and manipulative pressure."""
    return list(_apply(CheckName.SAFETY, content))


def unmasked(text: str) -> str:
    """Return the text, length unchanged, with disguises of letters undone (l33t, look-alikes, accents)."""
    plain = []
    for character in text.translate(_LOOKALIKES):
        base = unicodedata.normalize("NFKD", character)[:1] or character
        plain.append(base if len(base) == 1 else character)
    return "".join(plain).translate(_LEET)


@dataclass(frozen=True)
class View:
    """One reading of a text; ``starts`` and ``ends`` hold each character's span in the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return a span of this reading, one character at least, as a span of the original."""
        return self.starts[start], self.ends[max(start, end - 1)]


def _plain_view(text: str) -> View:
    return View(text, range(len(text)), range(1, len(text) + 1))


def views(text: str) -> tuple[View, ...]:
    """Return the text as it stands and, where they differ, unmasked and with spaced letters joined."""
    plain = unmasked(text)
    found = [_plain_view(text)] if plain == text else [_plain_view(text), _plain_view(plain)]
    joined = (_joined(plain, _SPACED), _joined(plain, _SPACED_AFTER_ARTICLE))
    return (*found, *(view for view in joined if view is not None))


def _joined(text: str, spaced: re.Pattern[str]) -> View | None:
    """Return the text with "w o r d" and "w.o.r.d" written as one word, None where there is no such run."""
    gaps: set[int] = set()
    for run in spaced.finditer(text):
        gaps.update(i for i in range(run.start("run"), run.end("run")) if not text[i].isalnum())
    if not gaps:
        return None
    kept = [i for i in range(len(text)) if i not in gaps]
    return View("".join(text[i] for i in kept), kept, [i + 1 for i in kept])


def marked(view: View, groups: re.Pattern[str]) -> View | None:
    """Return a reading in which one mark stands for each group of people, None where there is no group."""
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last = 0
    for match in groups.finditer(view.text):
        text += (view.text[last : match.start()], MARK)
        starts += (*view.starts[last : match.start()], view.starts[match.start()])
        ends += (*view.ends[last : match.start()], view.ends[match.end() - 1])
        last = match.end()
    if not last:
        return None
    return View("".join(text) + view.text[last:], [*starts, *view.starts[last:]], [*ends, *view.ends[last:]])


def _apply(check: CheckName, content: PostContent) -> Iterator[Finding]:
    groups = groups_of(check)
    for place in places(content):
        seen: list[tuple[int, int]] = []
        readings = views(place.text)
        with_marks = [m for m in (marked(view, groups) for view in readings) if m is not None] if groups else []
        for rule_id, found in rules_of(check).items():
            as_typed = readings[:1] if rule_id.endswith(f".{CLEAN}") else readings
            for start, end in _found(found, with_marks if found.marked else as_typed):
                if not _covered(start, end, seen):
                    seen.append((start, end))
                    yield found.rule.at(place, start, end)
        if check is CheckName.SAFETY and any(ord(c) in _ZERO_WIDTH for c in place.text):
            yield from _hidden(place)


def _found(found: PatternRule, readings: Iterable[View]) -> Iterator[tuple[int, int]]:
    """Yield where a rule's pattern stands in any reading, as spans of the original text."""
    if found.pattern is None:
        return
    for view in readings:
        for match in found.pattern.finditer(view.text):
            if match[0] and not _guarded(found.unless, view.text, *match.span()):
                yield view.span(*match.span())


def _covered(start: int, end: int, seen: list[tuple[int, int]]) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in seen)


def _guarded(unless: re.Pattern[str] | None, text: str, start: int, end: int) -> bool:
    """Say whether another sense of the word stands around the match ("black dress")."""
    if unless is None:
        return False
    window = text[max(0, start - 40) : end + 40]
    offset = start - max(0, start - 40)
    return any(m.start() <= offset + (end - start) and m.end() >= offset for m in unless.finditer(window))


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
