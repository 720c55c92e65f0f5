"""The rules as data: word lists and patterns with their source, read from the files beside this one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine.content import CheckName, Verdict
from engine.fidelity.places import Rule

# One letter that no text uses (a click of Khoisan spelling): it stands for any group of people, so that the word
# lists of groups are matched once a text and the rules stay small.
MARK = "\u01c2"
FILES = ("bias", "safety", "legal", "authenticity", "privacy", "identifiability")


@dataclass(frozen=True)
class PatternRule:
    """A rule that a pattern finds, unless another pattern stands in the same text.

    ``marked`` says that the pattern reads texts in which :data:`MARK` stands for every group of people.
    """

    rule: Rule
    pattern: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    jurisdiction: str
    allowed_by_claim: bool
    marked: bool


@dataclass(frozen=True)
class RuleInfo:
    """A rule as the audit page lists it."""

    id: str
    check: str
    verdict: str
    rule: str
    source: str
    remedy: str
    jurisdiction: str


@cache
def rules_of(check: CheckName) -> dict[str, PatternRule]:
    """Return the rules of a check by id."""
    raw = _raw(check)
    lists = _shapes(raw) | {"group": MARK}
    return {entry["id"]: _rule(check, entry, lists) for entry in raw["rules"]}


@cache
def groups_of(check: CheckName) -> re.Pattern[str] | None:
    """Return the pattern of the groups of people that a check marks before its rules read the text."""
    shapes = _shapes(_raw(check))
    return re.compile(rf"\b{shapes['group']}", re.IGNORECASE) if "group" in shapes else None


def _raw(check: CheckName) -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load(Path(__file__).with_name(f"{check.value}.yaml").read_text(encoding="utf-8"))
    return raw


def _shapes(raw: dict[str, Any]) -> dict[str, str]:
    """Return the word lists and named pieces of a rule file as patterns."""
    lists = {name: _alternatives(words) for name, words in raw.get("lists", {}).items()}
    lists |= {name: _stretched(words) for name, words in raw.get("stretched_lists", {}).items()}
    for name, shape in raw.get("shapes", {}).items():
        lists[name] = f"(?:{_filled(shape, lists)})"
    return lists


def rule(check: CheckName, rule_id: str) -> Rule:
    """Return one rule that code, not a pattern, applies."""
    return rules_of(check)[rule_id].rule


def _alternatives(words: list[str]) -> str:
    """Return words as one alternation, the longest first; a space also matches a hyphen.

    Words with the same first letter stand in one group, so that most places of a text fail at one look.
    """
    by_letter: dict[str, list[str]] = {}
    for word in sorted(set(words), key=lambda w: (-len(w), w)):
        rest = re.escape(word[1:]).replace(r"\ ", r"[\s\-]+").replace("'", "['’]?")
        by_letter.setdefault(word[0], []).append(rest)
    groups = (f"{re.escape(letter)}(?:{'|'.join(rests)})" for letter, rests in sorted(by_letter.items()))
    return "(?:" + "|".join(groups) + ")"


def _stretched(words: list[str]) -> str:
    """Return words as one alternation that also finds "fuuuck" and "f*ck"."""
    return (
        "(?:"
        + "|".join(
            "".join(rf"[{c}*#]+" if c in "aeiou" else rf"{re.escape(c)}+" if c != " " else r"\W*" for c in word)
            for word in sorted(words, key=len, reverse=True)
        )
        + ")"
    )


def _rule(check: CheckName, entry: dict[str, Any], lists: dict[str, str]) -> PatternRule:
    return PatternRule(
        rule=Rule(
            id=entry["id"],
            check=check,
            verdict=Verdict(entry["verdict"]),
            rule=entry["rule"],
            source=entry["source"],
            remedy=entry["remedy"],
        ),
        pattern=_compiled(entry.get("pattern"), lists),
        unless=_compiled(entry.get("unless"), lists),
        jurisdiction=entry.get("jurisdiction", "everywhere"),
        allowed_by_claim=bool(entry.get("allowed_by_claim", False)),
        marked="<group>" in entry.get("pattern", ""),
    )


def _compiled(pattern: str | None, lists: dict[str, str]) -> re.Pattern[str] | None:
    if pattern is None:
        return None
    pattern = _filled(pattern, lists)
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE if "\n" in pattern else re.IGNORECASE)


def _filled(pattern: str, lists: dict[str, str]) -> str:
    """Return a pattern with each ``<name>`` of a list or of an earlier shape written out."""
    for name, alternatives in lists.items():
        pattern = pattern.replace(f"<{name}>", alternatives)
    return pattern


def catalogue() -> tuple[RuleInfo, ...]:
    """Return every rule of every check, for people to read."""
    return tuple(
        RuleInfo(
            r.rule.id,
            check.value,
            r.rule.verdict.value,
            r.rule.rule,
            r.rule.source,
            r.rule.remedy,
            r.jurisdiction,
        )
        for check in CheckName
        for r in rules_of(check).values()
    )
