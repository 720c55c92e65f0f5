"""Which data set a file belongs to: a newer export of one that is known, or one of its own.

A metric or a post is known by its data set and its id, not by the file's name: an export of June that
overlaps the one of May updates it whatever the file is called, and two files that both hold
``date,value`` stay two series.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlmodel import Session

from analytics.intake import IntakeError, Keys, Kind, Limits, Mapping, normalise, open_table
from dashboard.services.data.rows import keyed
from dashboard.workspace import Workspace
from db.repositories import imports
from db.repositories.imports import ImportRecord

if TYPE_CHECKING:
    from dashboard.services.data.imports import Order

ROWS_COMPARED = 20_000
ENOUGH = 3
OWN_IDS = {"reviews": "review_id", "posts": "post_id"}
# What a newer download of the same export changes in its name: dates, numbers, months, "copy", "final".
_CHANGES = re.compile(
    r"\(\d+\)|\d+|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\b(copy|final|new|latest|export)\b", re.I
)


def data_set_of(session: Session, workspace: Workspace, order: Order) -> str:
    """Return the name of the data set that a file belongs to.

    It is, in this order: the one that was named; that of the very same file; that of an earlier file with
    the same columns which this one overlaps (a shared id of a post or review, or most values of shared
    days) or whose name differs only in a date or number; else the file's own name.

    Raises
    ------
    IntakeError
        When the file is called like an earlier one of metrics and says other numbers for the same days.
    """
    if order.source:
        return order.source
    same = imports.same_file(session, order.file_sha256, order.kind)
    if same is not None:
        return same.source
    own = Path(order.file_name).name.split(".")[0]
    for source, earlier in _candidates(session, order).items():
        shared, equal = _overlap(session, workspace, order, source)
        alike = _stem(earlier.file_name) == _stem(order.file_name)
        if order.kind == "metrics" and shared >= ENOUGH and equal < shared / 2:
            if source == own:
                raise IntakeError(
                    f"An earlier file called “{earlier.file_name}” has other numbers for {shared} of the same days. "
                    f"If this is a newer version of it, name the data set “{source}”; if it is another metric, give "
                    "it a name of its own (on the command line: --source)."
                )
            continue
        if alike or (shared and order.kind in OWN_IDS) or (shared >= ENOUGH and equal >= shared / 2):
            return source
    return own


def _candidates(session: Session, order: Order) -> dict[str, ImportRecord]:
    """Return the data sets that files of this kind with the same columns came in under, newest first."""
    found: dict[str, ImportRecord] = {}
    for record in imports.listing(session):
        # Other kinds, such as surveys, keep no mapping.
        if record.kind != order.kind or record.state != "done":
            continue
        if Mapping.from_plain(record.mapping).columns == order.mapping.columns:
            found.setdefault(record.source, record)
    return found


def _stem(file_name: str) -> str:
    """Return a file's name without what a newer download of it changes; "" where nothing is left."""
    return re.sub(r"[\W_]+", "", _CHANGES.sub("", re.sub(r"[_\-.]+", " ", Path(file_name).name.split(".")[0]))).lower()


def _overlap(session: Session, workspace: Workspace, order: Order, source: str) -> tuple[int, int]:
    """Return how many of the file's first rows a data set holds, and how many of them say the same."""
    if order.kind not in imports.TABLES or (
        order.kind in OWN_IDS and OWN_IDS[order.kind] not in order.mapping.fields()
    ):
        return 0, 0
    table = open_table(order.path, Limits(), header_row=order.options.header_row)
    keys = Keys.for_file(table, cast(Kind, order.kind), order.mapping, order.options)
    for chunk in table.chunks(ROWS_COMPARED):
        rows = normalise(order.kind, chunk, order.mapping, order.options, keys).rows
        if len(rows):
            return imports.overlap(session, order.kind, keyed(order.kind, rows, workspace.vault, source))
    return 0, 0
