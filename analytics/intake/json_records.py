"""JSON records, one a line or in one list, as the same chunks of text that a CSV gives."""

from __future__ import annotations

import json
from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

from analytics.intake.cells import SHOWN, make_chunk
from analytics.intake.errors import IntakeError
from analytics.intake.limits import Limits
from analytics.intake.model import Chunk, Flag, RejectedRow
from analytics.intake.structured import as_text, storable

RECORD_BYTES = 64 * 2**20
READ_BYTES = 2**20
RECORDS_FOR_KEYS = 20_000
CHUNK_BYTES = 64 * 2**20
NO_OBJECT = "The line is no JSON object."
NO_OBJECT_IN_LIST = "This part of the list is no JSON object."
CUT_OFF = "The list breaks off or is damaged here; nothing after it was read."
AFTER_LIST = "The file goes on after the end of its list; that part was not read."
_BETWEEN = " \t\r\n,"


@dataclass(frozen=True)
class Found:
    """A record, or why there is none: its number from 1, its length, and its first letters to show."""

    number: int
    record: dict[str, Any] | None
    size: int
    shown: str
    reason: str = ""


def json_columns(stream: BinaryIO, limits: Limits, *, listed: bool = False) -> tuple[str, ...]:
    """Return every key of the first records, in order of appearance.

    Raises
    ------
    IntakeError
        When there is no JSON object, or there are too many keys.
    """
    names: dict[str, None] = {}
    for found in islice(_found(stream, listed), RECORDS_FOR_KEYS):
        if found.record is not None:
            names.update(dict.fromkeys(found.record))
    if not names:
        where = "No part of the list" if listed else "No line of the file"
        raise IntakeError(f"{where} is a JSON object. Write one object a line, or save it as CSV.")
    if len(names) > limits.max_columns:
        raise IntakeError(f"The file has {len(names):,} keys; at most {limits.max_columns:,} are read.")
    return tuple(names)


def json_chunks(
    stream: BinaryIO, columns: tuple[str, ...], rows: int, limits: Limits, *, listed: bool = False
) -> Iterator[Chunk]:
    """Yield the objects as text; the row number is the line's, or the place in the list.

    What is no object is rejected; keys that came too late to become a column are flagged.
    """
    known = frozenset(columns)
    kept: list[tuple[int, dict[str, Any]]] = []
    rejected: list[RejectedRow] = []
    flags: list[Flag] = []
    held = 0
    for found in _found(stream, listed):
        held += found.size
        if found.record is None:
            rejected.append(RejectedRow(found.number, "", found.shown, found.reason))
        elif not any(cell is not None and cell != "" for cell in found.record.values()):
            rejected.append(RejectedRow(found.number, "", "", "The object holds nothing."))
        else:
            kept.append((found.number, found.record))
            flags += [_late(found.number, name, found.record[name]) for name in found.record if name not in known]
        if len(kept) >= rows or len(rejected) >= rows or held >= CHUNK_BYTES:
            yield _chunk(kept, columns, rejected, flags, limits)
            kept, rejected, flags, held = [], [], [], 0
    if kept or rejected:
        yield _chunk(kept, columns, rejected, flags, limits)


def _found(stream: BinaryIO, listed: bool) -> Iterator[Found]:
    return _in_list(stream) if listed else _in_lines(stream)


def _in_lines(stream: BinaryIO) -> Iterator[Found]:
    number = 0
    while line := stream.readline(RECORD_BYTES):
        number += 1
        if len(line) == RECORD_BYTES:
            raise IntakeError(f"A line is longer than {RECORD_BYTES // 2**20} MB. Write one JSON object a line.")
        if not line.strip():
            continue
        try:
            value = json.loads(line.decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError):
            value = None
        shown = "" if isinstance(value, dict) else line[:SHOWN].decode("utf-8", "replace").strip()
        yield Found(number, _record(value), len(line), shown, NO_OBJECT)


def _in_list(stream: BinaryIO) -> Iterator[Found]:
    """Read a list record by record, so that its length costs no memory."""
    decoder, parse = getincrementaldecoder("utf-8-sig")("replace"), json.JSONDecoder().raw_decode
    text, number, at, begun = "", 0, 0, False
    while True:
        text, ended = _more(stream, decoder, text[at:])
        at = 0
        if not begun and "[" in text:
            at, begun = text.index("[") + 1, True
        while begun:
            at += len(text) - at - len(text[at:].lstrip(_BETWEEN)) if text[at : at + 1] in _BETWEEN else 0
            if at >= len(text):
                break
            if text[at] == "]":
                if text[at + 1 :].strip() or stream.read(READ_BYTES).strip():
                    yield Found(number + 1, None, 0, text[at + 1 : at + SHOWN].strip(), AFTER_LIST)
                return
            try:
                value, end = parse(text, at)
            except (ValueError, RecursionError):
                break  # cut at the end of what was read, or damaged
            if end == len(text) and not ended:
                break  # a number may go on
            number += 1
            shown = "" if isinstance(value, dict) else text[at : min(end, at + SHOWN)]
            yield Found(number, _record(value), end - at, shown, NO_OBJECT_IN_LIST)
            at = end
        if ended or len(text) - at > RECORD_BYTES:
            yield Found(number + 1, None, 0, text[at : at + SHOWN].strip(), CUT_OFF)
            return


def _more(stream: BinaryIO, decoder: Any, text: str) -> tuple[str, bool]:
    """Return the text with as much again behind it, so that a long record is not parsed over and over."""
    data = stream.read(max(READ_BYTES, len(text)))
    return text + decoder.decode(data, final=not data), not data


def _record(value: Any) -> dict[str, Any] | None:
    return {storable(name): cell for name, cell in value.items()} if isinstance(value, dict) else None


def _late(number: int, name: str, value: Any) -> Flag:
    note = f"This key does not occur in the first {RECORDS_FOR_KEYS:,} records, so its value was left out."
    return Flag(number, name, (as_text(value) or "")[:SHOWN], note)


def _chunk(
    kept: list[tuple[int, dict[str, Any]]],
    columns: tuple[str, ...],
    rejected: list[RejectedRow],
    flags: list[Flag],
    limits: Limits,
) -> Chunk:
    cells = {name: [as_text(record.get(name)) for _, record in kept] for name in columns}
    return make_chunk(cells, [number for number, _ in kept], limits, tuple(rejected), tuple(flags))
