"""Tell single-byte encodings apart: read in the right one, every word is a word of some language.

The same byte is another letter in each of them. An encoding is possible where, in at least one language that
is written in it, no letter is foreign, no capital stands inside a word and no sign between letters. Of
several possible ones the likelier by the language's letter frequencies wins only by a wide margin. A word
counts once, however often it stands there.
"""

from __future__ import annotations

import codecs
import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from analytics.intake.alphabets import COMMON, FINAL_ONLY, LANGUAGES, LATIN, NAMES, OTHER, RARER
from analytics.intake.east_asian import east_asian
from analytics.intake.errors import IntakeError

MOST_BYTES = 48 * 1024
MARGIN = 6.0  # natural-log units, about 400 to 1
FOREIGN_SHARE = 0.02
WORD_WEIGHT = 1.5
GUEST = 0.002  # the share of a letter that only other Latin alphabets have
UNLIKELY = 0.002  # of a dash between two letters, a currency sign at a letter, an opening quote at nothing
FEWEST_WORDS = 3  # different ones; below, chance makes any code page look right
HEARD = 2  # so often the same letter counts: the tenth š says no more than the second
SHOWN = 60
MOST_CHOICES = 16
_EVERY_LATIN = frozenset("".join(LATIN.values()).lower())

_SIGNS = frozenset("\u00a0’‘“”„‚«»‹›–—…€£¥§°©®™·•¿¡ºª²³½×№±´\u200e\u200f\u200c\u200d،؛؟฿ـ")
_USUAL = frozenset("’“”„«»–€°£¿¡،؟ºª")
_BEFORE = frozenset("\u00a0‘“”„‚«»‹›€£¥§•¿¡\u200e\u200f\u200c\u200d،؛؟฿ـ")
_BEHIND = _SIGNS - frozenset("¿¡§•£¥„‚©")
_INSIDE_WORDS = frozenset("’·\u200c\u200dـ–—…")
# Where a dash or an apostrophe may well stand between two letters: an elision, an English ending, a name's ending.
_ELISION = re.compile(r"^([^\W\d_]{1,2}|[^\W\d_]*(qu|ll|tt|nn|rd|nch))’|’(s|t|m|d|re|ll|ve)$|l·l", re.IGNORECASE)
_JOINING = frozenset("’·–—…")
_APART = frozenset("€£¥§°±½×№•")
_OPENING = frozenset("\u00a0„‚¿¡‹")
_BLOCKS = (0x370, 0x400, 0x530, 0x590, 0x600, 0x780, 0x800)  # Greek, Cyrillic, Armenian, Hebrew, Arabic, Thaana
_TOKEN = re.compile(r"[^\x00-&(-@\[-`{-~]+")


@dataclass(frozen=True)
class Reading:
    """A way to read the bytes: its encoding, the text, its log-likelihood in the best language.

    ``possible`` says whether at least one language has such letters in such places; ``words`` is how many
    different words have one beyond ASCII, all those of one or two letters counted as one.
    """

    encoding: str
    text: str
    score: float
    possible: bool
    words: int


def readings_of(sample: bytes) -> list[Reading]:
    """Return the different texts that a single-byte sample may be: the possible ones first, the likeliest first."""
    lines = b"\n".join(line for line in sample.splitlines() if not line.isascii())[:MOST_BYTES]
    found: dict[str, Reading] = {}
    for encoding, languages in LANGUAGES.items():
        try:
            text = lines.decode(encoding)
        except UnicodeDecodeError:
            continue
        every = {token.casefold(): token for token in _TOKEN.findall(text)}
        words = [token for token in every.values() if not token.isascii()]
        possible, score = max(_score(words, every.keys(), language) for language in languages)
        long = sum(sum(map(str.isalpha, word)) > 2 for word in words)
        telling = long + (any(map(str.isalpha, "".join(words))) and long < len(words))
        reading = Reading(encoding, text, score - RARER.get(encoding, 0.0), possible, telling)
        if text not in found or _rank(reading) < _rank(found[text]):
            found[text] = reading
    return sorted(found.values(), key=_rank)


def _rank(reading: Reading) -> tuple[bool, float]:
    return not reading.possible, -reading.score


def surely(readings: list[Reading]) -> str | None:
    """Return the encoding that the first of the readings has, where no other comes near it."""
    if not readings or not readings[0].possible or readings[0].words < FEWEST_WORDS:
        return None
    if any(readings[0].score - other.score < MARGIN for other in readings[1:]):
        return None
    return readings[0].encoding


def _score(words: list[str], every: Collection[str], language: str) -> tuple[bool, float]:
    """Return whether the words' letters beyond ASCII may be of the language, and their log-likelihood in it."""
    weights = _weights(language)
    total, foreign, letters = 0.0, 0, 0
    heard: Counter[str] = Counter()
    for word in words:
        for place, letter in enumerate(word):
            if letter.isascii():
                continue
            letters += 1
            share = _sign_share(word, place) if letter in _SIGNS else _letter_share(word, place, language, weights)
            foreign += not share
            heard[letter] += 1
            if heard[letter] <= HEARD:
                total += math.log(share or 1e-4)
    possible = bool(letters) and foreign <= FOREIGN_SHARE * letters
    return possible, total - 10.0 * foreign + WORD_WEIGHT * len(COMMON.get(language, frozenset()).intersection(every))


@cache
def _weights(language: str) -> dict[str, float]:
    """Return the share of each letter beyond ASCII, by Zipf's law over the language's order of letters."""
    order = LATIN.get(language) or OTHER[language]
    weights = {letter: 1.0 / (rank + 1.5) for rank, letter in enumerate(order)}
    whole = sum(weights.values())
    return {letter: weight / whole for letter, weight in weights.items()}


def _letter_share(word: str, place: int, language: str, weights: dict[str, float]) -> float:
    """Return how usual a letter is there; 0 where nobody who writes the language puts it."""
    letter = word[place]
    if _odd_capital(word, place) or (language not in LATIN and _mixed(word, place)):
        return 0.0
    # A capital is rarer; the later ones of a word in capitals tell nothing.
    rarer = 1.0 if letter.islower() or (place and word[place - 1].isupper()) else 0.25
    share = weights.get(letter) or rarer * weights.get(letter.lower(), 0.0)
    stray = share and language in FINAL_ONLY and place < len(word) - 1
    if stray or (not share and language in LATIN and letter.lower() in _EVERY_LATIN):
        return rarer * GUEST  # a foreign name: Müller and González write reviews everywhere
    return share


def _sign_share(word: str, place: int) -> float:
    """Return how usual a sign is there; 0 where nobody puts it."""
    sign, behind, before = word[place], word[:place][-1:].isalpha(), word[place + 1 :][:1].isalpha()
    if _odd_sign(word, place):
        return 0.0
    joined = sign in _JOINING and behind and before and not _ELISION.search(word)
    alone = sign in _OPENING and place == len(word) - 1 and not behind
    apart = (sign in _APART and (behind or before)) or (sign == "\u00a0" and before and not behind)
    if joined or alone or apart:
        return UNLIKELY
    if sign == "‘" and behind:
        return UNLIKELY
    if sign == "’" and behind and not before and word[place - 1] not in "sS":
        return 0.03
    return 0.2 if sign in _USUAL else 0.03


def _odd_sign(word: str, place: int) -> bool:
    """Say whether a sign touches a letter on a side where nobody puts it."""
    behind_letter = place > 0 and word[place - 1].isalpha()
    before_letter = place < len(word) - 1 and word[place + 1].isalpha()
    if behind_letter and before_letter:
        return word[place] not in _INSIDE_WORDS
    return (before_letter and word[place] not in _BEFORE) or (behind_letter and word[place] not in _BEHIND)


def _odd_capital(word: str, place: int) -> bool:
    """Say whether a capital follows a small letter, or a small one stands between capitals."""
    if word[place].islower():
        return word[max(0, place - 1) : place].isupper() and word[place + 1 : place + 2].isupper()
    return word[place].isupper() and place > 0 and word[place - 1].islower()


def _mixed(word: str, place: int) -> bool:
    """Say whether a letter of another script touches one of this."""
    beside = word[max(0, place - 1) : place] + word[place + 1 : place + 2]
    return any(c.isascii() and c.isalpha() for c in beside)


ODD = "\ufffd"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
USUAL = ("cp1252", "mac_roman", "cp1250", "cp1251", "gb18030", "euc_kr", "big5", "cp932", "euc_jp")
UTF16_ZEROS = 0.02


@dataclass(frozen=True)
class Encoding:
    """The encoding to read a file in; ``choices`` are all that it may be, where nothing tells which."""

    encoding: str
    notes: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()


def detect_encoding(sample: bytes, said: str | None = None) -> Encoding:
    """Return the encoding of a file from its first part, or the one that a person said.

    Raises
    ------
    IntakeError
        When there is no such encoding, or the file is not written in it.
    """
    if said is not None:
        return _as_said(sample, said)
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return Encoding(name, () if name == "utf-8-sig" else ("Read as UTF-16.",))
    wide = _utf16(sample)
    if wide is not None:
        return Encoding(wide, ("Read as UTF-16.",))
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        text = sample.decode("utf-8", "replace")
        good = sum(1 for c in text if ord(c) > 127 and c != ODD)
        if good > 4 * text.count(ODD) and not _by_chance(text):
            return Encoding("utf-8", (f"A few bytes are not UTF-8; each is shown as {ODD}.",))
        return tell_encoding(sample)
    if sample.isascii() or not _by_chance(sample.decode("utf-8", "ignore")):
        return Encoding("utf-8")
    return Encoding("utf-8", (), _choices(sample, ["utf-8", *(reading.encoding for reading in readings_of(sample))]))


def _by_chance(text: str) -> bool:
    """Say whether a text may be UTF-8 by chance: each word beyond ASCII mixes scripts, or there is one tiny word.

    Two bytes such as those of Mac "ří" are one letter of UTF-8, Thaana in a Czech word.
    """
    tokens = [token for token in set(_TOKEN.findall(text[:MOST_BYTES])) if not token.isascii()]
    if len(tokens) == 1 and len(tokens[0].strip(ODD)) <= 2:
        return all(map(_block, tokens[0].strip(ODD)))
    mixed = (len({_block(c) for c in token if c.isalpha()}) > 1 or ODD in token for token in tokens)
    return bool(tokens) and all(mixed)


def _block(letter: str) -> int:
    """Return the place of the letter's script; 0 for Latin, and for those of three bytes, which no chance makes."""
    place = bisect_right(_BLOCKS, ord(letter))
    return 0 if place == len(_BLOCKS) else place


def _as_said(sample: bytes, said: str) -> Encoding:
    try:
        found = codecs.lookup(said)
        name = found.name
        if not getattr(found, "_is_text_encoding", True):  # base64 and its like
            raise LookupError(said)
        codecs.getincrementaldecoder(name)().decode(sample)
    except LookupError as error:
        raise IntakeError(
            f"There is no encoding “{said[:40]}”. Say one such as utf-8, cp1252, cp1251 or big5."
        ) from error
    except (UnicodeError, TypeError) as error:
        raise IntakeError(f"The file is not written in {said}: some of its bytes are no letters there.") from error
    return Encoding(name)


def _utf16(sample: bytes) -> str | None:
    """Return UTF-16 without a mark: every delimiter and line end has its zero on the same side."""
    even, odd = sample[0::2], sample[1::2]
    for name, zeros, others in (("utf-16-le", odd.count(0), even.count(0)), ("utf-16-be", even.count(0), odd.count(0))):
        if zeros > 0.4 * len(odd) or (zeros > UTF16_ZEROS * len(odd) and not others and _is_text(sample, name)):
            return name
    return None


def _is_text(sample: bytes, encoding: str) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    letters = sum(c.isalpha() or c.isspace() or (c.isascii() and c.isprintable()) for c in text)
    return letters > 0.8 * len(text) and "\n" in text


def tell_encoding(sample: bytes) -> Encoding:
    """Return the encoding of a text that is no UTF: by its letters; where they leave it open, to be asked.

    ``charset-normalizer`` is heard where the letters fit no language that is known here, and asked about.
    """
    readings, wide = readings_of(sample), east_asian(sample)
    possible = [reading.encoding for reading in readings if reading.possible]
    if wide is not None and not possible:
        return Encoding(wide, (f"Read as {NAMES[wide]}.",))
    sure = None if wide is not None else surely(readings)
    if sure is not None:
        return Encoding(sure, (f"Read as {NAMES[sure]}.",))
    names = [*([wide] if wide else []), *possible, *_second_opinion(sample), *USUAL]
    choices = _choices(sample, [*names, *(reading.encoding for reading in readings)])
    return Encoding(choices[0][0], (), choices)


def _choices(sample: bytes, names: list[str]) -> tuple[tuple[str, str], ...]:
    """Return each different text that the sample may be: its encoding, and a piece that tells it from the others."""
    texts: dict[str, str] = {}
    pieces: dict[str, str] = {}
    for name in names:
        text = _text(sample, name)
        if not text or text in texts.values() or len(texts) == MOST_CHOICES:
            continue
        piece = _piece(text, next((i for i, c in enumerate(text) if ord(c) > 127), 0))
        twin = next((other for other, shown in pieces.items() if shown == piece), None)
        if twin is not None:
            piece = _piece(
                text, next((i for i, (a, b) in enumerate(zip(text, texts[twin], strict=False)) if a != b), 0)
            )
        texts[name], pieces[name] = text, piece
    return tuple(pieces.items())


def _second_opinion(sample: bytes) -> list[str]:
    import charset_normalizer  # 5 MiB that a process without old exports does not need

    best = charset_normalizer.from_bytes(sample[:MOST_BYTES]).best()
    return [] if best is None else [best.encoding]


def _text(sample: bytes, encoding: str) -> str:
    """Return the beginning of the text; nothing where it cannot be read so."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(sample[:MOST_BYTES])
    except (UnicodeDecodeError, LookupError):
        return ""


def _piece(text: str, place: int) -> str:
    return " ".join(text[max(0, place - 15) : place + SHOWN - 15].split())
