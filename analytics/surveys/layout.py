"""Recognising how a survey file is laid out: wide, long or published shares, one header row or more."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analytics.surveys.audience import audience
from analytics.surveys.errors import SurveyError
from analytics.surveys.headers import as_text, flatten_headers, unique, written
from analytics.surveys.items import describe_items, unplaced
from analytics.surveys.metadata import no_questions
from analytics.surveys.missing_codes import blank_marks, without_codes
from analytics.surveys.model import Item, LeftOut, Role, Shape, ShareTable, Survey
from analytics.surveys.screening import screen
from analytics.surveys.ticks import made_plain, tick_questions

SEPARATOR = "; "
_ROLE_NAMES: dict[Role, str] = {
    "respondent": r"(respondent|response|participant|user|customer|subject|person|member|panel(ist)?|record)"
    r"[ _]?(id|number|no|key|ref)|respondent|participant|responseid|id",
    "wave": r"wave|survey[ _]?wave|period|phase|round|time ?point|measurement|before[ _/]?(or[ _])?after|pre[ _/]?post",
    "date": r"date|(start|end|recorded|submission|completion|created|response)[ _]?(date|time|at)"
    r"|submitted([ _]at)?|timestamp|completed[ _]at|date (submitted|completed)",
    "age_group": r"age([ _]?(group|band|range|bracket|category|class))?|(what is your|your) age.*|how old are you.*"
    r"|which age (group|range|band).*|age_?grp",
    "weight": r"weight|weights|wt|survey[ _]?weight|weighting|pweight",
}
_QUESTION = r"question|item|question[ _]?(text|label|name)|variable|q"
_ANSWER = r"answer|response|value|answer[ _]?(text|value)|response[ _]?(text|value)|reply"
_COUNTER = r"rownames?|row|index|row[ _]?(id|number|no|index)|unnamed[: _]*\d*|#|column[ _]?1|no\.?|"
_WAVE_WORDS = frozenset(["before", "after", "pre", "post", "baseline", "follow-up", "followup"])


@dataclass(frozen=True)
class Settled:
    """What a person settled about a survey's questions, where the file does not say it.

    Attributes
    ----------
    orders
        Question -> labels from lowest to highest, for labels that do not order themselves (another language).
    options
        Question -> its options, where several choices stand in one cell and commas inside them.
    missing
        Question, or ``missing_codes.EVERYWHERE``, -> codes that stand for no answer; none: no code is missing.
    rows
        Kind of row (``screening.ROW_KINDS``) -> True to keep it, False to leave it out.
    keep
        Columns that are questions although they look like a tool's own.
    everybody
        Questions of tick columns that everybody saw.
    written
        Questions that people answered in their own words, however few different answers there are.
    """

    orders: Mapping[str, Sequence[str]] = field(default_factory=dict)
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    missing: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rows: Mapping[str, bool] = field(default_factory=dict)
    keep: Collection[str] = ()
    everybody: Collection[str] = ()
    written: Collection[str] = ()


def read_survey(
    frame: pd.DataFrame,
    *,
    roles: Mapping[Role, str] | None = None,
    orders: Mapping[str, Sequence[str]] | None = None,
    settled: Settled = Settled(),
) -> Survey:
    """Recognise a survey's layout, leave out what is no answer and no question, and describe its items.

    Parameters
    ----------
    frame
        The file as text: one row a line after the first header row, missing cells None, NaN or "".
    roles
        Columns a person named for a role; they win over what is recognised.
    orders
        Short for ``Settled(orders=...)``.
    settled
        What a person settled.

    Raises
    ------
    SurveyError
        The file is empty, a named column does not exist, or an order does not fit its labels.
    """
    settled = replace(settled, orders={**settled.orders, **(orders or {})})
    table = as_text(frame)
    if table.empty or not len(table.columns):
        raise SurveyError("This survey has no rows. Check that the file holds answers below its header.")
    notes: list[str] = []
    table, other_names = flatten_headers(table, notes)
    settled = replace(settled, written={*settled.written, *written(other_names)} - set(settled.keep))
    shares = _read_shares(table)
    if shares:
        note = "This file holds published shares, not people's answers: they can be shown, not tested."
        return Survey(table, tuple(_share_items(shares)), "shares", {}, (*notes, note), shares)
    table, shape = _widen(blank_marks(table), notes)
    table = _drop_counters(table, notes)
    found = _find_roles(table, roles or {})
    table, rows = screen(table, found, settled.rows)
    notes += [r.sentence for r in rows]
    if table.empty:
        raise SurveyError(f"No answer is left: {' '.join(notes)} Keep some of these rows, or check the file.")
    free = [c for c in table.columns if c not in found.values()]
    left_out = tuple(x for x in no_questions(table, free, other_names) if x.column not in settled.keep)
    table = table.drop(columns=[x.column for x in left_out])
    return _described(table, shape, found, settled, notes, left_out)


def _described(
    table: pd.DataFrame,
    shape: Shape,
    found: dict[Role, str],
    settled: Settled,
    notes: list[str],
    left_out: tuple[LeftOut, ...],
) -> Survey:
    """Empty the codes for no answer, make ticks plain, and say what each question is."""
    free = [c for c in table.columns if c not in found.values()]
    strangers = [q for named in (settled.orders, settled.options) for q in named if q not in free]
    if strangers:
        raise SurveyError(f'An order is given for "{strangers[0]}", but this survey has no such question.')
    own = {*settled.orders, *settled.options, *settled.written}
    ticks = tick_questions(table, [c for c in free if c not in own])
    ticked = {c for q in ticks for c in q.columns}
    coded = [c for c in free if c not in ticked and c not in settled.written] + [
        found[r] for r in ("age_group", "weight") if r in found
    ]
    cells, codes = without_codes(table, coded, settled.missing)
    notes += [code.sentence for code in codes]
    plain = cells.copy()
    for question in ticks:
        heard = audience(cells, question, free, everybody=question.question in settled.everybody)
        plain[list(question.columns)] = made_plain(cells, question, heard.saw)
        notes += [heard.note] if heard.note else []
    items = describe_items(
        plain[free], orders=settled.orders, options=settled.options, ticks=ticks, written=settled.written
    )
    notes += unplaced(plain, items)
    return Survey(plain, items, shape, found, tuple(notes), (), left_out, cells)


def _named(columns: Iterable[str], pattern: str) -> str | None:
    for name in columns:
        if re.fullmatch(pattern, re.sub(r"\s+", " ", str(name)).strip(" ?:.").casefold()):
            return name
    return None


def _read_shares(table: pd.DataFrame) -> tuple[ShareTable, ...]:
    """Read a published summary: question, response, then only columns of shares (0 to 1)."""
    question, answer = _named(table.columns, _QUESTION), _named(table.columns, _ANSWER)
    if question is None or answer is None:
        return ()
    rest = [c for c in table.columns if c not in (question, answer) and not re.fullmatch(_COUNTER, c.casefold())]
    numbers = table[rest].apply(pd.to_numeric, errors="coerce")
    if not rest or numbers.isna().to_numpy().mean() > 0.5 or not _all_shares(numbers):
        return ()
    if table.duplicated([question, answer]).mean() > 0.1:
        return ()
    tables = []
    # Consecutive rows of one question; a summary may repeat a label within one ("No answer").
    blocks = (table[question] != table[question].shift()).cumsum()
    for _, rows in table.groupby(blocks, sort=False):
        shares = tuple(tuple(map(float, numbers.loc[i])) for i in rows.index)
        labels = tuple(str(v) for v in rows[answer])
        tables.append(ShareTable(str(rows[question].iloc[0]), labels, tuple(rest), shares))
    return tuple(tables)


def _all_shares(numbers: pd.DataFrame) -> bool:
    known = numbers.to_numpy(dtype=float)
    known = known[~np.isnan(known)]
    return bool(known.size and known.min() >= 0 and known.max() <= 1)


def _share_items(tables: Sequence[ShareTable]) -> list[Item]:
    keys = unique([t.question for t in tables])
    return [Item(k, t.question, "shares", (), t.labels) for k, t in zip(keys, tables, strict=True)]


def _widen(table: pd.DataFrame, notes: list[str]) -> tuple[pd.DataFrame, Shape]:
    """Turn one row an answer into one row a respondent (and wave)."""
    question, answer = _named(table.columns, _QUESTION), _named(table.columns, _ANSWER)
    respondent = _named(table.columns, _ROLE_NAMES["respondent"])
    if not (question and answer and respondent) or not table[respondent].duplicated().any():
        return table, "wide"
    keys = [c for c in table.columns if c not in (question, answer) and not _is_counter(table[c], c)]
    varying = [c for c in keys if c != respondent and _varies_within(table, c, respondent)]
    wave = [c for c in varying if re.fullmatch(_ROLE_NAMES["wave"], c.casefold())]
    held = [respondent, *wave]
    other = [c for c in keys if c not in held]
    answers = table.dropna(subset=[question, answer])
    if answers.duplicated([*held, question]).any():
        notes.append("Some people gave several answers to one question; they were read as several choices.")
    joined = answers.groupby([*held, question], sort=False, dropna=False)[answer].agg(
        lambda x: SEPARATOR.join(dict.fromkeys(x))
    )
    wide = joined.unstack(question)
    wide = wide[list(dict.fromkeys(table[question].dropna()))]
    about = table.groupby(held, sort=False, dropna=False)[other].first()
    wide = about.join(wide, how="left").reset_index()
    wide.columns.name = None
    notes.append("The file holds one row an answer; it was turned into one row a person.")
    return wide.astype(object).where(wide.notna(), None), "long"


def _varies_within(table: pd.DataFrame, column: str, respondent: str) -> bool:
    return bool((table.groupby(respondent, dropna=False)[column].nunique() > 1).any())


def _is_counter(values: pd.Series, name: str) -> bool:
    if not re.fullmatch(_COUNTER, name.casefold()):
        return False
    numbers = pd.to_numeric(values, errors="coerce")
    return bool(numbers.notna().all() and numbers.is_unique)


def _drop_counters(table: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    counters = [c for c in table.columns if _is_counter(table[c], c)]
    if counters and len(counters) < len(table.columns):
        notes.append(f'"{counters[0]}" only numbers the rows; it was left out.')
        return table.drop(columns=counters)
    return table


def _find_roles(table: pd.DataFrame, named: Mapping[Role, str]) -> dict[Role, str]:
    found: dict[Role, str] = {}
    for role, column in named.items():
        if column not in table.columns:
            raise SurveyError(f'There is no column "{column}" in this survey to use as the {role.replace("_", " ")}.')
        found[role] = column
    for role, pattern in _ROLE_NAMES.items():
        free = [c for c in table.columns if c not in found.values()]
        match = _named(free, pattern)
        if role not in found and match is not None and _fits(role, table[match]):
            found[role] = match
    if "wave" not in found:
        for column in table.columns:
            values = {str(v).casefold() for v in table[column].dropna().unique()[:10]}
            if column not in found.values() and len(values) >= 2 and values <= _WAVE_WORDS:
                found["wave"] = column
                break
    return found


def _fits(role: Role, values: pd.Series) -> bool:
    kept = values.dropna()
    if kept.empty:
        return False
    if role == "weight":
        numbers = pd.to_numeric(kept, errors="coerce")
        return bool(numbers.notna().all() and (numbers >= 0).all())
    if role == "respondent":
        # A panel holds each person once a wave, so an id may come back several times.
        return kept.nunique() > 0.12 * len(kept)
    if role == "wave":
        return kept.nunique() <= 20
    if role == "date":
        return bool(pd.to_datetime(kept.head(50), errors="coerce", format="mixed").notna().mean() > 0.8)
    return True
