"""A persona that somebody puts together: people of some personas, or everybody, narrowed by what they share.

Nobody is chosen one by one: a persona is a group, and its card describes it against all others of its build.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from analytics.asking.people import Attribute, Condition, as_number_or_text, attribute_of, meets
from analytics.kept import PERSONA_CARD, BuildOrder, PersonaCard
from dashboard import jobs
from dashboard.services.people import MAY_EDIT, User, require
from dashboard.services.personas import building as built
from dashboard.services.personas.building import PersonaError
from dashboard.services.personas.comparison import BY_HAND
from dashboard.services.tasks import Task
from dashboard.workspace import Workspace
from db.repositories import personas
from db.repositories.jobs import JobRecord
from db.repositories.personas import NewPersona

MAX_NAME = 120


@dataclass(frozen=True)
class Choice:
    """Whom to put together: the people of these personas of a build (of all, if none), who meet every condition."""

    build_id: int
    name: str
    personas: tuple[int, ...] = ()
    conditions: tuple[Condition, ...] = ()
    replaces: int | None = None


@dataclass(frozen=True)
class Preview:
    """How many people a choice holds, of how many; None where they are too few to say without pointing at them."""

    people: int | None
    of: int
    needed: int


def attributes(workspace: Workspace, build_id: int) -> tuple[Attribute, ...]:
    """Return what the people of a build can be chosen by."""
    people = _people(workspace, built.order_of(workspace, build_id))
    k = workspace.settings.k_min_people
    found = [attribute_of(str(name), people[name].dropna(), k) for name in people.columns]
    return tuple(a for a in found if a is not None)


def _people(workspace: Workspace, order: BuildOrder) -> pd.DataFrame:
    """Return one row a person whom a build looks at: their profile, and what their reviews say in numbers."""
    profiles, reviews = built.consented_rows(workspace, order)
    written = reviews.groupby("customer").agg(
        rating=("rating", "mean"), reviews=("review_id", "size"), age_then=("age", "median")
    )
    people = profiles.reindex(profiles.index.union(written.index))
    people["average rating"] = pd.to_numeric(written["rating"]).reindex(people.index)
    people["reviews written"] = written["reviews"].reindex(people.index).fillna(0)
    age = pd.to_numeric(written["age_then"], errors="coerce").reindex(people.index)
    people["age"] = pd.to_numeric(people["age"], errors="coerce").fillna(age) if "age" in people else age
    return people.apply(as_number_or_text)


def chosen(workspace: Workspace, choice: Choice) -> tuple[list[str], int]:
    """Return the pseudonyms of the people of a choice, and how many it was made from.

    Raises
    ------
    PersonaError
        When a persona is of another build.
    AskingError
        When nobody of the build has such an attribute.
    """
    people = _people(workspace, built.order_of(workspace, choice.build_id))
    total = len(people)
    if choice.personas:
        people = people[people.index.isin(list(_members(workspace, choice)))]
    for condition in choice.conditions:
        people = people[meets(people, condition)]
    return sorted(map(str, people.index)), total


def _members(workspace: Workspace, choice: Choice) -> set[str]:
    with workspace.database.reading() as session:
        found = [personas.get(session, number) for number in choice.personas]
        foreign = [p.name for p in found if p.build_id != choice.build_id]
        if foreign:
            raise PersonaError(
                f"“{foreign[0]}” is not of build {choice.build_id}. Put together personas of one build only."
            )
        return {person for number in choice.personas for person in personas.members(session, number)}


def preview(workspace: Workspace, choice: Choice) -> Preview:
    """Say how many people a choice holds, unless they are so few that the number would point at them."""
    found, total = chosen(workspace, choice)
    k = workspace.settings.k_min_people
    return Preview(len(found) if len(found) >= k and total - len(found) >= k else None, total, k)


def make(workspace: Workspace, user: User, choice: Choice) -> str:
    """Check a choice and enqueue its description; return the job's id.

    Raises
    ------
    PersonaError
        When it has no name, or holds too few people (or leaves too few others to compare with).
    """
    require(user, MAY_EDIT, "put personas together")
    if not choice.name.strip():
        raise PersonaError("A persona needs a name.")
    if not choice.personas and not choice.conditions:
        raise PersonaError("Choose personas to start from, or what their people have in common.")
    seen = preview(workspace, choice)
    if seen.people is None:
        raise PersonaError(
            f"A persona needs at least {seen.needed} people, and as many others to compare with. Choose more widely, "
            "or less."
        )
    params = {"choice": asdict(choice), "author": user.name}
    return jobs.enqueue(workspace, "persona", f"Describe {choice.name.strip()[:MAX_NAME]}", params, user.name)


def run(workspace: Workspace, task: Task, params: dict[str, Any]) -> dict[str, Any]:
    """Describe the people of a choice and keep them as a persona of their build."""
    choice = _choice(params["choice"])
    task.progress(0, 2, "Looking at the people")
    number = task.step("describe", lambda: _keep(workspace, task, choice, str(params["author"])))
    task.progress(2, 2, "The persona is ready")
    return {"persona_id": number, "build_id": choice.build_id}


def tidy_persona(workspace: Workspace, job: JobRecord, state: str, error: str | None) -> str:
    """Say whether the persona was kept before its job was cancelled or failed."""
    with workspace.database.reading() as session:
        everyone = personas.listing(session, int(job.params["choice"]["build_id"]), archived=True)
    made = any(persona.key == _key(job.id) for persona in everyone)
    return "The persona had been made before and was kept." if made else "No persona was made."


def _key(job_id: str) -> str:
    return f"{BY_HAND}-{job_id[-8:]}"


def _choice(plain: dict[str, Any]) -> Choice:
    conditions = tuple(Condition(**{**c, "levels": tuple(c["levels"])}) for c in plain["conditions"])
    return Choice(**{**plain, "personas": tuple(plain["personas"]), "conditions": conditions})


def _keep(workspace: Workspace, task: Task, choice: Choice, author: str) -> int:
    """Describe and keep in one transaction: a crash before its end leaves nothing behind."""
    people, _ = chosen(workspace, choice)
    with workspace.database.reading() as session:
        everyone = personas.listing(session, choice.build_id, archived=True)
        names = {number: personas.get(session, number).name for number in choice.personas}
    key = _key(task.id)
    done = [p.id for p in everyone if p.key == key]
    if done:
        return done[0]
    card = replace(_described(workspace, choice, people), key=key, name=choice.name.strip()[:MAX_NAME])
    task.progress(1, 2, "Keeping the persona")
    new = NewPersona(
        key, card.name, PERSONA_CARD.write(card), list(card.members), card.evidence(), _note(choice, names)
    )
    with workspace.database.writing() as session:
        (number,) = personas.add_personas(session, choice.build_id, [new], author)
        if choice.replaces is not None:
            personas.archive(session, choice.replaces)
    return number


def _note(choice: Choice, names: dict[int, str]) -> str:
    start = "From " + " and ".join(f"“{name}”" for name in names.values()) if names else "From everybody"
    return "; ".join([start, *(c.sentence() for c in choice.conditions)]) + "."


def _described(workspace: Workspace, choice: Choice, people: Sequence[str]) -> PersonaCard:
    # Only the worker describes; at the top this would cost every web process scikit-learn and SciPy.
    from analytics.personas import PersonaInputs, PersonaSettings, describe

    profiles, reviews = built.consented_rows(workspace, built.order_of(workspace, choice.build_id))
    inputs = PersonaInputs(profiles, built.masked_reviews(workspace, reviews), None)
    return describe(people, inputs, PersonaSettings(k_min_people=workspace.settings.k_min_people))
