"""The shipped words from which themes are built, and the grammar of each theme."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import yaml

Polarity = Literal["positive", "negative"]
Grammar = Literal["noun", "adjective", "verb"]


@dataclass(frozen=True)
class SetPhrase:
    """A fixed expression: ``pattern`` finds it, ``text`` is the theme."""

    pattern: re.Pattern[str]
    text: str
    grammar: Grammar
    polarity: Polarity


@dataclass(frozen=True)
class Lexicon:
    """Every word list of ``lexicon.yaml``, ready to look up."""

    praise: frozenset[str]
    specific: dict[str, frozenset[str]]
    faults: dict[str, frozenset[str]]
    nouns: dict[str, str]
    needs_specific: frozenset[str]
    plural: frozenset[str]
    whole: dict[str, str]
    whole_faults: dict[str, str]
    set_phrases: tuple[SetPhrase, ...]
    negators: frozenset[str]
    intensifiers: frozenset[str]

    @property
    def adjectives(self) -> frozenset[str]:
        return self.praise | frozenset(self.specific) | frozenset(self.faults)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the shipped word lists."""
    raw = yaml.safe_load(files("analytics.themes").joinpath("lexicon.yaml").read_text(encoding="utf-8"))
    phrases = tuple(
        SetPhrase(re.compile(rf"\b(?:{pattern})\b"), text, grammar, polarity)
        for pattern, text, grammar, polarity in raw["set_phrases"]
    )
    return Lexicon(
        praise=frozenset(raw["praise"].split()),
        specific={word: frozenset(nouns.split()) for word, nouns in raw["specific"].items()},
        faults={word: frozenset(nouns.split()) for word, nouns in raw["faults"].items()},
        nouns=raw["nouns"],
        needs_specific=frozenset(raw["needs_specific"].split()),
        plural=frozenset(raw["plural"].split()),
        whole=raw["whole"],
        whole_faults=raw["whole_faults"],
        set_phrases=phrases,
        negators=frozenset(raw["negators"].split()),
        intensifiers=frozenset(raw["intensifiers"].split()),
    )


def theme_grammar(text: str) -> Grammar:
    """Return whether a theme reads as a noun ("soft fabric"), an adjective or a verb phrase.

    ``noun`` fits after "mention", ``adjective`` after "call it", ``verb`` after "it". A phrase that
    the lexicon does not know is taken for a noun.
    """
    words = lexicon()
    for phrase in words.set_phrases:
        if phrase.text == text:
            return phrase.grammar
    if text in words.whole.values() or text in words.whole_faults.values():
        return "adjective"
    return "noun"


def theme_is_plural(text: str) -> bool:
    """Return whether a noun theme is plural or uncountable in form ("vibrant colors")."""
    return text.split()[-1] in lexicon().plural
