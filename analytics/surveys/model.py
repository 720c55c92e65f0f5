"""What a survey is once it is recognised: its items, its roles, its answers as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.surveys.errors import SurveyError

ItemKind = Literal["likert", "recommend", "multi", "single", "number", "open", "shares"]
Shape = Literal["wide", "long", "shares"]
Role = Literal["respondent", "wave", "date", "age_group", "weight"]
TICK_FAMILY = "ticks"
"""The family of a question with a column an option, kept as chosen, not chosen and not asked (see ``ticks``)."""
WRITTEN_FAMILY = "written"
"""The family of an open question of which the file itself says that people wrote the answer."""
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Item:
    """One question of a survey.

    ``labels`` go from low to high for ``likert`` and ``recommend``; for other kinds they are the options
    in the order of first use. ``columns`` are the frame's columns that hold the answers (several for a
    multi-select spread over columns). ``ask`` is a question for a person where the labels do not say
    which is low and which is high, and empty where there is nothing to ask.
    """

    key: str
    question: str
    kind: ItemKind
    columns: tuple[str, ...]
    labels: tuple[str, ...] = ()
    family: str = ""
    n: int = 0
    missing: int = 0
    no_answer: int = 0
    separator: str = ""
    ask: str = ""

    @property
    def points(self) -> int:
        """How many points the scale has (0 where the item is not a scale)."""
        return len(self.labels) if self.kind in ("likert", "recommend") else 0


@dataclass(frozen=True)
class ShareTable:
    """One question of a published summary: ``shares[label][group]`` between 0 and 1, no counts."""

    question: str
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class LeftOut:
    """A column that is no question, and why."""

    column: str
    why: str


@dataclass(frozen=True)
class Survey:
    """A recognised survey: one row a respondent (and wave), one column a question.

    ``roles`` says which column holds the respondent, wave, date, age group or weight. ``tables`` is filled
    only for a file of published shares, which holds no answers to test. ``left_out`` are the columns that are no
    questions. ``cells`` are the same rows as the file wrote them, before ticks were made plain: two waves are joined
    on these.
    """

    frame: pd.DataFrame
    items: tuple[Item, ...]
    shape: Shape
    roles: dict[Role, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    tables: tuple[ShareTable, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    cells: pd.DataFrame | None = None

    def item(self, key: str) -> Item:
        """Return the item with that key.

        Raises
        ------
        SurveyError
            The survey has no such item.
        """
        for item in self.items:
            if item.key == key:
                return item
        raise SurveyError(f'This survey has no question "{key}".')

    def column(self, role: Role) -> pd.Series | None:
        """Return the column that plays a role, or None."""
        name = self.roles.get(role)
        return None if name is None else self.frame[name]
