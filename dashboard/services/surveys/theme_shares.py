"""How common themes are: a classifier learns from hand-coded answers, codes the rest, and is corrected."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dashboard import jobs
from dashboard.services.people import MAY_EDIT, User, require
from dashboard.services.surveys import waves as services
from dashboard.services.surveys.open_answers import SEED, OpenQuestion, codebook, question, vectors_of
from dashboard.services.tasks import Task
from dashboard.workspace import Workspace
from db.repositories import surveys
from db.repositories.jobs import JobRecord

if TYPE_CHECKING:
    from analytics.surveys import Codebook, HandCoding


def hand_coding(found: OpenQuestion, book: Codebook) -> HandCoding:
    """Say how many answers of each wave to code by hand, and what would bend the shares."""
    from analytics.surveys import hand_coding as counted

    return counted(found.waves, book)


def code_rest(workspace: Workspace, user: User, item_id: int) -> str:
    """Ask for the rest of the answers to be coded by a classifier and return the job's id."""
    require(user, MAY_EDIT, "have answers coded")
    found = question(workspace, item_id)
    params = {"item_id": item_id}
    return jobs.enqueue(workspace, "coding", f"Code the rest of “{found.item.key[:60]}”", params, user.name)


def run_coding(workspace: Workspace, task: Task, params: dict[str, Any]) -> dict[str, Any]:
    """Learn from the answers coded by hand, code the rest and estimate every theme's prevalence."""
    from analytics.surveys import answer_features, code_answers

    item_id = int(params["item_id"])
    found, book = question(workspace, item_id), codebook(workspace, item_id)
    spoken = found.spoken
    place = {a.id: n for n, a in enumerate(spoken)}
    by_hand = {place[a]: codes for a, codes in book.codings().items() if a in place}
    codes = [c for c in book.codes if not c.draft]
    vectors = vectors_of(workspace, task, [a.text for a in spoken])
    task.progress(0, 10, "Learning from the answers coded by hand")
    features = answer_features(vectors, [a.text for a in spoken])
    coding = code_answers(
        features,
        by_hand,
        [c.id for c in codes],
        seed=SEED,
        progress=lambda share: task.progress(round(9 * share), 10, "Coding the rest"),
    )
    names = {c.id: c.name for c in codes}
    result = {
        "job": task.id,
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
            surveys.keep(session, item_id, coding=storable(result))
        return True

    task.step("keep coding", keep)
    task.progress(1, 1, f"{len(spoken):,} answers coded, {len(by_hand):,} of them by hand")
    return {"answers": len(spoken), "by_hand": len(by_hand)}


def tidy_coding(workspace: Workspace, job: JobRecord, state: str, error: str | None) -> str:
    """Say whether the codes were kept before their job was cancelled or failed."""
    with workspace.database.reading() as session:
        kept = surveys.item(session, int(job.params["item_id"])).coding
    if kept.get("job") == job.id:
        return f"The codes of {kept['n']:,} answers had been kept before."
    return "No answer was coded; an earlier coding stays as it was."


def storable(value: Any) -> Any:
    """Return plain data without NaN or infinity, which JSON does not know."""
    if isinstance(value, dict):
        return {key: storable(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [storable(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _shares(workspace: Workspace, found: OpenQuestion, coding: Any, names: dict[str, str]) -> dict[str, Any]:
    """Return each theme's prevalence: in all, before and after, and in each age group."""
    from analytics.surveys import SurveyError, prevalence, sample_of, themes_before_after, themes_by_group

    about = found.about.loc[[a.id for a in found.spoken]]
    who, k = found.people.loc[about.index].tolist(), workspace.settings.k_min_people
    if len(set(who)) < k:
        raise SurveyError(f"Fewer than {k} people answered this question: shares of themes would point at them.")
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
            found_changes = themes_before_after(coding, rows[0], rows[1], who, k=k, names=names)
            changes = [{**asdict(c), "name": names[c.code], "waves": [first, second]} for c in found_changes]
            why = ""
        except SurveyError as problem:
            why = str(problem)
    groups = about[["age_group", "persona"]].rename(columns={"age_group": "age group"})
    cells = themes_by_group(coding, groups, who, k=k, names=names)
    return {
        "overall": overall,
        "changes": changes,
        "no_change": why,
        "groups": [{**asdict(c), "name": names[c.code]} for c in cells],
    }


def not_publishable(found: OpenQuestion, book: Codebook) -> tuple[str, ...]:
    """Return why the themes may not be reported yet; empty where they may."""
    from analytics.surveys import not_publishable as reasons

    return reasons(book, len(found.spoken))


def export_tables(found: OpenQuestion, book: Codebook) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the codebook and the coded answers as tables; a person's codes come before the classifier's."""
    from analytics.surveys import codebook_table, coded_table

    coded = {a: frozenset(c) for a, c in found.item.coding.get("coded", {}).items()}
    return codebook_table(book), coded_table(book, found.answers.answers, coded)
