"""Tell single-byte encodings apart: read in the right one, every word is a word of some language.

The same byte is another letter in each of them. An encoding is possible where, in at least one language that
is written in it, no letter is foreign, no capital stands inside a word and no sign between letters. Of
several possible ones the likelier by the language's letter frequencies wins only by a wide margin.

Letter orders: by frequency, after the tables of Wikipedia's "Letter frequency" and its sisters (read 2026-11);
accented letters only for Latin scripts.
"""

from __future__ import annotations

import codecs
import math
import re
from dataclasses import dataclass

from analytics.intake.east_asian import NAMES as WIDE_NAMES
from analytics.intake.east_asian import east_asian
from analytics.intake.errors import IntakeError

MOST_BYTES = 48 * 1024
MARGIN = 5.0  # natural-log units, about 150 to 1
FOREIGN_SHARE = 0.02
SHOWN = 60

_LATIN = {
    "de": "üäößÜÄÖ",
    "fr": "éèàêçôîâûùëïœ",
    "es": "óíáéñúü",
    "it": "èàùòìé",
    "pt": "ãçáéóõíêâúàôü",
    "sv": "äåöé",
    "da": "øåæé",
    "nl": "ëéïèüöóá",
    "is": "áíðéóþæúöý",
    "ca": "àóéèíçòïúü",
    "pl": "łążęśóćńź",
    "cs": "íáěéřčžšýůúťďňó",
    "sk": "áíčžšťéľýúôňóďäŕĺ",
    "hu": "éáöőóíüúű",
    "ro": "ăîâşţ",
    "hr": "čšžćđ",
    "tr": "ıişüğçöİâî",
    "lt": "ėšžūįčųęą",
    "lv": "āīēšūļņžģķč",
    "et": "äõüöšž",
}
_OTHER = {
    "ru": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "uk": "оаинівтерслкумдпзязьгйбчхжшїюцщєфґ",
    "bg": "аоиетнрсвлкдпмзгяъубчцщжшхйюфь",
    "sr": "аоиенртсјудкмвлпзгбшчцњжљћђхфџ",
    "el": "αοιετσνηυρπκμλςωόγίάέδήθφύχβώξζψϊΐϋΰ",
    "he": "יוהלארתבמשנעחדקפצכסטגזםןךףץ",
    "ar": "الينمورتبةعدسفهكقحجشصطخىأضزذثئغءظإآؤ",
    "th": "านรอกเงมยลวดทสตะปบคหแจพชขใไโผซถภฐญธศษณฉฝฟฮฎฏฌฆฑฒฬ่้ิีึืุู็ัำ์ๆฯ",
}
_WESTERN = ("de", "fr", "es", "it", "pt", "sv", "da", "nl", "is", "ca")
_CENTRAL = ("pl", "cs", "sk", "hu", "ro", "hr", "de")
_CYRILLIC = ("ru", "uk", "bg", "sr")
LANGUAGES = {
    "cp1252": _WESTERN,
    "mac_roman": _WESTERN,
    "cp850": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859_2": _CENTRAL,
    "mac_latin2": _CENTRAL,
    "cp1254": ("tr",),
    "cp1257": ("lt", "lv", "et"),
    "cp1251": _CYRILLIC,
    "koi8_r": ("ru", "bg"),
    "koi8_u": ("uk",),
    "cp866": ("ru", "bg"),
    "mac_cyrillic": _CYRILLIC,
    "iso8859_5": _CYRILLIC,
    "cp1253": ("el",),
    "iso8859_7": ("el",),
    "cp1255": ("he",),
    "cp1256": ("ar",),
    "iso8859_6": ("ar",),
    "cp874": ("th",),
}
NAMES = {name: name.replace("cp12", "Windows-12").replace("iso8859_", "ISO 8859-") for name in LANGUAGES} | {
    "mac_roman": "Mac Roman",
    "mac_latin2": "Mac Central European",
    "mac_cyrillic": "Mac Cyrillic",
    "koi8_r": "KOI8-R",
    "koi8_u": "KOI8-U",
    "cp850": "DOS 850",
    "cp866": "DOS 866",
    "cp874": "Windows-874",
    **WIDE_NAMES,
}
_COMMON_WORDS = {
    "de": "der die und das ist nicht ein eine mit für auf sehr aber zu den wie ich war gut dem im auch es",
    "fr": "le la les et des est une pas pour que très mais avec sur dans je bien du en il ce sont au trop",
    "es": "el la los que de y en un una muy pero con no las por para se es lo del mi al como",
    "it": "il la di che non un una per è molto ma con le sono come mi del si ho in bene",
    "pt": "o a de que e não um uma muito mas com os para do da em no por foi mais é as se",
    "sv": "och är att det en som på inte av för med jag den till men mycket var ett",
    "da": "og er at det en som på ikke af for med jeg den til men meget var et var",
    "nl": "de het een en van is niet dat op te zijn met voor maar ik heel erg goed",
    "is": "og er að það sem á ekki en við mjög ég var til með fyrir",
    "ca": "el la els i de que no un una per amb molt però les és en del",
    "pl": "i w nie na się jest to z do jak ale bardzo są że dla po tak od jestem",
    "cs": "a je se na to že v s ale jsem velmi pro jak ne byl jako jsou tak vše",
    "sk": "a je sa na to že v s ale som veľmi pre ako nie bol sú tak",
    "hu": "a az és nem is hogy egy volt nagyon de van mint meg jó",
    "ro": "şi de nu la un o foarte dar este cu pe sunt în mai din am pentru s-a",
    "hr": "i je se na da u nije ali vrlo su za sam od to što jako mi sve",
    "tr": "ve bir çok ama bu için ile de da gibi iyi güzel değil ürün",
    "lt": "ir yra bet labai ne į su iš kaip tai už",
    "lv": "un ir bet ļoti ne no ar kā tas par uz",
    "et": "ja on aga väga ei see kui oli ning",
}
_COMMON = {language: frozenset(words.split()) for language, words in _COMMON_WORDS.items()}
WORD_WEIGHT = 1.5
# How much rarer than a Windows code page of the same script a file in this encoding is, in natural-log units.
_RARER = {
    "mac_roman": 2.0,
    "cp850": 4.0,
    "mac_latin2": 4.0,
    "iso8859_2": 1.0,
    "iso8859_5": 2.0,
    "iso8859_6": 1.0,
    "iso8859_7": 1.0,
}
_SIGNS = frozenset("\u00a0’‘“”„‚«»‹›–—…€£¥§°©®™·•¿¡ºª²³½×№±´\u200e\u200f\u200c\u200d،؛؟฿ـ")
_USUAL = frozenset("\u00a0’“”„«»–…€°£¿¡،؟ºª")
_BEFORE = frozenset("\u00a0‘“”„‚«»‹›€£¥§•¿¡\u200e\u200f\u200c\u200d،؛؟฿ـ")
_BEHIND = _SIGNS - frozenset("¿¡§•£¥„‚©")
_INSIDE_WORDS = frozenset("’·\u200c\u200dـ–—…")
_WORD = re.compile(r"\S+")
_PLAIN = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Reading:
    """A way to read the bytes: its encoding, the text, and its log-likelihood in the best language."""

    encoding: str
    text: str
    score: float


def possible_readings(sample: bytes) -> list[Reading]:
    """Return the different texts that a single-byte sample may be, the likeliest first."""
    lines = b"\n".join(line for line in sample.splitlines() if not line.isascii())[:MOST_BYTES]
    found: dict[str, Reading] = {}
    for encoding, languages in LANGUAGES.items():
        try:
            text = lines.decode(encoding)
        except UnicodeDecodeError:
            continue
        words = {w for w in _WORD.findall(text) if not w.isascii()}
        every = {w.lower() for w in _PLAIN.findall(text)}
        scores = [
            s - _RARER.get(encoding, 0.0) for s in (_score(words, every, lang) for lang in languages) if s is not None
        ]
        if scores and (text not in found or found[text].score < max(scores)):
            found[text] = Reading(encoding, text, max(scores))
    return sorted(found.values(), key=lambda reading: -reading.score)


def surely(readings: list[Reading]) -> str | None:
    """Return the encoding that the first of the readings has, where no other comes near it."""
    if not readings:
        return None
    if len(readings) > 1 and readings[0].score - readings[1].score < MARGIN:
        return None
    return readings[0].encoding


def _score(words: set[str], every: set[str], language: str) -> float | None:
    """Return the log-likelihood of the words' letters beyond ASCII, None where they are not of the language."""
    latin = language in _LATIN
    order = _LATIN.get(language) or _OTHER[language]
    weights = {letter: 1.0 / (rank + 1.5) for rank, letter in enumerate(order)}
    whole = sum(weights.values())
    total, foreign, letters = 0.0, 0, 0
    for word in words:
        for place, letter in enumerate(word):
            if letter.isascii():
                continue
            letters += 1
            # A capital is rarer; the later ones of a word in capitals tell nothing.
            rarer = 1.0 if letter.islower() or (place and word[place - 1].isupper()) else 0.25
            weight = weights.get(letter) or rarer * weights.get(letter.lower(), 0.0)
            if letter in _SIGNS:
                odd = _odd_sign(word, place)
            else:
                odd = not weight or _odd_capital(word, place) or (not latin and _mixed(word, place))
            foreign += odd
            share = (0.3 if letter in _USUAL else 0.03) if letter in _SIGNS else (weight or 1e-4) / whole
            total += math.log(share)
    if not letters or foreign > FOREIGN_SHARE * letters:
        return None
    return total - 10.0 * foreign + WORD_WEIGHT * len(every & _COMMON.get(language, frozenset()))


def _odd_sign(word: str, place: int) -> bool:
    """Say whether a sign touches a letter on a side where nobody puts it."""
    behind_letter = place > 0 and word[place - 1].isalpha()
    before_letter = place < len(word) - 1 and word[place + 1].isalpha()
    if behind_letter and before_letter:
        return word[place] not in _INSIDE_WORDS
    return (before_letter and word[place] not in _BEFORE) or (behind_letter and word[place] not in _BEHIND)


def _odd_capital(word: str, place: int) -> bool:
    """Say whether a capital follows a small letter, or stands between small ones."""
    return word[place].isupper() and place > 0 and word[place - 1].islower()


def _mixed(word: str, place: int) -> bool:
    """Say whether a letter of another script touches one of this."""
    beside = word[max(0, place - 1) : place] + word[place + 1 : place + 2]
    return any(c.isascii() and c.isalpha() for c in beside)


ODD = "\ufffd"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
USUAL = ("cp1252", "cp1250", "cp1251", "gb18030", "euc_kr", "big5", "cp932")
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
        if good > 4 * text.count(ODD):
            return Encoding("utf-8", (f"A few bytes are not UTF-8; each is shown as {ODD}.",))
        return tell_encoding(sample)
    return Encoding("utf-8")


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
    readings, wide = possible_readings(sample), east_asian(sample)
    if wide is not None and not readings:
        return Encoding(wide, (f"Read as {NAMES[wide]}.",))
    sure = None if wide is not None else surely(readings)
    if sure is not None:
        return Encoding(sure, (f"Read as {NAMES[sure]}.",))
    names = [*([wide] if wide else []), *(reading.encoding for reading in readings)]
    names += [n for n in (*_second_opinion(sample), *USUAL) if n not in names]
    choices: dict[str, str] = {}
    for name in names:
        piece = _piece(sample, name)
        if piece and piece not in choices.values():
            choices[name] = piece
    first = next(iter(choices), "cp1252")
    return Encoding(first, (), tuple(choices.items())[:8] or (("cp1252", _piece(sample, "cp1252")),))


def _second_opinion(sample: bytes) -> list[str]:
    import charset_normalizer  # 5 MiB that a process without old exports does not need

    best = charset_normalizer.from_bytes(sample[:MOST_BYTES]).best()
    return [] if best is None else [best.encoding]


def _piece(sample: bytes, encoding: str) -> str:
    """Return a piece of the text around its first letter beyond ASCII; nothing where it cannot be read so."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample[:MOST_BYTES])
    except (UnicodeDecodeError, LookupError):
        return ""
    place = next((i for i, c in enumerate(text) if ord(c) > 127), 0)
    return " ".join(text[max(0, place - 15) : place + SHOWN - 15].split())
