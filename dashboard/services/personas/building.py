"""Personas: from consented people to cards that cite their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.kept import BUILD_ORDER, PERSONA_CARD, BuildOrder, PersonaCard
from dashboard import jobs
from dashboard.services.encoders import text_encoder
from dashboard.services.identities import redactor
from dashboard.services.people import MAY_EDIT, User, require
from dashboard.services.tasks import Task
from dashboard.workspace import Workspace
from db.repositories import personas
from db.repositories.jobs import JobRecord
from db.repositories.personas import BuildRecord, NewPersona, PersonaRecord
from db.types import now
from engine.content import ModelCard
from engine.kept import MODEL_CARD

if TYPE_CHECKING:
    from analytics.personas import PersonaInputs, PersonaSet, PersonaSettings
    from engine.ports import Encoder

SAME_PEOPLE = 0.5


class PersonaError(ValueError):
    """Personas cannot be built or changed, and why."""


def build(workspace: Workspace, user: User, order: BuildOrder = BuildOrder()) -> tuple[int, str]:
    """Record a build and enqueue it. Return the build's and the job's id.

    Raises
    ------
    PersonaError
        When too few people consent to profiling, with how many there are.
    """
    build_id = record(workspace, user, order)
    job_id = jobs.enqueue(workspace, "personas", "Build personas", {"build_id": build_id}, user.name)
    with workspace.database.writing() as session:
        personas.update_build(session, build_id, job_id=job_id)
    return build_id, job_id


def record(workspace: Workspace, user: User, order: BuildOrder = BuildOrder()) -> int:
    """Check that a build is possible and record it. Return its id."""
    require(user, MAY_EDIT, "build personas")
    usable = usable_people(workspace)
    needed = 4 * workspace.settings.k_min_people
    if usable < needed:
        raise PersonaError(
            f"Only {usable} people may be used for profiling; personas need at least {needed}. "
            "Bring in consents, or state the legal basis, on the Data page."
        )
    with workspace.database.writing() as session:
        return personas.start_build(session, BUILD_ORDER.write(order), user.name)


def usable_people(workspace: Workspace) -> int:
    """Return how many people may be used for profiling and have something to go by."""
    with workspace.database.reading() as session:
        return personas.count_usable(session)


def run_build(workspace: Workspace, task: Task, params: dict[str, Any]) -> dict[str, Any]:
    """Build personas from the people who consent now."""
    build_id = int(params["build_id"])
    with workspace.database.writing() as session:
        order = BUILD_ORDER.read(personas.build(session, build_id).settings)
        personas.update_build(session, build_id, state="running")
    count = task.step("build", lambda: _build(workspace, task, build_id, order))
    return {"build_id": build_id, "personas": count}


def tidy_build(workspace: Workspace, job: JobRecord, state: str, error: str | None) -> str:
    """Note that a build was cancelled or failed, and say what was kept."""
    return put_away(workspace, int(job.params["build_id"]), state, error)


def put_away(workspace: Workspace, build_id: int, state: str, error: str | None) -> str:
    """Note that a build did not come to its end, unless its personas are there; say what was kept."""
    with workspace.database.writing() as session:
        kept = personas.listing(session, build_id, archived=True)
        if kept:
            return f"Its {len(kept)} personas had been made before and were kept."
        personas.update_build(session, build_id, state=state, error=error, finished_at=now())
    return "No persona was made."


def _build(workspace: Workspace, task: Task, build_id: int, order: BuildOrder) -> int:
    """Read, encode, group and keep, in one go: a crash before its end leaves nothing behind."""
    # Only the worker builds; at the top this would cost every web process 100 MiB of scikit-learn and SciPy.
    from analytics.personas import PersonaSettings, build_personas

    with workspace.database.reading() as session:
        if personas.listing(session, build_id, archived=True):
            return len(personas.listing(session, build_id, archived=True))
    encoder = text_encoder(workspace)
    inputs = _inputs(workspace, task, order, encoder)
    settings = PersonaSettings(
        k_min_people=workspace.settings.k_min_people,
        method=order.method,
        seed=order.seed,
        max_people=order.max_people,
    )
    found = build_personas(inputs, settings, lambda share, text: task.progress(50 + int(50 * share), 101, text))
    cards = [grouping_card(found, settings)]
    if inputs.vectors is not None:
        cards.insert(0, encoder.card)
    with workspace.database.writing() as session:
        new = [NewPersona(c.key, c.name, PERSONA_CARD.write(c), list(c.members), c.evidence()) for c in found.personas]
        personas.add_personas(session, build_id, new, "build")
        personas.update_build(session, build_id, state="done", result=_result(found, cards), finished_at=now())
    return len(new)


def grouping_card(found: PersonaSet, settings: PersonaSettings) -> ModelCard:
    """Return what is known of how people were grouped."""
    names = ("k_min_people", "bootstraps", "confidence", "max_people")
    return ModelCard(
        port="grouping",
        provider="digital-persona",
        model=found.method,
        parameters={"groups": found.k, "people": found.n, **{name: getattr(settings, name) for name in names}},
        seed=found.seed,
        post_filters=("groups that come back", "groups tighter than one cloud", "small groups joined"),
    )


def model_cards(build: BuildRecord) -> tuple[ModelCard, ...]:
    """Return what made the personas of a build; empty where that was not kept yet."""
    return MODEL_CARD.read_all(build.result.get("models", ()))


def _result(found: PersonaSet, cards: Sequence[ModelCard]) -> dict[str, Any]:
    return {
        "k": found.k,
        "n": found.n,
        "method": found.method,
        "seed": found.seed,
        "notes": list(found.notes),
        "stabilities": [vars(s) for s in found.stabilities],
        "models": MODEL_CARD.write_all(cards),
    }


def _inputs(workspace: Workspace, task: Task, order: BuildOrder, encoder: Encoder) -> PersonaInputs:
    """Return the consented material that the order asks for, texts masked and encoded."""
    from analytics.personas import PersonaInputs

    profiles, reviews = consented_rows(workspace, order)
    task.progress(1, 101, "Masking personal data")
    reviews = masked_reviews(workspace, reviews)
    vectors = None
    if len(reviews):
        vectors = encoder.encode(
            reviews["text"].tolist(),
            lambda done, total: task.progress(
                2 + int(48 * done / total), 101, f"Reading reviews: {done:,} of {total:,}"
            ),
        )
    return PersonaInputs(profiles, reviews, vectors)


def consented_rows(workspace: Workspace, order: BuildOrder) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return profiles (index: pseudonym, attributes as columns) and reviews of those whom an order looks at.

    Only people who consent to profiling now; the same order sees the same people while consents stand.
    """
    with workspace.database.reading() as session:
        profiles = _expanded(personas.consented_profiles(session, order.sources))
        reviews = personas.consented_reviews(session, order.sources)
    basis = order.basis if order.basis != "auto" else _basis(profiles, reviews)
    if basis == "profiles":
        reviews = reviews.iloc[:0]
    elif basis == "reviews":
        profiles = profiles.iloc[:0, :0]
    people = profiles.index.union(pd.Index(reviews["customer"].unique()))
    if len(people) > order.max_people:
        chosen = people.to_series().sample(order.max_people, random_state=order.seed).index
        profiles, reviews = profiles[profiles.index.isin(chosen)], reviews[reviews["customer"].isin(chosen)]
    return profiles, reviews


def order_of(workspace: Workspace, build_id: int) -> BuildOrder:
    """Return what a build was asked to look at."""
    with workspace.database.reading() as session:
        return BUILD_ORDER.read(personas.build(session, build_id).settings)


def masked_reviews(workspace: Workspace, reviews: pd.DataFrame) -> pd.DataFrame:
    """Return reviews with title and text in one, everything that names a person masked."""
    texts = reviews["title"].fillna("").str.cat(reviews["text"].fillna(""), sep=". ")
    return reviews.assign(text=redactor(workspace).redact_all(texts)).reset_index(drop=True)


def _basis(profiles: pd.DataFrame, reviews: pd.DataFrame) -> str:
    """Say what to go by: both only where they speak of the same people, else the larger."""
    writers = set(reviews["customer"])
    if not len(profiles) or not writers:
        return "both"
    shared = len(writers.intersection(profiles.index))
    if shared >= SAME_PEOPLE * min(len(writers), len(profiles)):
        return "both"
    return "profiles" if len(profiles) >= len(writers) else "reviews"


def _expanded(profiles: pd.DataFrame) -> pd.DataFrame:
    """Return profiles with every attribute as a column, the age from the year of birth."""
    extra = pd.DataFrame(profiles["attributes"].tolist(), index=profiles.index)
    plain = profiles.drop(columns=["attributes", "joined_on"])
    year = now().year
    plain["age"] = plain["age"].fillna(year - plain.pop("birth_year")).where(lambda age: age < 110)
    return plain.join(extra, rsuffix=" (attribute)")


def listing(workspace: Workspace, build_id: int | None = None) -> list[PersonaRecord]:
    """Return the personas in use, as their newest versions describe them."""
    with workspace.database.reading() as session:
        return personas.listing(session, build_id)


def builds(workspace: Workspace) -> list[BuildRecord]:
    """Return the builds, the newest first."""
    with workspace.database.reading() as session:
        return personas.builds(session)


def card_of(persona: PersonaRecord) -> PersonaCard:
    """Return a persona's card, without its members.

    Raises
    ------
    KeptFormError
        When it was kept by a newer version, or is damaged.
    """
    return PERSONA_CARD.read(persona.card)


def versions(workspace: Workspace, persona_id: int) -> list[PersonaRecord]:
    """Return every version of a persona."""
    with workspace.database.reading() as session:
        return personas.versions(session, persona_id)


def newest(workspace: Workspace, persona_id: int) -> PersonaRecord:
    """Return the newest version of a persona.

    Raises
    ------
    StoreError
        When there is no such persona.
    """
    with workspace.database.reading() as session:
        return personas.get(session, persona_id)


def evidence(workspace: Workspace, persona_id: int) -> dict[str, list[int]]:
    """Return the review ids behind each word and quote of a persona."""
    with workspace.database.reading() as session:
        return personas.evidence(session, persona_id)


def edit(workspace: Workspace, user: User, persona_id: int, expected: int, name: str, note: str) -> None:
    """Rename a persona or note something about it; that makes another version.

    Raises
    ------
    PersonaError
        When the name is empty.
    ConflictError
        When somebody else edited it meanwhile.
    """
    require(user, MAY_EDIT, "edit personas")
    if not name.strip():
        raise PersonaError("A persona needs a name.")
    with workspace.database.writing() as session:
        current = personas.get(session, persona_id)
        personas.add_version(
            session,
            persona_id,
            expected,
            name=name.strip()[:120],
            note=note.strip(),
            card=PERSONA_CARD.write(replace(card_of(current), name=name.strip()[:120])),
            author=user.name,
        )


def archive(workspace: Workspace, user: User, persona_id: int) -> None:
    """Put a persona away. Posts made from it keep their link to it."""
    require(user, MAY_EDIT, "archive personas")
    with workspace.database.writing() as session:
        personas.archive(session, persona_id)
