"""Recognising how a survey file is laid out: wide, long or published shares, one header row or more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from analytics.surveys.errors import SurveyError
from analytics.surveys.items import describe_items
from analytics.surveys.model import Item, Role, Shape, ShareTable, Survey

SEPARATOR = "; "
_BLANK_NAME = re.compile(r"^\s*$|^unnamed[:_ ]|^column[ _]?\d+$|^nan$|^none$", re.I)
_SECOND_ROW = re.compile(r"^(?:open-ended )?response$|^\{\"?importid|^other \(please specify\)$", re.I)
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


def read_survey(
    frame: pd.DataFrame,
    *,
    roles: Mapping[Role, str] | None = None,
    orders: Mapping[str, Sequence[str]] | None = None,
) -> Survey:
    """Recognise a survey's layout and describe its items.

    Parameters
    ----------
    frame
        The file as text: one row a line after the first header row, missing cells None, NaN or "".
    roles
        Columns a person named for a role; they win over what is recognised.
    orders
        Question -> labels from lowest to highest, for labels that do not order themselves
        (another language, for instance).

    Raises
    ------
    SurveyError
        The file is empty, a named column does not exist, or an order does not fit its labels.
    """
    table = _as_text(frame)
    if table.empty or not len(table.columns):
        raise SurveyError("This survey has no rows. Check that the file holds answers below its header.")
    notes: list[str] = []
    table = _flatten_headers(table, notes)
    shares = _read_shares(table)
    if shares:
        note = "This file holds published shares, not people's answers: they can be shown, not tested."
        return Survey(table, tuple(_share_items(shares)), "shares", {}, (*notes, note), shares)
    table, shape = _widen(table, notes)
    table = _drop_counters(table, notes)
    found = _find_roles(table, roles or {})
    strangers = [q for q in orders or {} if q not in table.columns]
    if strangers:
        raise SurveyError(f'An order is given for "{strangers[0]}", but this survey has no such question.')
    answers = table.drop(columns=[c for c in found.values() if c in table])
    items = describe_items(answers, orders=orders)
    return Survey(table, items, shape, found, tuple(notes))


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    table = frame.copy()
    table.columns = _unique([str(c).strip() for c in frame.columns])
    for name in table.columns:
        values = table[name].astype(object).where(table[name].notna(), None)
        cells = [None if v is None else str(v).strip() or None for v in values]
        table[name] = pd.Series(cells, index=table.index, dtype=object)
    return table.dropna(how="all").reset_index(drop=True)


def _unique(names: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return out


def _flatten_headers(table: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Fold a second (or third) header row into the column names.

    SurveyMonkey leaves the question only over its first column and puts options below; Qualtrics puts
    short names on top, the questions below them and a row of import ids below those.
    """
    first = [str(v) if v is not None else "" for v in table.iloc[0]]
    blank = [bool(_BLANK_NAME.match(name)) for name in table.columns]
    known = sum(bool(_SECOND_ROW.match(cell)) for cell in first)
    import_ids = len(table) > 1 and any("importid" in str(v).casefold() for v in table.iloc[1])
    if import_ids:
        notes.append("The second and third rows were read as part of the header.")
        body = table.iloc[2:].reset_index(drop=True)
        names = [below or top for top, below in zip(table.columns, first, strict=True)]
        return body.set_axis(_unique(names), axis=1)
    # A lone unnamed column is a row counter; a run of them under one question is a second header row.
    if not (known >= 1 or (sum(blank) >= 2 and all(first[i] for i in range(len(first)) if blank[i]))):
        return table
    notes.append("The second row was read as part of the header.")
    names, stem = [], ""
    for name, is_blank, below in zip(table.columns, blank, first, strict=True):
        stem = stem if is_blank else re.sub(r"\.\d+$", "", str(name))
        short = not below or below.casefold() in ("response", "open-ended response")
        names.append(stem if short else f"{stem} [{below}]")
    return table.iloc[1:].reset_index(drop=True).set_axis(_unique(names), axis=1)


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
    keys = _unique([t.question for t in tables])
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
