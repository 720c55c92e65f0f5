"""Open answers: read, code by hand, suggest themes, let a classifier code the rest, estimate prevalence."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dashboard import jobs
from dashboard.services import surveys as services
from dashboard.services.people import MAY_EDIT, User, require
from dashboard.services.tasks import Task
from dashboard.workspace import Workspace
from db.repositories import surveys
from db.repositories.surveys import ItemRecord

if TYPE_CHECKING:
    from analytics.surveys import Answer, Answers, Code, Codebook, Phase, Quote

SEED = 7
SHOWN_OF_A_DRAFT = 25


@dataclass(frozen=True)
class OpenQuestion:
    """An open question with the answers that may be read, and whose they are.

    ``about`` has one row an answer that says something (index: answer id), with wave and age group.
    """

    item: ItemRecord
    answers: Answers
    about: pd.DataFrame
    dates: dict[str, str]

    @property
    def spoken(self) -> tuple[Answer, ...]:
        """The answers that say something."""
        return self.answers.spoken


def question(workspace: Workspace, item_id: int) -> OpenQuestion:
    """Return an open question and its usable answers, masked.

    Raises
    ------
    SurveyError
        It is no open question, or none of its answers may be used.
    """
    from analytics.surveys import SurveyError, read_answers

    with workspace.database.reading() as session:
        item = surveys.item(session, item_id)
        rows = surveys.responses(session, item.survey_id)
    if item.kind != "open":
        raise SurveyError(f'"{item.key}" is no open question: it has no texts to read.')
    if rows.empty:
        raise SurveyError("None of these answers may be used: no legal basis is on record for them.")
    texts = [a.get(item.details["columns"][0]) for a in rows["answers"]]
    # They were masked before they were kept, so nothing is left to take out here.
    answers = read_answers(texts, rows["id"].astype(str), redact=str)
    about = rows.set_index(rows["id"].astype(str))[["wave", "age_group"]]
    dates = {str(i): on for i, on in zip(rows["id"], rows["answered_on"], strict=True) if on}
    return OpenQuestion(item, answers, about, dates)


def codebook(workspace: Workspace, item_id: int) -> Codebook:
    """Return an open question's codebook, replayed from its steps."""
    from analytics.surveys import Codebook

    with workspace.database.reading() as session:
        return Codebook(surveys.events(session, item_id))


def change(workspace: Workspace, user: User, item_id: int, step: Callable[[Codebook], Any]) -> Codebook:
    """Take one step (or a few) in a codebook and keep it.

    Raises
    ------
    SurveyError
        The step does not fit, such as a name that is taken.
    ConflictError
        Somebody else took a step meanwhile.
    """
    require(user, MAY_EDIT, "code open answers")
    book = codebook(workspace, item_id)
    start = len(book.events)
    step(book)
    with workspace.database.writing() as session:
        surveys.add_events(session, item_id, start, book.events[start:])
    return book


def split_by_word(found: OpenQuestion, code: Code, book: Codebook, word: str, name: str, user: User) -> None:
    """Split off the answers of a code that hold a word.

    Raises
    ------
    SurveyError
        None of the code's answers holds it.
    """
    from analytics.surveys import SurveyError

    texts = {a.id: a.text.casefold() for a in found.spoken}
    given = {a for coder in book.coders for a, codes in book.codings(coder).items() if code.id in codes}
    moving = [a for a in given if word.strip() and word.strip().casefold() in texts.get(a, "")]
    if not moving:
        raise SurveyError(f'No answer coded "{code.name}" holds "{word.strip()}". Pick another word.')
    book.split(code.id, {name: moving}, by=user.name)


def reading(found: OpenQuestion, words: str = "") -> list[Answer]:
    """Return the answers that hold every one of some words, all of them without words."""
    wanted = words.casefold().split()
    return [a for a in found.spoken if all(w in a.text.casefold() for w in wanted)]


def queue(found: OpenQuestion) -> tuple[int, ...]:
    """Return the order in which to code: random, so that what is coded first is a fair sample of each wave.

    Only answers from this order are coded by hand; picking answers to code by what they say would bias
    every share.
    """
    return tuple(int(i) for i in np.random.default_rng(SEED).permutation(len(found.spoken)))


def next_to_code(found: OpenQuestion, book: Codebook, coder: str) -> Answer | None:
    """Return the next answer that this person has not coded, or None."""
    done = book.codings(coder)
    return next((found.spoken[i] for i in queue(found) if found.spoken[i].id not in done), None)


def phases(found: OpenQuestion, book: Codebook) -> tuple[Phase, ...]:
    """Return Braun and Clarke's six phases: which are done and what is next."""
    from analytics.surveys import phases as of

    return of(book, len(found.spoken))


def quotes(found: OpenQuestion, book: Codebook, code: Code) -> tuple[Quote, ...]:
    """Return quotes of a code: examples first, then the newest, none that points at a person."""
    from analytics.surveys import choose_quotes

    mine = {a for a, codes in book.codings().items() if code.id in codes}
    answers = [a for a in found.spoken if a.id in mine]
    about = found.about.dropna(axis=1, how="all").astype(str)
    return choose_quotes(answers, about, dates=found.dates, first=book.exemplars(code.id))


def suggest(workspace: Workspace, user: User, item_id: int) -> str:
    """Ask for theme suggestions and return the job's id. They come as drafts into the codebook."""
    require(user, MAY_EDIT, "ask for theme suggestions")
    found = question(workspace, item_id)
    params = {"item_id": item_id, "by": user.name}
    return jobs.enqueue(workspace, "themes", f"Suggest themes for “{found.item.key[:60]}”", params, user.name)


def code_rest(workspace: Workspace, user: User, item_id: int) -> str:
    """Ask for the rest of the answers to be coded by a classifier and return the job's id."""
    require(user, MAY_EDIT, "have answers coded")
    found = question(workspace, item_id)
    params = {"item_id": item_id}
    return jobs.enqueue(workspace, "coding", f"Code the rest of “{found.item.key[:60]}”", params, user.name)


def _vectors(workspace: Workspace, task: Task, texts: list[str]) -> Any:
    """Turn texts into vectors; those made before a crash or an earlier run come from the cache."""
    from engine.encoders import TextEncoder

    settings = workspace.settings
    encoder = TextEncoder(settings.encoder_path, workspace.subfolder("vectors"), settings.threads)
    total = max(1, len(texts))
    return encoder.encode(texts, lambda done, _all: task.progress(min(done, total), total + 1, "Reading the answers"))


def run_suggest(workspace: Workspace, task: Task, params: dict[str, Any]) -> dict[str, Any]:
    """Group the answers, keep the groups beside the question and add them to the codebook as drafts."""
    from analytics.surveys import Codebook, add_drafts, suggest_themes

    item_id = int(params["item_id"])
    found = question(workspace, item_id)
    vectors = _vectors(workspace, task, [a.text for a in found.spoken])
    suggested = suggest_themes(found.answers, vectors, seed=SEED)

    def keep() -> int:
        with workspace.database.writing() as session:
            kept = surveys.item(session, item_id).suggestions
            if kept.get("job") == task.id:
                return len(kept["themes"])
            book = Codebook(surveys.events(session, item_id))
            start = len(book.events)
            for code in [c for c in book.codes if c.draft]:
                book.remove(code.id, by=str(params["by"]))
            made = add_drafts(book, suggested, by=str(params["by"]))
            themes = [
                {**asdict(t), "code": c.id, "answers": t.answers[:SHOWN_OF_A_DRAFT]}
                for t, c in zip(suggested.themes, made, strict=True)
            ]
            surveys.add_events(session, item_id, start, book.events[start:])
            surveys.keep(session, item_id, suggestions={"job": task.id, "note": suggested.note, "themes": themes})
        return len(made)

    made = task.step("keep drafts", keep)
    task.progress(1, 1, suggested.note)
    return {"themes": made}


def run_coding(workspace: Workspace, task: Task, params: dict[str, Any]) -> dict[str, Any]:
    """Learn from the answers coded by hand, code the rest and estimate every theme's prevalence."""
    from analytics.surveys import answer_features, code_answers

    item_id = int(params["item_id"])
    found, book = question(workspace, item_id), codebook(workspace, item_id)
    spoken = found.spoken
    place = {a.id: n for n, a in enumerate(spoken)}
    by_hand = {place[a]: codes for a, codes in book.codings().items() if a in place}
    codes = [c for c in book.codes if not c.draft]
    vectors = _vectors(workspace, task, [a.text for a in spoken])
    features = answer_features(vectors, [a.text for a in spoken])
    coding = code_answers(features, by_hand, [c.id for c in codes], seed=SEED)
    names = {c.id: c.name for c in codes}
    result = {
        "steps": len(book.events),
        "n": len(spoken),
        "n_hand": len(by_hand),
        "kappa": asdict(coding.kappa),
        "not_learned": [names[c] for c in coding.not_learned],
        **_shares(workspace, found, coding, names),
        "coded": {a.id: sorted(given) for a, given in zip(spoken, coding.chosen(), strict=True)},
    }

    def keep() -> bool:
        with workspace.database.writing() as session:
            surveys.keep(session, item_id, coding=_storable(result))
        return True

    task.step("keep coding", keep)
    task.progress(1, 1, f"{len(spoken):,} answers coded, {len(by_hand):,} of them by hand")
    return {"answers": len(spoken), "by_hand": len(by_hand)}


def _storable(value: Any) -> Any:
    """Return plain data without NaN or infinity, which JSON does not know."""
    if isinstance(value, dict):
        return {key: _storable(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _shares(workspace: Workspace, found: OpenQuestion, coding: Any, names: dict[str, str]) -> dict[str, Any]:
    """Return each theme's prevalence: in all, before and after, and in each age group."""
    from analytics.surveys import SurveyError, prevalence, sample_of, themes_before_after, themes_by_group

    about = found.about.loc[[a.id for a in found.spoken]]
    everyone = list(range(len(about)))
    overall = [
        {"code": c, "name": names[c], "share": asdict(prevalence(sample_of(coding, c, everyone)))} for c in coding.codes
    ]
    waves = services.get(workspace, found.item.survey_id).waves
    changes: list[dict[str, Any]] = []
    why = "The survey has one wave: there is nothing to compare."
    if len(waves) >= 2:
        from analytics.surveys.quality import two_waves

        try:
            first, second = two_waves(about["wave"])
            rows = [np.flatnonzero((about["wave"] == w).to_numpy()).tolist() for w in (first, second)]
            found_changes = themes_before_after(coding, rows[0], rows[1], names=names)
            changes = [{**asdict(c), "name": names[c.code], "waves": [first, second]} for c in found_changes]
            why = ""
        except SurveyError as problem:
            why = str(problem)
    groups = about[["age_group"]].rename(columns={"age_group": "age group"})
    cells = themes_by_group(coding, groups, names=names) if groups.notna().any().any() else ()
    return {"overall": overall, "changes": changes, "no_change": why, "groups": [asdict(c) for c in cells]}


def export_tables(found: OpenQuestion, book: Codebook) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the codebook and the coded answers as tables; a person's codes come before the classifier's."""
    from analytics.surveys import codebook_table, coded_table

    coded = {a: frozenset(c) for a, c in found.item.coding.get("coded", {}).items()}
    return codebook_table(book), coded_table(book, found.answers.answers, coded)
