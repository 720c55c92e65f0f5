"""Small rules of English that keep filled-in sentences grammatical."""

from __future__ import annotations

import re
from datetime import date

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "CAD": "CA$", "AUD": "A$"}
_VOWEL_SOUND = re.compile(r"^(?:[aeiou]|8|11\b|18\b|hour|honest|heir)", re.I)
_CONSONANT_SOUND = re.compile(r"^(?:uni|use|usu|eu|one\b|once\b|ukulele)", re.I)
_SINGULAR_S_TEXT = "dress bass canvas lens gas glass class press brass atlas bus plus iris tennis"
_SINGULAR_S = frozenset(_SINGULAR_S_TEXT.split())
_PLURAL_ONLY_TEXT = (
    "jeans pants shorts leggings trousers tights pajamas pyjamas headphones earphones glasses "
    "sunglasses scissors maracas bongos shoes boots socks gloves sneakers sandals"
)
_PLURAL_ONLY = frozenset(_PLURAL_ONLY_TEXT.split())
_NO_THING_TEXT = (
    "intimates bottoms accessories essentials basics electronics goods supplies textiles sales news "
    "sports misc separates tops&tees"
)
_NO_THING = frozenset(_NO_THING_TEXT.split())
_LEADING = re.compile(r"^(?:a|an|the|its|their)\s+", re.I)
_FIRST_PERSON = re.compile(
    r"\b(?:I|[Ww]e|[Oo]ur|[Oo]urs|us|Us|[Mm]y|[Mm]ine|[Mm]e|[Mm]yself|[Oo]urselves|[Ll]et['’]s)\b"
)


def has_first_person(text: str) -> bool:
    """Return whether a text speaks as I, we, us, my or our. Capital "US" and "ME" are not pronouns."""
    return bool(_FIRST_PERSON.search(text))


def capitalised(text: str) -> str:
    """Return the text with its first letter in upper case and the rest untouched."""
    return text[:1].upper() + text[1:]


_PROPER = re.compile(
    r"(?:Europ|Ital|Egypt|Peruv|Belg|Portugu|Norweg|Scandinav|Austral|Brazil|Ind|As|Afric|Americ|Mexic|Canad|Austr|"
    r"Turk|Engl|Ir|Scott|Brit|Swed|Dan|Finn|Pol|Span|Jap|Japan|Chin|Vietnam|Dutch|French|German|Greek|Swiss|Welsh|Czech|Thai)"
    r"(?:ean|ian|ese|ish|an|uese)?$"
)


def uncapitalised(phrase: str) -> str:
    """Return the phrase for the middle of a sentence: its first letter small unless it is a name."""
    first = phrase.split(" ", 1)[0]
    if len(first) > 1 and first[1:].islower() and not _PROPER.match(first):
        return phrase[:1].lower() + phrase[1:]
    return phrase[:1].lower() + phrase[1:] if first == "A" else phrase


def with_article(noun: str) -> str:
    """Return the noun after "a" or "an", by sound ("an hour", "a unit")."""
    vowel = _VOWEL_SOUND.match(noun) and not _CONSONANT_SOUND.match(noun)
    return f"{'an' if vowel else 'a'} {noun}"


def definite(noun_phrase: str) -> str:
    """Return the noun phrase after "the", its own article taken away."""
    return f"the {_LEADING.sub('', noun_phrase)}"


def also(verb_phrase: str) -> str:
    """Return the verb phrase with "also" where it belongs ("is also woven", "also dries")."""
    first, _, rest = verb_phrase.partition(" ")
    helpers = {"is", "are", "can", "will", "does", "do", "has", "have"}
    return f"{first} also {rest}" if first in helpers and rest else f"also {verb_phrase}"


def _head(name: str) -> str:
    core = re.split(r"\s+(?:with|in|for|by|of|from)\s+|\s*[,(|–—/]|\s+-\s+", name.strip(), maxsplit=1)[0]
    words = re.findall(r"[A-Za-z']+", core)
    return words[-1].lower() if words else ""


def is_plural(name: str) -> bool:
    """Return whether a product's name is plural, by its head word ("Bronze Strings", "Slim Jeans")."""
    head = _head(name)
    if head in _PLURAL_ONLY:
        return True
    return head.endswith("s") and head not in _SINGULAR_S and not head.endswith(("ss", "us", "is", "'s", "ous"))


def singular(word: str) -> str:
    """Return the singular of a regular English plural."""
    if word in _PLURAL_ONLY or word in _SINGULAR_S:
        return word
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def kind_of(category: str | None, name: str) -> str | None:
    """Return the everyday noun for the product ("dress"), or None where the category names no thing."""
    words = re.findall(r"[A-Za-z']+", category or "")
    if not words:
        return None
    last = words[-1].lower()
    one = singular(last)
    if last in _NO_THING:
        return None
    named = one in {singular(word.lower()) for word in re.findall(r"[A-Za-z']+", name)}
    if not (named or last != one or last in _PLURAL_ONLY):
        return None
    return last if is_plural(name) else one


def money(amount: float, currency: str | None) -> str:
    """Return an amount as people write it: ``$49``, ``$49.50``, ``CHF 1,200``."""
    number = f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,.2f}"
    if not currency:
        return number
    symbol = _SYMBOLS.get(currency.upper())
    return f"{symbol}{number}" if symbol else f"{currency.upper()} {number}"


def day(moment: date) -> str:
    """Return a date as "30 June"."""
    return f"{moment.day} {moment:%B}"


def closed(sentence: str) -> str:
    """Return the sentence with a full stop where it ends without any mark."""
    sentence = sentence.strip()
    return sentence if sentence[-1:] in ".!?:…”" else f"{sentence}."
