"""How long a text is, as each channel counts it.

X counts by weight: the published configuration v3 of the twitter-text library. The text is brought
to NFC; every link counts 23; every emoji, joined sequences included, counts 2; code points in four
ranges count 1 and all others 2.
"""

from __future__ import annotations

import unicodedata

import emoji
import regex

X_LINK = 23
X_EMOJI = 2
X_LIGHT_RANGES = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))

# Generic top-level domains that shops use; every two-letter country code is accepted as well.
_GENERIC = (
    "com net org info biz edu gov mil int name pro museum coop aero jobs mobi travel tel post cat asia "
    "app dev io ai shop store online site web page blog news media studio design art fashion style "
    "clothing shoes boutique jewelry beauty salon cafe restaurant pizza coffee wine beer bar kitchen "
    "recipes farm garden flowers toys games game play fun club social community events party dance "
    "music band guitars audio video film photo photography gallery pics camera tv live stream show "
    "tech digital cloud host hosting software systems solutions network technology computer email "
    "agency marketing consulting services support company business inc llc ltd group global world "
    "international market markets sale deals discount bargains cheap gift gifts supply supplies tools "
    "house home homes properties estate rentals vacations holiday tours travel flights hotel fit "
    "fitness yoga health healthcare care clinic dental doctor pharmacy bike run golf football soccer "
    "ski surf pet dog vet academy school university training courses education guide guru tips wiki "
    "link click top xyz one space today life love me now new zone city london paris berlin nyc tokyo "
    "amsterdam eco green organic bio earth energy solar fund finance bank money cash credit tax legal "
    "law attorney works build builders construction plumbing repair report reviews review rocks run "
    "place plus red blue black pink gold best buzz cool express family kids baby mom men moda vip"
)
_TLD = f"(?:{'|'.join(sorted(set(_GENERIC.split()), key=len, reverse=True))}|[a-z]{{2}}|xn--[a-z0-9]+)"
_LABEL = r"[\p{L}\p{N}](?:[\p{L}\p{N}_\-]{0,61}[\p{L}\p{N}])?"
_TAIL = r"(?:/(?:[^\s<>\"]*[^\s<>\".,;:!?'\)\]])?)?(?:\?[^\s<>\"]*[^\s<>\".,;:!?'\)\]])?"
_BEFORE = r"(?<![\p{L}\p{N}@＠$#＃_\-/.!'\"=])"
_WITH_SCHEME = regex.compile(
    rf"{_BEFORE}https?://(?P<host>(?:{_LABEL}\.)+[\p{{L}}][\p{{L}}\p{{N}}\-]*)(?::\d+)?{_TAIL}", regex.I
)
_WITHOUT_SCHEME = regex.compile(
    rf"{_BEFORE}(?:[a-z0-9](?:[a-z0-9\-]{{0,61}}[a-z0-9])?\.)+{_TLD}(?![\p{{L}}\p{{N}}@_\-])(?::\d+)?{_TAIL}",
    regex.I,
)
_KNOWN_TLD = regex.compile(rf".*\.{_TLD}", regex.I)


def _light(point: int) -> bool:
    return any(low <= point <= high for low, high in X_LIGHT_RANGES)


def _weigh_plain(text: str) -> int:
    """Weigh a text without links: emoji sequences count 2, then by range."""
    total = 0
    last = 0
    for found in emoji.emoji_list(text):
        start, end = found["match_start"], found["match_end"]
        if end - start == 1 and _light(ord(text[start])):
            continue  # the signs of copyright and trade mark without an emoji selector
        total += sum(1 if _light(ord(c)) else 2 for c in text[last:start]) + X_EMOJI
        last = end
    return total + sum(1 if _light(ord(c)) else 2 for c in text[last:])


def _links(text: str) -> list[tuple[int, int, bool]]:
    """Return (start, end, known top-level domain) of every link, in order, without overlap."""
    found = [(m.start(), m.end(), bool(_KNOWN_TLD.fullmatch(m["host"]))) for m in _WITH_SCHEME.finditer(text)]
    taken = list(found)
    for match in _WITHOUT_SCHEME.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end, _ in taken):
            found.append((match.start(), match.end(), True))
    return sorted(found)


def x_weighted(text: str) -> int:
    """Return the weighted length of a text on X (twitter-text configuration v3).

    A link with a scheme but an unknown top-level domain counts the larger of 23 and its own
    length: the library would not shorten it, and a limit must never be passed by guessing low.
    """
    text = unicodedata.normalize("NFC", text)
    total = 0
    last = 0
    for start, end, known in _links(text):
        total += _weigh_plain(text[last:start])
        total += X_LINK if known else max(X_LINK, _weigh_plain(text[start:end]))
        last = end
    return total + _weigh_plain(text[last:])


def utf16_units(text: str) -> int:
    """Return the number of UTF-16 code units of the text in NFC."""
    return len(unicodedata.normalize("NFC", text).encode("utf-16-le")) // 2


def utf8_bytes(text: str) -> int:
    """Return the number of bytes of the text in NFC and UTF-8."""
    return len(unicodedata.normalize("NFC", text).encode())
