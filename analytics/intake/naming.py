"""How far a column's name says which field it holds."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from analytics.intake.consent_words import is_of_a_channel, is_opt_out
from analytics.intake.fields import Field, Kind
from analytics.intake.personal import role_by_name

EXACT, WITHOUT_UNIT, SHORTENED, CONSENT, LAST_WORD = 0.95, 0.93, 0.85, 0.75, 0.55
RANK = 0.01
# Words that change nothing about what a column means.
_COUNTING = frozenset(["total", "sum", "num", "number", "of", "count", "no", "nr", "the", "all", "lifetime", "unique"])
_SUBJECT: dict[Kind, frozenset[str]] = {
    "profiles": frozenset(["customer", "user", "client", "member", "contact", "person", "profile", "subscriber"]),
    "reviews": frozenset(["review", "reviews", "reviewer"]),
    "products": frozenset(["product", "item", "article"]),
    "posts": frozenset(["post", "posts", "tweet", "media", "status", "ad"]),
    "metrics": frozenset(["metric"]),
    "consents": frozenset(["consent"]),
    "interactions": frozenset(["event", "interaction"]),
}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-zà-öø-ÿ]+|\d+|[^\W\d_]+")
_SCALED = re.compile(r"[\[(]\s*([km%‰]|[km][$€£]|[$€£][km]|thousands?|millions?|in thousands|000s?|'000)\s*[\])]", re.I)
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")


# Each column's name is held against every field of every kind.
@lru_cache(maxsize=4_096)
def plain_name(column: str) -> str:
    """Return a column's name in lower case with nothing but letters and digits."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", column).casefold())


def name_score(column: str, target: Field, kind: Kind) -> float:
    """Return how sure a name alone makes it that a column holds a field, 0 to 1.

    A name counts in full where it is one the field is known by, a little less without its unit
    ("(USD)") and without words of counting and of the table's own subject ("Total likes",
    "Review stars"). In English the last word says what a thing is: "Customer lifetime value" is no
    customer. Where only the last word fits ("Permalink clicks"), it is too little to go by.
    """
    if target.identity:
        return EXACT if role_by_name(column) == target.name else 0.0
    known = (*target.names, plain_name(target.name))
    full, bare = plain_name(column), plain_name(_ASIDE.sub("", column))
    if _SCALED.search(column):
        return LAST_WORD if bare in known else 0.0  # "Income (k$)": the numbers are not what the field's are
    for name, base in ((full, EXACT), (bare, WITHOUT_UNIT)):
        if name and name in known:
            return base - RANK * known.index(name)
    if target.type in ("consent", "opt_out") and is_opt_out(full):
        return EXACT if target.type == "opt_out" else 0.0  # "Opted out: yes" is a no
    if target.type == "consent" and is_of_a_channel(full):
        return 0.0  # a yes to text messages is none to posts; it is asked
    words = _words(column)
    # A customer's or product's own words are its name elsewhere ("Customer id"), so they go one by one.
    short = _trimmed(words, _COUNTING | _SUBJECT[kind])
    for rest in dict.fromkeys(["".join(_trimmed(words, _COUNTING)), "".join(short)]):
        for form in (rest, f"{rest}s", rest.removesuffix("s")):
            if rest and form in known:
                return SHORTENED - RANK * known.index(form)
    if target.name.startswith("consent_") and any(len(n) >= 6 and n in full for n in target.names):
        return CONSENT
    if len(words) > 1 and any(words[-1] in (n, f"{n}s") for n in known):
        return LAST_WORD
    return 0.0


@lru_cache(maxsize=4_096)
def _words(column: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _WORD.findall(_ASIDE.sub("", column)))


def _trimmed(words: tuple[str, ...], idle: frozenset[str]) -> tuple[str, ...]:
    """Return the words without idle ones at either end; at least one is left."""
    start, end = 0, len(words)
    while end - start > 1 and words[start] in idle:
        start += 1
    while end - start > 1 and words[end - 1] in idle:
        end -= 1
    return words[start:end]
