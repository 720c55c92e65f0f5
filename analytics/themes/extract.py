"""Finding theme phrases in one review: adjective and noun, noun "is" adjective, set phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from analytics.themes.lexicon import Lexicon, Polarity, lexicon

Found = tuple[str, Polarity]

_CLAUSE = re.compile(r"[.!?;:,()\n]+|\s-+\s|\b(?:but|however|although|though|because|except|while|than)\b")
_WORD = re.compile(r"[a-z][a-z'\-]*")
_LINKS = frozenset(["is", "are", "was", "were", "feels", "feel", "looks", "look", "sounds", "seems", "'s"])
_REACH = 4
# Not negated, yet not a statement about this product: "not only soft", "no complaints", "no doubt".
_NOT_NEGATION = re.compile(r"\bnot only\b|\bno (?:complaints|doubt|problems?|issues?|regrets)\b|\bcan't wait\b")


@lru_cache(maxsize=1)
def _listed() -> re.Pattern[str]:
    words = "|".join(sorted(lexicon().adjectives))
    return re.compile(rf"\b({words}),(?= (?:{words})\b)")


def _clauses(text: str) -> list[list[str]]:
    text = _NOT_NEGATION.sub(" ", text.lower().replace("’", "'").replace("it's", "it is"))
    text = _listed().sub(r"\1 and", text)
    return [_WORD.findall(part) for part in _CLAUSE.split(text)]


def _negated(words: list[str], at: int, lex: Lexicon, reach: int = _REACH) -> bool:
    before = words[max(0, at - reach) : at]
    return any(word in lex.negators or word.endswith("n't") or word == "too" for word in before)


def _fits(adjective: str, noun: str, lex: Lexicon) -> Polarity | None:
    """Return whether the adjective praises or faults that noun, or None where it says neither."""
    if noun in lex.faults.get(adjective, frozenset()):
        return "negative"
    if noun in lex.specific.get(adjective, frozenset()):
        return "positive"
    if adjective in lex.praise and noun not in lex.needs_specific:
        return "positive"
    return None


def _phrase(adjective: str, noun: str, lex: Lexicon) -> Found | None:
    name = lex.nouns[noun]
    for form in (noun, name, name.rstrip("s")):
        polarity = _fits(adjective, form, lex)
        if polarity:
            return f"{adjective} {name}", polarity
    return None


def _before_noun(words: list[str], at: int, lex: Lexicon) -> Iterator[Found]:
    """Yield "soft fabric" from "soft, very stretchy fabric": adjectives just before a noun."""
    place = at - 1
    while place >= max(0, at - _REACH):
        word = words[place]
        if word in lex.adjectives:
            found = _phrase(word, words[at], lex)
            if found and not _negated(words, place, lex):
                yield found
        elif word != "and" and word not in lex.intensifiers:
            return
        place -= 1


def _after_noun(words: list[str], at: int, lex: Lexicon) -> Iterator[Found]:
    """Yield "soft fabric" from "the fabric is so soft": adjectives linked to a noun before."""
    place = at + 1
    if place >= len(words) or words[place] not in _LINKS or _negated(words, at, lex, 3):
        return
    for word in words[place + 1 : place + 6]:
        if word in lex.negators or word == "too":
            return
        if word in lex.adjectives and not (word == "pretty" and words[-1] != "pretty"):
            found = _phrase(word, words[at], lex)
            if found:
                yield found
        elif word not in lex.intensifiers and word != "and":
            return


def _of_the_whole(words: list[str], at: int, lex: Lexicon) -> Iterator[Found]:
    """Yield "comfortable" where it is said of the product, not of one of its parts."""
    word = words[at]
    follows = words[at + 1 : at + 5]
    ahead = next((part for part in follows if part not in lex.adjectives and part != "and"), "")
    if ahead in lex.nouns or _negated(words, at, lex):
        return
    if "fabric" in words[max(0, at - 4) : at] or "material" in words[max(0, at - 4) : at]:
        return
    if follows[:1] in (["enough"], ["as"]):
        return
    if word in lex.whole:
        yield lex.whole[word], "positive"
    elif word in lex.whole_faults:
        yield lex.whole_faults[word], "negative"


def _of_clause(words: list[str], lex: Lexicon) -> Iterator[Found]:
    for at, word in enumerate(words):
        if word in lex.nouns:
            yield from _before_noun(words, at, lex)
            yield from _after_noun(words, at, lex)
        if word in lex.whole or word in lex.whole_faults:
            yield from _of_the_whole(words, at, lex)
    line = " ".join(words)
    for phrase in lex.set_phrases:
        for match in phrase.pattern.finditer(line):
            position = len(line[: match.start()].split())
            if phrase.polarity == "negative" or not _negated(words, position, lex):
                yield phrase.text, phrase.polarity


def phrases_of(text: str) -> set[Found]:
    """Return the (theme, polarity) pairs that one review states and does not deny.

    Negation is looked for in the same clause: up to four words before the adjective ("not very
    soft"), wishes and conditions included ("I wish it were softer", "would be comfortable").
    """
    lex = lexicon()
    return {found for words in _clauses(text) for found in _of_clause(words, lex)}
