"""Look at a file before anything is kept of it: what it is, how it is read, what has to be asked."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pandas as pd

from analytics.intake import (
    SURE_KIND,
    Evidence,
    Fits,
    IntakeError,
    Kind,
    KindGuess,
    Limits,
    Mapping,
    Options,
    Question,
    column_signature,
    detect_kind,
    encoding_question,
    gather,
    open_table,
    present,
    questions,
    recognise,
    remarks,
    suggest_mapping,
    undated,
    unread_consents,
    with_personal,
)
from dashboard.services.data.uploads import at_hand, drop_upload, file_digest
from dashboard.workspace import Workspace
from db.repositories import imports
from db.repositories.imports import ImportRecord

# A look is to answer within 2 s: the cells are gone through for what is left of this time, and a little anyway.
GATHERED_BYTES, LOOK_SECONDS, LEAST_SECONDS, MOST_SECONDS = 16 * 2**20, 1.4, 0.3, 0.8
LONG_FILE = "The file is long: whether its numbers and dates can be read in one way only is found out while importing."


@dataclass(frozen=True)
class Preview:
    """What a file looks like before anything is kept of it."""

    path: Path
    file_name: str
    file_sha256: str
    columns: tuple[str, ...]
    sample: pd.DataFrame
    notes: tuple[str, ...]
    kinds: tuple[KindGuess, ...]
    mapping: Mapping
    remembered: bool
    seen_before: ImportRecord | None = None
    evidence: Evidence = field(default_factory=Evidence)
    delimiter: str | None = None
    from_1904: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    is_survey: bool = False

    @property
    def guess(self) -> KindGuess | None:
        """The kind that the file is of, where that is sure enough to go by."""
        likeliest = self.kinds[0]
        return None if self.is_survey or likeliest.confidence < SURE_KIND else likeliest

    def remarks(self, kind: str, mapping: Mapping, options: Options) -> tuple[str, ...]:
        """Return how unusual dates are read, which are not, and whether no row will have one."""
        from_1904 = self.from_1904 if options.from_1904 is None else options.from_1904
        read = remarks(self.evidence, cast(Kind, kind), mapping, from_1904=from_1904)
        return (*read, *undated(kind, mapping, self.sample))

    def questions(self, kind: str, mapping: Mapping, options: Options) -> tuple[Question, ...]:
        """Return what has to be said before the file can be read, as far as it was looked at."""
        first = (encoding_question(self.choices),) if self.choices and options.encoding is None else ()
        consents = unread_consents(kind, mapping, self.sample)
        return (*first, *consents, *questions(self.evidence, cast(Kind, kind), mapping, options, self.delimiter))


def look(
    workspace: Workspace,
    path: Path,
    file_name: str,
    kind: str | None = None,
    *,
    header_row: int | None = None,
    encoding: str | None = None,
) -> Preview:
    """Read the head of a file, guess its kind and suggest a mapping; keep nothing.

    ``header_row`` names the row of the column names, counted from 1, and ``encoding`` the file's, where they
    are not found rightly.

    Raises
    ------
    IntakeError
        When it cannot be read, with the reason and the remedy.
    """
    began, path = time.monotonic(), present(at_hand(workspace, path))
    try:
        table = open_table(path, Limits(), header_row=header_row, encoding=encoding)
        sample = table.sample(200)
        fits = Fits(sample)
        kinds = tuple(detect_kind(table.columns, sample, fits))
        left = min(MOST_SECONDS, max(LEAST_SECONDS, began + LOOK_SECONDS - time.monotonic()))
        small = path.stat().st_size <= GATHERED_BYTES
        evidence = gather(table, seconds=left) if small else Evidence(whole=False)
    except IntakeError:
        if header_row is None and encoding is None:
            drop_upload(workspace, path)  # it will never be imported
        raise
    export = recognise(table.columns)
    chosen = kind or kinds[0].kind
    digest = file_digest(path)
    with workspace.database.reading() as session:
        kept = imports.remembered_mapping(session, column_signature(table.columns), chosen)
        seen = imports.same_file(session, digest, chosen)
    if kept:
        mapping = with_personal(chosen, Mapping.from_plain(kept[0]), sample, fits)
    else:
        mapping = suggest_mapping(chosen, table.columns, sample, fits)
    return Preview(
        path=path,
        file_name=file_name,
        file_sha256=digest,
        columns=table.columns,
        sample=sample,
        notes=(*(export.notes if export else ()), *table.notes, *(() if evidence.whole else (LONG_FILE,))),
        kinds=kinds,
        mapping=mapping,
        remembered=kept is not None,
        seen_before=seen,
        evidence=evidence,
        delimiter=table.delimiter,
        from_1904=table.from_1904,
        choices=table.choices,
        is_survey=export is not None and export.kind == "survey",
    )
