"""Open answers: read them, code them by hand, alone or as two, and ask for theme suggestions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dashboard import jobs
from dashboard.services.encoders import text_encoder
from dashboard.services.people import MAY_EDIT, User, require
from dashboard.services.tasks import Task
from dashboard.workspace import Workspace
from db.repositories import personas, surveys
from db.repositories.jobs import JobRecord
from db.repositories.surveys import ItemRecord

if TYPE_CHECKING:
    from analytics.surveys import Answer, Answers, Code, Codebook, CoderAgreement, Phase, Quote

SEED = 7
SHOWN_OF_A_DRAFT = 25


@dataclass(frozen=True)
class OpenQuestion:
    """An open question with the answers that may be read, and whose they are.

    ``about`` has one row a response (index: answer id), with wave, age group and persona where they are known:
    personas only of respondents who are customers. ``people`` holds each response's respondent: whoever answered
    in several waves, or several times, is one person.
    """

    item: ItemRecord
    answers: Answers
    about: pd.DataFrame
    people: pd.Series
    dates: dict[str, str]

    @property
    def spoken(self) -> tuple[Answer, ...]:
        """The answers that say something."""
        return self.answers.spoken

    @property
    def waves(self) -> dict[str, str]:
        """The wave of each answer that says something, by its id; "" where there is none."""
        known = self.about["wave"].fillna("")
        return {a.id: str(known[a.id]) for a in self.spoken}

    @cached_property
    def writers(self) -> dict[str, str]:
        """What is known of whoever gave an answer, in words, by the answer's id."""
        rows = self.about.itertuples(index=False)
        return {
            i: ", ".join(str(v) for v in row if not pd.isna(v)) for i, row in zip(self.about.index, rows, strict=True)
        }


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
        persona = personas.memberships(session)
    if item.kind != "open":
        raise SurveyError(f'"{item.key}" is no open question: it has no texts to read.')
    if rows.empty:
        raise SurveyError("None of these answers may be used: no legal basis is on record for them.")
    texts = [a.get(item.details["columns"][0]) for a in rows["answers"]]
    # They were masked before they were kept, so nothing is left to take out here.
    answers = read_answers(texts, rows["id"].astype(str), redact=str)
    about = rows.set_index(rows["id"].astype(str))[["wave", "age_group", "respondent"]]
    people = about.pop("respondent")
    about["persona"] = people.map(persona).astype(object)
    return OpenQuestion(item, answers, about, people, _dates(rows))


def _dates(rows: pd.DataFrame) -> dict[str, str]:
    """Return answer -> day (ISO), so that the newest sorts last however the file wrote it."""
    when = pd.to_datetime(rows["answered_on"], errors="coerce", format="mixed", utc=True)
    return {str(i): f"{on:%Y-%m-%d}" for i, on in zip(rows["id"], when, strict=True) if not pd.isna(on)}


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


def next_to_code(found: OpenQuestion, book: Codebook, coder: str, *, again: bool = False) -> Answer | None:
    """Return the next answer that this person has not coded, or None.

    ``again`` goes through the answers they coded before the newest code was there instead.
    """
    if again:
        early = set(book.coded_before(coder))
        return next((found.spoken[i] for i in queue(found) if found.spoken[i].id in early), None)
    done = book.codings(coder)
    return next((found.spoken[i] for i in queue(found) if found.spoken[i].id not in done), None)


def take_codes(
    workspace: Workspace, user: User, item_id: int, given: Mapping[str, Sequence[str]], by: str
) -> tuple[int, int]:
    """Take in the codes a person gave elsewhere: answer -> names of codes (none: read, and none fits).

    Returns
    -------
    tuple
        How many answers were coded, and how many codes were new and made.

    Raises
    ------
    SurveyError
        An answer is not among those that may be read, or nobody is named.
    """
    from analytics.surveys import SurveyError

    require(user, MAY_EDIT, "code open answers")
    known = {a.id for a in question(workspace, item_id).spoken}
    strange = [a for a in given if a not in known]
    if strange:
        raise SurveyError(
            f'No answer that says something has the id "{strange[0]}" ({len(strange)} such rows). Take the ids from '
            "the file of answers that this survey wrote, and leave out those that say nothing."
        )
    made = 0

    def take(book: Codebook) -> None:
        nonlocal made
        names = {name.casefold(): name for names in given.values() for name in names}
        for name in names.values():
            if book.named(name) is None:
                book.create(name, by=by)
                made += 1
        ids = {c.name.casefold(): c.id for c in book.codes}
        for answer, wanted in given.items():
            book.assign(answer, [ids[name.casefold()] for name in wanted], by=by)

    change(workspace, user, item_id, take)
    return len(given), made


def agreement(book: Codebook, first: str, second: str) -> CoderAgreement:
    """Say how well two people code alike, and where they do not.

    Raises
    ------
    SurveyError
        They share fewer than two coded answers.
    """
    from analytics.surveys import coder_agreement

    return coder_agreement(book, first, second)


def phases(found: OpenQuestion, book: Codebook) -> tuple[Phase, ...]:
    """Return Braun and Clarke's six phases: which are done and what is next."""
    from analytics.surveys import phases as of

    return of(book, len(found.spoken))


def quotes(found: OpenQuestion, book: Codebook, code: Code, k: int) -> tuple[Quote, ...]:
    """Return quotes of a code: examples first, then the newest, none that points at a person."""
    from analytics.surveys import choose_quotes

    mine = {a for a, codes in book.codings().items() if code.id in codes}
    answers = [a for a in found.spoken if a.id in mine]
    about = found.about.dropna(axis=1, how="all")
    return choose_quotes(answers, about, found.people, k=k, dates=found.dates, first=book.exemplars(code.id))


def suggest(workspace: Workspace, user: User, item_id: int) -> str:
    """Ask for theme suggestions and return the job's id. They come as drafts into the codebook."""
    require(user, MAY_EDIT, "ask for theme suggestions")
    found = question(workspace, item_id)
    params = {"item_id": item_id, "by": user.name}
    return jobs.enqueue(workspace, "themes", f"Suggest themes for “{found.item.key[:60]}”", params, user.name)


def vectors_of(workspace: Workspace, task: Task, texts: list[str]) -> Any:
    """Turn texts into vectors; those made before a crash or an earlier run come from the cache."""
    total = max(1, len(texts))
    return text_encoder(workspace).encode(
        texts,
        lambda done, _all: task.progress(min(done, total), total + 1, "Reading the answers"),
    )


def run_suggest(workspace: Workspace, task: Task, params: dict[str, Any]) -> dict[str, Any]:
    """Group the answers, keep the groups beside the question and add them to the codebook as drafts."""
    from analytics.surveys import Codebook, add_drafts, suggest_themes

    item_id = int(params["item_id"])
    found = question(workspace, item_id)
    vectors = vectors_of(workspace, task, [a.text for a in found.spoken])
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


def tidy_suggest(workspace: Workspace, job: JobRecord, state: str, error: str | None) -> str:
    """Say whether suggestions were kept before their job was cancelled or failed."""
    with workspace.database.reading() as session:
        kept = surveys.item(session, int(job.params["item_id"])).suggestions
    if kept.get("job") == job.id:
        return f"{len(kept['themes'])} suggested themes had been kept before."
    return "No themes were suggested; the codebook is as it was."
