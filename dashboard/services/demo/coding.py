"""The demo's open answers as two people coded them: a codebook, disagreements, themes, and how common they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.demo.survey import CODES, GROUPS, demo_survey
from dashboard.services.demo.asking import DEMO_USER
from dashboard.services.surveys import open_answers, theme_shares, waves
from dashboard.services.tasks import Task
from dashboard.workspace import Workspace

if TYPE_CHECKING:
    from analytics.surveys import Codebook

SECOND = "Second coder"
CODED, CODED_TWICE, LEFT_OPEN = 150, 60, 3
MISSES_EVERY = 7


def code_survey(workspace: Workspace, task: Task, survey_id: int, seed: int) -> None:
    """Code the open question by the planted themes, settle most disagreements and have the rest coded."""
    found = waves.questions(workspace, survey_id, "open")
    if not found:
        return
    item_id = found[0].id
    task.step("codes", lambda: _codes(workspace, item_id, seed))
    theme_shares.run_coding(workspace, task, {"item_id": item_id})


def _codes(workspace: Workspace, item_id: int, seed: int) -> int:
    """Write the codebook, unless a worker that died had done so."""
    book = open_answers.codebook(workspace, item_id)
    if book.events:
        return len(book.events)
    found = open_answers.question(workspace, item_id)
    planted = dict(zip((a.id for a in found.answers.answers), demo_survey(seed)[1], strict=True))
    order = [found.spoken[i].id for i in open_answers.queue(found)]
    book = open_answers.change(workspace, DEMO_USER, item_id, lambda b: _write(b, order, planted))
    return len(book.events)


def _write(book: Codebook, order: list[str], planted: dict[str, Any]) -> None:
    me = DEMO_USER.name
    ids = {name: book.create(name, by=me, description=meaning).id for name, meaning in CODES.items()}
    for answer in order[:12]:
        book.star(answer, by=me)
    for number, answer in enumerate(order[:CODED]):
        mine = [ids[t] for t in sorted(planted[answer])]
        book.assign(answer, mine, by=me)
        if number < CODED_TWICE:
            # A second pair of eyes overlooks a code now and then.
            theirs = mine[1:] if number % MISSES_EVERY == 0 else mine
            book.assign(answer, theirs, by=SECOND)
    apart = [a for a in order[:CODED_TWICE] if book.codings(me)[a] != book.codings(SECOND)[a]]
    for answer in apart[LEFT_OPEN:]:
        book.resolve(answer, book.codings(me)[answer], by=me)
    for theme, (meaning, members) in GROUPS.items():
        book.group([ids[name] for name in members], theme, by=me)
        book.define(theme, meaning, by=me)
    for name, code in ids.items():
        book.exemplify(code, next(a for a in order[:CODED] if planted[a] == {name}), by=me)
