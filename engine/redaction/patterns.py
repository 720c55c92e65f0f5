"""General patterns of personal data: e-mail, phone, bank and card numbers, ids, addresses, handles.

Numbers count only when their checksum holds (ISO 7064 for IBAN, Luhn for cards), so a part number
or a price is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import cast

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from stdnum import iban, luhn
from stdnum.gb import nhs
from stdnum.us import ssn

from engine.redaction.spans import Span

_EMAIL = re.compile(r"\b[\w.+'-]{1,64}(?:@|\s?\(at\)\s?|\s?\[at\]\s?)[\w-]+(?:\.[\w-]+)+\b")
_HANDLE = re.compile(r"(?<![\w@/.])@[A-Za-z0-9_](?:[A-Za-z0-9_.]{1,28}[A-Za-z0-9_])\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]){11,30}\b", re.IGNORECASE)
_CARD = re.compile(r"\b\d(?:[ -]?\d){12,18}\b")
# Prefixes and lengths of the brands (ISO/IEC 7812 issuers): Visa, Mastercard, American Express, Discover, Diners,
# JCB, UnionPay, Maestro, Mir. A 13-digit number is an article's (EAN) or an order's, not today's card.
_BRANDS = re.compile(
    r"4\d{15}(?:\d{3})?|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}"
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12,15}|(?:30[0-5]\d|3095|36\d\d|3[89]\d\d)\d{10,12}"
    r"|(?:352[89]|35[3-8]\d)\d{12,15}|(?:62|81)\d{14,17}|(?:50|5[6-9]|6\d)\d{14,17}|220[0-4]\d{12,15}"
)
# A long number as a spreadsheet shows it, mostly a phone's: "4.47701E+11".
_SHOWN_SHORT = re.compile(r"(?<![\w.,])\d[.,]\d{3,}E\+?(?:0?[89]|1[0-5])(?!\w)", re.IGNORECASE)
_CARD_SAID = re.compile(r"\bcard\b\D{0,30}(?P<number>\d(?:[ -]?\d){11,18})\b", re.IGNORECASE)
_SSN = re.compile(r"\b\d{3}-\d{2}-\d{4}\b")
_NHS = re.compile(r"\b\d{3} \d{3} \d{4}\b")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_IP = re.compile(r"\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b")
_STREET = (
    "street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|terrace|square|sq|close|crescent|"
    "way|row|highway|hwy|parkway|pkwy"
)
_ADDRESS = re.compile(
    r"(?<![\w-])(?!\d\s+\S+\s+(?i:way|row|place|close|drive|court|square)\b)"
    rf"\d{{1,5}}[A-Za-z]?\s+(?:[A-Z][\w'.-]+\s+){{1,4}}(?i:{_STREET})\b\.?"
    r"(?:,?\s+(?i:apt|suite|unit|flat|no)\.?\s*\w+)?(?:,\s*[A-Z][\w' -]+)?"
    r"(?:,?\s+[A-Z]{2}\s+\d{5}(?:-\d{4})?)?"
)
_HOUSE = r"\s+\d{1,4}[a-z]?\b\.?(?:,?\s+(?i:apt|suite|unit|flat|st|et)\.?\s*\w+)?"
_EUROPEAN = re.compile(
    r"(?:\b\d{3,6}\s+)?(?:"
    r"\b[^\W\d_a-z][\w'-]*(?:straße|strasse|gasse|weg|platz|allee|laan|straat|vej|gade|gatan|gata|stræti|katu|kuja|ntie)"
    r"|\b(?:Rua|Via|Viale|Calle|Avenida|Av\.|Rue|Piazza|Plaza|Praça|Carrer|Ulica|ul\.)\s+"
    r"(?:d[aeo]s?\s+|del?\s+|la\s+|las\s+)?[^\W\d_a-z][\w'-]*(?:\s+[^\W\d_a-z][\w'-]*)?,?"
    r"|\b[^\W\d_a-z][\w'-]*(?:\s+[^\W\d_a-z][\w'-]*)?\s+(?:utca|út|tér|u\.|köz)"
    rf"){_HOUSE}"
)
_ADDRESS_SAID = re.compile(
    r"\b(?i:address(?:es)?(?:\s+(?:is|with|to))?|liv(?:e|es|ed|ing)\s+(?:at|on)|located\s+(?:at|on)|meet\s+(?:me|you)\s+at|"
    r"(?:ship|send|sent|deliver|shipped|moved?)\s+(?:\w+\s+){0,3}to)\s*:?\s+"
    r"(?P<place>(?:\d{1,6}[a-z]?\s+)?(?:(?!(?:In|At|On|To|For|The|With|By|And|Of)\b)[^\W\d_a-z][\w'.-]*\s+){1,4}\d{1,5}\b(?:[,\s]+(?i:apt|suite|unit|box|flat)\.?\s*\w+)?"
    r"|\d{1,6}[a-z]?\s+[^\W\d_a-z][\w'.-]*(?:\s+[^\W\d_a-z][\w'.-]*){0,4})"
)
_BOX = re.compile(r"\b(?:P\.?\s?O\.?\s+Box|Postfach|PSC\s+\d+,?\s+Box|Unit\s+\d+,?\s+Box)\s+\d{2,6}\b", re.IGNORECASE)
_UK_POSTCODE = re.compile(r"\b(?:GIR 0AA|[A-PR-UWYZ][A-HK-Y]?\d[\dA-Z]? \d[ABD-HJLNP-UW-Z]{2})\b")
_PROFILE_LINK = re.compile(
    r"\b(?:https?://)?(?:www\.)?(?:facebook|fb|instagram|twitter|x|tiktok|linkedin|t)\.(?:com|me)/(?!share|intent)[\w./@-]+",
    re.IGNORECASE,
)
_WORTH = re.compile(
    r"@|\(at\)|\[at\]|\d[\d ().\-/]{5,}\d|\b\d{1,5}[A-Za-z]?\s+[A-Z][a-z]|\.(?:com|me)/|"
    r"\b[A-Z]{2}\d{2}|[A-Z]\d[\dA-Z]? \d[A-Z]{2}\b"
    r"|(?:straße|strasse|gasse|weg|platz|allee|laan|straat|vej|gade|gatan|gata|stræti|katu|kuja|ntie)\s\d"
    r"|\d\.\d{1,3}\.\d|\b(?:Rua|Via|Viale|Calle|Avenida|Av\.|Rue|Piazza|Plaza|Praça|Carrer|Ulica|ul\.)\s|(?:utca|út|tér|u\.)\s\d"
    r"|(?i:\b(?:born|birth|geb|n[ée]e?|nac|nat[oa]|nasc|f[øo]d|urodz)).{0,40}\d"
    r"|\d[eE]\+?\d|[Bb]ox\s\d|[Aa]ddress|\b[Ll]iv(?:e|es|ed|ing) (?:at|on) |[Ll]ocated|[Mm]eet |[0-9a-f]:[0-9a-f:]"
)
_AMERICAN = re.compile(r"(?<![\w.-])(?:\+?1[ .-])?(?:\(\d{3}\)[ ]?|\d{3}[ .-])\d{3}[ .-]\d{4}(?:\s?x\d{1,5})?(?![\w-])")
_INTERNATIONAL = re.compile(r"(?<!\w)\+\d[\d ().-]{6,18}\d(?:\s?x\d{1,5})?(?!\w)")
_PHONE_SAID = re.compile(
    r"\b(?:phone|tel|telephone|mobile|cell|fax|desk|whats\s?app|call|ring|text|reach|answering)\b(?:\s+(?:number|me|us|him|her|on|at|is|now))*"
    r"\s*[:.]?\s*(?P<number>[+(]?\d[\d ().-]{5,18}\d(?:\s?x\d{1,5})?)(?!\w)",
    re.IGNORECASE,
)
_PHONE_NAMED_AFTER = re.compile(
    r"(?<!\w)(?P<number>[+(]?\d[\d ().-]{5,18}\d)[\s-]+(?:office|fax|mobile|cell)\b", re.IGNORECASE
)
PHONE_REGIONS = ("US", "GB", "DE", "FR")
_NUMBER_OF_A_THING = re.compile(
    r"(?:\b(?:orders?|invoice|bestell\w*|auftrag\w*|rechnung\w*|sendung\w*|commande|facture|colis|pedidos?|factura|env[ií]o|"
    r"encomenda|ordine|fattura|bestelling|ordre|ordern?ummer|zam[óo]wieni\w*|tickets?|tracking|parcel|shipment|delivery|"
    r"article|artikel\w*|item|sku|asin|isbn|ean|upc|barcode|model|serial|reference|ref|booking|receipt|voucher)"
    r"|#)(?:[\s.:,#-]*\b(?:no|nr|num|number|nummer|num[eé]ro|n[úu]mero|id|code|is|was|were|it|of|de|with|my|the)\b)*[\s.:#-]*$",
    re.IGNORECASE,
)
_PAYING = re.compile(
    r"\b(?:pa(?:y|ys|id|ying|yment)|with|card|charged?|debit|credit|karte|carte|tarjeta)\b", re.IGNORECASE
)
_MONTH = (
    r"(?:jan|feb|m[aä]r|apr|ma[yi]|jun|jul|aug|sep|o[ck]t|nov|de[czk]|janv|f[eé]vr|avr|juin|juil|ao[uû]t|d[eé]c|ene|abr|ago|dic|"
    r"gen|mag|giu|lug|set|ott)[^\W\d]*\.?"
)
_BORN = re.compile(
    r"\b(?:born|birth\s?da(?:y|te)|date\s+of\s+birth|d\.?o\.?b\.?|geboren|geb\.|geburts(?:tag|datum)|n[eé]e?|date\s+de\s+naissance|"
    r"nacid[oa]|nac[ií]|fecha\s+de\s+nacimiento|nat[oa]|nascid[oa]|nasci|geboren\s+op|f[øo]dt|f[öo]dd|urodzon[ya])\b\.?"
    r"(?:\s*[:,=]|\s+(?:on|in|is|was|the|am|den|le|el|il|em|op|dn\.|ist|est|es|de|around))*\s*"
    rf"(?P<date>\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s+(?:de\s+|of\s+)?{_MONTH}(?:,?\s+(?:de\s+)?\d{{2,4}})?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?)",
    re.IGNORECASE,
)


def worth_a_look(text: str) -> bool:
    """Say whether a text can hold any of the patterns at all: one quick pass instead of many."""
    return _WORTH.search(text) is not None


def worth_looks(texts: Sequence[str | None] | np.ndarray) -> list[bool]:
    """Say the same of many texts at once, in one pass outside Python; a missing text is never worth one."""
    found = pc.match_substring_regex(pa.array(texts, pa.string()), _WORTH.pattern)
    return cast(list[bool], found.fill_null(False).to_pylist())


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
        ("address", _BOX),
        ("profile link", _PROFILE_LINK),
        ("ip address", _IP),
        ("phone", _AMERICAN),
        ("phone", _INTERNATIONAL),
        ("number", _SHOWN_SHORT),
    ):
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), kind)
    for kind, pattern in (
        ("address", _ADDRESS_SAID),
        ("phone", _PHONE_SAID),
        ("phone", _PHONE_NAMED_AFTER),
        ("birth date", _BORN),
    ):
        for match in pattern.finditer(text):
            part = {"address": "place", "phone": "number", "birth date": "date"}[kind]
            if kind != "phone" or sum(c.isdigit() for c in match[part]) >= 7:
                yield Span(match.start(part), match.end(part), kind)


def _checked(text: str) -> Iterator[Span]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"[ -]", "", match[0])
        thing = digits == match[0] and _is_of_a_thing(text, match.start(), unless=_PAYING)
        if _BRANDS.fullmatch(digits) and luhn.is_valid(digits) and not thing:
            yield Span(match.start(), match.end(), "card number")
    for kind, pattern, valid in (
        ("id number", _SSN, ssn.is_valid),
        ("id number", _NHS, nhs.is_valid),
    ):
        for match in pattern.finditer(text):
            if valid(match[0]):
                yield Span(match.start(), match.end(), kind)
    for match in _IBAN.finditer(text):
        number = match[0]
        while not iban.is_valid(number) and " " in number:
            number = number.rpartition(" ")[0]
        if iban.is_valid(number):
            yield Span(match.start(), match.start() + len(number), "bank account")
    for match in _CARD_SAID.finditer(text):
        if luhn.is_valid(re.sub(r"[ -]", "", match["number"])):
            yield Span(match.start("number"), match.end("number"), "card number")
    for match in _IPV6.finditer(text):
        if _is_ipv6(match[0]):
            yield Span(match.start(), match.end(), "ip address")


def _is_of_a_thing(text: str, start: int, unless: re.Pattern[str] | None = None) -> bool:
    """Say whether the words before a number call it an order's, an article's and so on."""
    before = text[max(0, start - 40) : start]
    return _NUMBER_OF_A_THING.search(before) is not None and not (unless and unless.search(before))


def _is_ipv6(text: str) -> bool:
    try:
        return len(text) > 4 and ip_address(text).version == 6
    except ValueError:
        return False


def _phones(text: str) -> Iterator[Span]:
    """Return phone numbers: any international form, and the national forms of a few regions."""
    if sum(c.isdigit() for c in text) < 7:
        return
    for region in PHONE_REGIONS:
        leniency = phonenumbers.Leniency.VALID if region in ("US", "GB") else phonenumbers.Leniency.STRICT_GROUPING
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency):
            bare = match.raw_string.isdigit()  # nobody's phone, where it is said to be an order's number
            if not (bare and _is_of_a_thing(text, match.start)):
                yield Span(match.start, match.end, "phone")
