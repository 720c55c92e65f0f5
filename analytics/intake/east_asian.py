"""Tell the East Asian encodings of old exports apart, which every single-byte encoding would read as nonsense.

Each of them writes a letter as two bytes, and puts its everyday letters under a few first bytes (Lunde,
CJKV Information Processing, 2nd ed., chapter 4). Text that decodes without a fault and is made of everyday
letters is of that encoding; Western and Cyrillic text has neither property.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

FEWEST_LETTERS = 6
EVERYDAY_SHARE = 0.85
KOREAN_LETTERS, KOREAN_SPACES = 16, 2
KANA_SHARE = 0.2
PAIRED_SHARE = 0.3
NAMES = {"cp932": "Shift-JIS", "euc_jp": "EUC-JP", "euc_kr": "EUC-KR", "gb18030": "GB 18030", "big5": "Big5"}


def east_asian(sample: bytes) -> str | None:
    """Return the encoding of a text that is no UTF-8, or None when it is none of these.

    Parameters
    ----------
    sample : bytes
        The first part of the text; its last letter may be cut.
    """
    for encoding in ("cp932", "euc_jp"):
        letters = _letters(sample, encoding)
        if letters and _share(letters, _is_kana) >= KANA_SHARE:
            return encoding
    scores = {encoding: _everyday(sample, encoding) for encoding in ("euc_kr", "gb18030", "big5")}
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] < EVERYDAY_SHARE or (best == "euc_kr" and not _is_korean(sample)):
        return None
    return best


def _is_korean(sample: bytes) -> bool:
    """Say whether it cannot be Chinese: six in ten of its everyday letters have the bytes of Korean ones.

    Many different letters, or spaces between words, which Chinese has none of, tell.
    """
    letters = _letters(sample, "euc_kr")
    spaces = len(re.findall(rb"(?<=[\xb0-\xc8][\xa1-\xfe]) (?=[\xb0-\xc8][\xa1-\xfe])", sample))
    return len(set(letters)) >= KOREAN_LETTERS or spaces >= KOREAN_SPACES


def _letters(sample: bytes, encoding: str) -> str:
    """Return the letters beyond ASCII; nothing when they are too few or the bytes are not of the encoding."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return ""
    letters = "".join(c for c in text if ord(c) > 127)
    return letters if len(set(letters)) >= FEWEST_LETTERS else ""


def _share(letters: str, wanted: Callable[[str], bool]) -> float:
    return sum(map(wanted, letters)) / len(letters)


def _is_kana(letter: str) -> bool:
    return "\u3041" <= letter <= "\u30ff"


def _everyday(sample: bytes, encoding: str) -> float:
    """Return the share of letters that are everyday ones or punctuation."""
    letters = _letters(sample, encoding)
    if not letters:
        return 0.0
    pairs = [letter.encode(encoding) for letter in letters]
    # A Western text has its accents one by one, each before a plain letter.
    if sum(len(p) == 2 and p[1] > 127 for p in pairs) < PAIRED_SHARE * len(pairs):
        return 0.0
    low, high = {"euc_kr": (0xB0, 0xC8), "gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6)}[encoding]
    plain = 0x40 if encoding == "big5" else 0xA1
    common = sum(len(p) == 2 and (low <= p[0] <= high or 0xA1 <= p[0] <= 0xA3) and p[1] >= plain for p in pairs)
    return common / len(pairs)
