"""Dates in words: month and weekday names in seven languages, clocks, zones, weeks and quarters.

Names and their short forms follow CLDR 45 (unicode.org, ``gregorian.xml`` of en, de, fr, es, it, pt, nl, read
2026-11); weeks ISO 8601; named zones RFC 822, section 5, and the European ones that nothing else is called.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta

_MONTH_NAMES = (
    "january jan januar janner janvier janv enero ene gennaio gen januari janeiro",
    "february feb februar fevrier fevr fev febrero febbraio februari fevereiro",
    "march mar marz maerz mrz mars marzo maart mrt marco",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mag mei maio",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug aout agosto ago augustus",
    "september sep sept septembre septiembre set setiembre settembre sett setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez decembre diciembre dic dicembre dezembro",
)
MONTHS = {word: number for number, words in enumerate(_MONTH_NAMES, start=1) for word in words.split()}
_WEEKDAY_NAMES = (
    "monday mon montag mo lundi lun lunes lunedi segunda seg maandag ma "
    "tuesday tues tue dienstag di mardi mar martes martedi terca ter dinsdag "
    "wednesday wed mittwoch mi mercredi mer miercoles mie mercoledi quarta qua woensdag wo "
    "thursday thurs thur thu donnerstag do jeudi jeu jueves jue giovedi gio quinta qui donderdag "
    "friday fri freitag fr vendredi ven viernes vie venerdi sexta sex vrijdag vr "
    "saturday sat samstag sonnabend sa samedi sam sabado sab sabato zaterdag za "
    "sunday sun sonntag so dimanche dim domingo dom domenica zondag zo"
)
_WEEKDAYS = frozenset(_WEEKDAY_NAMES.split())
_FILLER_WORDS = "st nd rd th er o a de del of the le el il den der am on at um uhr alle las ore kl feira"
_FILLERS = frozenset(_FILLER_WORDS.split())
_ZONES = {"ut": 0, "utc": 0, "gmt": 0, "z": 0, "est": -5, "edt": -4, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_ZONES |= {"cet": 1, "cest": 2, "eet": 2, "eest": 3, "wet": 0, "west": 1}
_LEADING_DAY = re.compile(r"([^\W\d_]{2,10})(-feira)?[.,]?\s*,?\s+(?=\S)")
_WHOLE_DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}")
_CLOCK = re.compile(
    r"[\s,]*(?:t|at |um |a |as |a las |alle )?\s*"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?P<part>[.,]\d+)?)?"
    r"\s*(?:(?P<half>[ap])\.?m\.?|uhr|h)?\s*(?P<zone>(?:gmt|utc)?[+-]\d{2}:?\d{2}|[a-z]{1,4})?(?:\s*\([^()]*\))?"
    r"(?P<year>\s+\d{4})?"
)
_WORDS = re.compile(r"[a-z\d\s,./'\-]+")
_TOKEN = re.compile(r"[a-z]+|\d+")
_WEEK = re.compile(r"(?P<year>\d{4})[\s/-]*(?:w|kw|cw)\s*(?P<week>\d{1,2})(?:-?(?P<day>[1-7]))?")
_WEEK_FIRST = re.compile(r"(?:w|kw|cw)\.?\s*(?P<week>\d{1,2})[\s/,-]+(?P<year>\d{4})(?P<day>)")
_QUARTER = re.compile(r"(?P<year>\d{4})[\s./-]*[qt](?P<part>[1-4])")
_QUARTER_FIRST = re.compile(
    r"(?:[qt](?P<a>[1-4])|(?P<b>[1-4])q|(?P<c>[1-4])(?:\.|st|nd|rd|th|er|e|o)?\s*(?:quartal|quarter|trimestre|kwartaal))"
    r"[\s./',-]*(?:de )?(?P<year>\d{4}|\d{2})"
)
_MONTH_YEAR = re.compile(r"(?P<month>\d{1,2})\s?[/.-]\s?(?P<year>\d{4})|(?P<year2>\d{4})/(?P<month2>\d{1,2})")
_YEAR_FIRST = re.compile(r"(\d{4})([/.])(\d{1,2})\2(\d{1,2})(?=\D|$)")
_RUN = re.compile(r"(\d{4})(\d{2})(\d{2})(?:t?(\d{2})(\d{2})(\d{2})z?)?")


def plain_words(cell: str) -> str:
    """Return a cell in lower case, without accents and with plain quotation marks and spaces."""
    text = unicodedata.normalize("NFKD", cell.replace("\u2019", "'").replace("`", "'"))
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).lower().split())


def without_weekday(cell: str) -> str:
    """Return "May 29, 2024" for "Wed, May 29, 2024": the day's name adds nothing."""
    found = _LEADING_DAY.match(cell) if cell[:1].isalpha() else None
    if found is None or plain_words(found[1]) not in _WEEKDAYS:
        return cell
    rest = cell[found.end() :]
    if plain_words(found[1]) in MONTHS and not _WHOLE_DATE.match(rest):
        return rest if set(_TOKEN.findall(plain_words(rest))) & MONTHS.keys() else cell
    return rest


def read_written(cell: str) -> datetime | None:
    """Return the moment (UTC) of a date in words, a year-first date, a month, a quarter or an ISO week.

    A period is its first day. None where the cell is nothing of these.
    """
    text = plain_words(without_weekday(cell.strip()))
    try:
        return _run_of_digits(text) or _period(text) or _with_clock(text)
    except (ValueError, OverflowError):  # no such day, hour, week or zone
        return None


def _run_of_digits(text: str) -> datetime | None:
    found = _RUN.fullmatch(text)
    return datetime(*(int(part) for part in found.groups(default="0")), tzinfo=UTC) if found else None  # type: ignore[arg-type,misc]


def _period(text: str) -> datetime | None:
    if text.isdigit() and len(text) == 4:
        return datetime(int(text), 1, 1, tzinfo=UTC)
    if week := _WEEK.fullmatch(text) or _WEEK_FIRST.fullmatch(text):
        return datetime.fromisocalendar(int(week["year"]), int(week["week"]), int(week["day"] or 1)).replace(tzinfo=UTC)
    if quarter := _QUARTER.fullmatch(text):
        return datetime(int(quarter["year"]), 3 * int(quarter["part"]) - 2, 1, tzinfo=UTC)
    if quarter := _QUARTER_FIRST.fullmatch(text):
        part = int(quarter["a"] or quarter["b"] or quarter["c"])
        return datetime(_year(quarter["year"]), 3 * part - 2, 1, tzinfo=UTC)
    if month := _MONTH_YEAR.fullmatch(text):
        return datetime(int(month["year"] or month["year2"]), int(month["month"] or month["month2"]), 1, tzinfo=UTC)
    return None


def _with_clock(text: str) -> datetime | None:
    clock = next((c for c in _CLOCK.finditer(text) if c.end() == len(text)), None)
    day = text if clock is None else text[: clock.start()]
    if clock is not None and clock["year"]:
        day += clock["year"]
    if (year_first := _YEAR_FIRST.fullmatch(day)) is not None:
        date: tuple[int, int, int] | None = (int(year_first[1]), int(year_first[3]), int(year_first[4]))
    else:
        date = _named_month(day)
    if date is None:
        return None
    moment = datetime(*date, tzinfo=UTC)
    return moment if clock is None else moment + _since_midnight(clock)


def _named_month(text: str) -> tuple[int, int, int] | None:
    """Return year, month and day of "29 de mayo de 2024", "May 29th, 2024", "2024 May 29", "mai 2024"."""
    if _WORDS.fullmatch(text) is None:
        return None
    tokens = [t for t in _TOKEN.findall(text) if t not in _FILLERS]
    words = [t for t in tokens if t.isalpha()]
    named = [t for t in words if t in MONTHS]
    if len(named) > 1 and named[0] in _WEEKDAYS:
        named, tokens = named[1:], tokens[1:]
    if len(named) != 1 or any(t not in MONTHS and t not in _WEEKDAYS for t in words):
        return None
    month, place = MONTHS[named[0]], [t for t in tokens if not t.isalpha() or t in MONTHS]
    numbers = [t for t in place if t.isdigit()]
    first = place[0]
    if len(numbers) == 1:
        if len(numbers[0]) == 4:
            return int(numbers[0]), month, 1
        return (_year(numbers[0]), month, 1) if f"'{numbers[0]}" in text and len(numbers[0]) == 2 else None
    if len(numbers) != 2:
        return None
    if len(numbers[0]) == 4:
        return (int(numbers[0]), month, int(numbers[1])) if first == numbers[0] else None
    return _year(numbers[1]), month, int(numbers[0])


def _year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    if len(text) != 2:
        raise ValueError("A year has two digits or four.")
    return int(text) + (2000 if int(text) < 69 else 1900)


def _since_midnight(clock: re.Match[str]) -> timedelta:
    """Return the time since midnight in Greenwich of the written day."""
    hour, minute, second = int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0)
    if clock["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("There is no such hour on a twelve-hour clock.")
        hour = hour % 12 + (12 if clock["half"] == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("There is no such time of day.")
    part = float((clock["part"] or "0").replace(",", "."))
    return timedelta(hours=hour, minutes=minute, seconds=second + part) - _zone(clock["zone"] or "")


def _zone(name: str) -> timedelta:
    if name in _ZONES or not name:
        return timedelta(hours=_ZONES.get(name, 0))
    digits = name.removeprefix("gmt").removeprefix("utc").replace(":", "")
    if digits[:1] not in ("+", "-"):
        raise ValueError("There is no such zone.")
    size = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return size if digits[0] == "+" else -size
