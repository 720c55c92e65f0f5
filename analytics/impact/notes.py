"""Plain sentences about the data and the fit, with a code that a page can hang a symbol on."""

from dataclasses import dataclass
from typing import Literal

IS, HAS, WAS = ("is", "are"), ("has", "have"), ("was", "were")


@dataclass(frozen=True)
class Note:
    """One thing the reader should know.

    Attributes
    ----------
    code : a short stable name, such as "gaps".
    level : "info" says what was done; "warning" says what could be wrong.
    text : one plain sentence.
    grave : the doubt leaves no verdict.
    """

    code: str
    level: Literal["info", "warning"]
    text: str
    grave: bool = False


def info(code: str, text: str) -> Note:
    """A note on what was done with the data."""
    return Note(code, "info", text)


def warning(code: str, text: str) -> Note:
    """A note on what could be wrong with the answer."""
    return Note(code, "warning", text)


def grave(code: str, text: str) -> Note:
    """A doubt so heavy that no verdict can stand beside it."""
    return Note(code, "warning", text, grave=True)


def counted(number: int, noun: str, verb: tuple[str, str] | None = None) -> str:
    """A count with its noun and perhaps a verb, given for one and for many: `1 week is`, `1,200 weeks are`."""
    said = f"{number:,} {noun}" + ("" if number == 1 else "s")
    return said if verb is None else f"{said} {verb[number != 1]}"


def percent(value: float, *, sign: bool = False) -> str:
    """A percentage as people read it: one decimal below 100, none above."""
    if abs(value) == float("inf"):
        return "∞%" if value > 0 else "−∞%"
    digits = 1 if abs(value) < 100 else 0
    text = f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"
    return f"{text}%".replace("-", "−") if float(text) else f"{0:.{digits}f}%"


def plain(value: float) -> str:
    """A number of any size with about four digits: `41,302`, `3.142`, `0.0321`."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def with_interval(value: float, low: float, high: float) -> str:
    """`18.2% [11.4, 25.3]`."""
    return f"{percent(value)} [{percent(low)[:-1]}, {percent(high)[:-1]}]"
