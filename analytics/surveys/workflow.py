"""Braun and Clarke's (2006) six phases of thematic analysis: where a codebook stands and what is next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.surveys.answers import Answer
from analytics.surveys.codebook import Codebook


@dataclass(frozen=True)
class Phase:
    """One phase: its name, whether it is done, and the next thing to do in it."""

    name: str
    done: bool
    todo: str


FAMILIAR = 20
"""Answers to read and star or code before codes are made in earnest."""


def phases(book: Codebook, answers: int) -> tuple[Phase, ...]:
    """Return the six phases for a codebook over so many answers that say something."""
    read = len(set(book.starred) | {a for coder in book.coders for a in book.codings(coder)})
    codes = [c for c in book.codes if not c.draft]
    drafts = len(book.codes) - len(codes)
    coded = len(book.codings())
    need = min(answers, FAMILIAR)
    loose = [c.name for c in codes if not c.theme]
    bare = [c.name for c in codes if not book.exemplars(c.id)]
    vague = [name for name, text in book.themes.items() if not text]
    return (
        Phase("Read", read >= need, f"Read {need} answers and star what strikes you ({read} so far)."),
        Phase("Code", bool(codes) and coded >= need, f"Give codes to {need} answers or more ({coded} so far)."),
        Phase("Search for themes", bool(codes) and not loose, "Put every code under a theme: " + _few(loose)),
        Phase(
            "Review",
            bool(codes) and not drafts and not bare,
            f"Accept or remove {drafts} drafts." if drafts else "Mark a good example for: " + _few(bare),
        ),
        Phase("Define", bool(book.themes) and not vague, "Write what each theme means: " + _few(vague)),
        Phase("Report", not not_publishable(book, answers), "Publish the report, or export codebook and answers."),
    )


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "") + "."


def not_publishable(book: Codebook, answers: int) -> tuple[str, ...]:
    """Return why themes may not be published yet; empty where they may."""
    reasons = []
    codes = [c for c in book.codes if not c.draft]
    drafts = [c.name for c in book.codes if c.draft]
    if not codes:
        reasons.append("No person has made or accepted a code yet: suggestions alone are not published.")
    if drafts:
        reasons.append(f"Some codes are still suggestions: {_few(drafts)} Accept or remove them.")
    coded = len(book.codings())
    if coded < min(answers, FAMILIAR):
        reasons.append(f"Only {coded} answers are coded by a person; code {min(answers, FAMILIAR)} or more.")
    vague = [name for name, text in book.themes.items() if not text]
    if vague:
        reasons.append(f"Some themes have no definition: {_few(vague)}")
    return tuple(reasons)


def codebook_table(book: Codebook) -> pd.DataFrame:
    """Return the codebook to export: one row a code."""
    used = book.codings()
    rows = [
        {
            "code": c.name,
            "description": c.description,
            "theme": c.theme,
            "theme definition": book.themes.get(c.theme, ""),
            "status": "suggested" if c.draft else "in use",
            "coded answers": sum(c.id in codes for codes in used.values()),
            "examples": "; ".join(book.exemplars(c.id)),
        }
        for c in book.codes
    ]
    columns = ["code", "description", "theme", "theme definition", "status", "coded answers", "examples"]
    return pd.DataFrame(rows, columns=columns)


def coded_table(book: Codebook, answers: Sequence[Answer], by_model: Mapping[str, frozenset[str]]) -> pd.DataFrame:
    """Return the coded answers to export: one row an answer, one 0/1 column a code, and who coded it.

    Parameters
    ----------
    answers
        Redacted answers.
    by_model
        Answer id -> codes of the classifier, used where no person coded.
    """
    human = book.codings()
    codes = [c for c in book.codes if not c.draft]
    rows = []
    for answer in answers:
        given = human.get(answer.id, by_model.get(answer.id))
        who = "person" if answer.id in human else "classifier" if given is not None else ""
        row: dict[str, object] = {"answer": answer.id, "text": answer.text, "kind": answer.status, "coded by": who}
        row |= {c.name: None if given is None else int(c.id in given) for c in codes}
        rows.append(row)
    return pd.DataFrame(rows, columns=["answer", "text", "kind", "coded by", *(c.name for c in codes)])
