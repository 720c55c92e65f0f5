"""What a report is made of: plain, frozen data that every form of it is written from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """A table with the sentence that says what it holds. Every row has one cell a column."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        """Refuse ragged rows: a cell under the wrong heading is a wrong statement."""
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"“{self.caption}” has a row of {len(row)} cells under {len(self.columns)} columns.")


@dataclass(frozen=True)
class Figure:
    """Bars, one a label, with their intervals where they have one. ``words`` says what they show.

    Values, ``lows`` and ``highs`` are in the unit as shown (18.2 for 18.2%).
    """

    title: str
    words: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    unit: str = ""
    lows: tuple[float, ...] = ()
    highs: tuple[float, ...] = ()

    @property
    def top(self) -> float:
        """The largest number drawn, never 0."""
        return max((*self.values, *self.highs), default=0.0) or 1.0

    def as_table(self) -> Table:
        """Return the figure's numbers as a table."""
        bounds = bool(self.lows)
        columns = ("", f"value {self.unit}".strip(), *(("from", "to") if bounds else ()))
        rows = tuple(
            (label, value, *((self.lows[i], self.highs[i]) if bounds else ()))
            for i, (label, value) in enumerate(zip(self.labels, self.values, strict=True))
        )
        return Table(self.words, columns, rows)


@dataclass(frozen=True)
class Section:
    """One part of a report."""

    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Step:
    """One step of the way back from a post: what it is, and what it says."""

    what: str
    says: str


@dataclass(frozen=True)
class Trail:
    """The way back from one post that left to everything it rests on."""

    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Report:
    """A report. ``banner`` stands on top of every form of it: that the numbers are invented, say."""

    title: str
    subtitle: str
    made_by: str
    made_at: datetime
    sections: tuple[Section, ...]
    trails: tuple[Trail, ...] = ()
    banner: str = ""
