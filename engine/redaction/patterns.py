"""General patterns of personal data: e-mail, phone, bank and card numbers, ids, addresses, handles.

Numbers count only when their checksum holds (ISO 7064 for IBAN, Luhn for cards), so a part number
or a price is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from stdnum import iban, luhn
from stdnum.gb import nhs
from stdnum.us import ssn

from engine.redaction.spans import Span

_EMAIL = re.compile(r"\b[\w.+'-]+(?:@|\s?\(at\)\s?|\s?\[at\]\s?)[\w-]+(?:\.[\w-]+)+\b")
_HANDLE = re.compile(r"(?<![\w@/.])@[A-Za-z0-9_](?:[A-Za-z0-9_.]{1,28}[A-Za-z0-9_])\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]){11,30}\b")
_CARD = re.compile(r"\b\d(?:[ -]?\d){12,18}\b")
_SSN = re.compile(r"\b\d{3}-\d{2}-\d{4}\b")
_NHS = re.compile(r"\b\d{3} \d{3} \d{4}\b")
_IP = re.compile(r"\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b")
_STREET = (
    "street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|terrace|square|sq|close|crescent|"
    "way|row|highway|hwy|parkway|pkwy"
)
_ADDRESS = re.compile(
    rf"\b\d{{1,5}}[A-Za-z]?\s+(?:[A-Z][\w'.-]+\s+){{1,4}}(?i:{_STREET})\b\.?"
    r"(?:,?\s+(?i:apt|suite|unit|flat|no)\.?\s*\w+)?(?:,\s*[A-Z][\w' -]+)?"
    r"(?:,?\s+[A-Z]{2}\s+\d{5}(?:-\d{4})?)?"
)
_EUROPEAN = re.compile(
    r"\b[A-ZÄÖÜ][\wäöüßéèàç'-]*(?:straße|strasse|gasse|weg|platz|allee|laan|straat|vej|gatan|katu)\s+\d{1,4}[a-z]?\b"
)
_UK_POSTCODE = re.compile(r"\b(?:GIR 0AA|[A-PR-UWYZ][A-HK-Y]?\d[\dA-Z]? \d[ABD-HJLNP-UW-Z]{2})\b")
_PROFILE_LINK = re.compile(
    r"\b(?:https?://)?(?:www\.)?(?:facebook|fb|instagram|twitter|x|tiktok|linkedin|t)\.(?:com|me)/(?!share|intent)[\w./@-]+",
    re.IGNORECASE,
)
_WORTH = re.compile(
    r"@|\(at\)|\[at\]|\d[\d ().\-/]{5,}\d|\b\d{1,5}[A-Za-z]?\s+[A-Z][a-z]|\.(?:com|me)/|"
    r"\b[A-Z]{2}\d{2}|[A-Z]\d[\dA-Z]? \d[A-Z]{2}\b"
    r"|(?:straße|strasse|gasse|weg|platz|allee|laan|straat|vej|gatan|katu)\s\d|\d\.\d{1,3}\.\d"
)
PHONE_REGIONS = ("US", "GB", "DE", "FR")


def worth_a_look(text: str) -> bool:
    """Say whether a text can hold any of the patterns at all: one quick pass instead of many."""
    return _WORTH.search(text) is not None


def pattern_spans(text: str) -> list[Span]:
    """Return where general patterns of personal data stand."""
    if not worth_a_look(text):
        return []
    return [*_simple(text), *_checked(text), *_phones(text)]


def _simple(text: str) -> Iterator[Span]:
    for kind, pattern in (
        ("email", _EMAIL),
        ("handle", _HANDLE),
        ("address", _ADDRESS),
        ("address", _EUROPEAN),
        ("address", _UK_POSTCODE),
        ("profile link", _PROFILE_LINK),
        ("ip address", _IP),
    ):
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), kind)


def _checked(text: str) -> Iterator[Span]:
    for kind, pattern, valid in (
        ("bank account", _IBAN, iban.is_valid),
        ("card number", _CARD, luhn.is_valid),
        ("id number", _SSN, ssn.is_valid),
        ("id number", _NHS, nhs.is_valid),
    ):
        for match in pattern.finditer(text):
            if valid(re.sub(r"[ -]", "", match[0]) if kind != "id number" else match[0]):
                yield Span(match.start(), match.end(), kind)


def _phones(text: str) -> Iterator[Span]:
    """Return phone numbers: any international form, and the national forms of a few regions."""
    if sum(c.isdigit() for c in text) < 7:
        return
    for region in PHONE_REGIONS:
        leniency = phonenumbers.Leniency.VALID if region in ("US", "GB") else phonenumbers.Leniency.STRICT_GROUPING
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency):
            yield Span(match.start, match.end, "phone")
