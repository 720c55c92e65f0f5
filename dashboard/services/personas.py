"""Personas: from consented people to cards that cite their evidence."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.personas import PersonaInputs, PersonaSettings, build_personas
from dashboard import jobs
from dashboard.services.identities import redactor
from dashboard.services.people import MAY_EDIT, User, require
from dashboard.services.tasks import Task
from dashboard.workspace import Workspace
from db.repositories import personas
from db.repositories.personas import BuildRecord, NewPersona, PersonaRecord
from db.types import now

MIN_TEXT = 20
ENCODE_SLICE = 2_000


class PersonaError(ValueError):
    """Personas cannot be built or changed, and why."""


@dataclass(frozen=True)
class BuildOrder:
    """How to build: the method, a seed and how many people to look at at most."""

    method: str = "kmeans"
    seed: int = 1
    max_people: int = 20_000
    use_reviews: bool = True


def build(workspace: Workspace, user: User, order: BuildOrder = BuildOrder()) -> tuple[int, str]:
    """Record a build and enqueue it. Return the build's and the job's id.

    Raises
    ------
    PersonaError
        When too few people consent to profiling, with how many there are.
    """
    require(user, MAY_EDIT, "build personas")
    usable = usable_people(workspace)
    needed = 2 * workspace.settings.k_min_people
    if usable < needed:
        raise PersonaError(
            f"Only {usable} people may be used for profiling; personas need at least {needed}. "
            "Bring in consents, or state the legal basis, on the Data page."
        )
    with workspace.database.writing() as session:
        build_id = personas.start_build(session, asdict(order), user.name)
    job_id = jobs.enqueue(workspace, "personas", "Build personas", {"build_id": build_id}, user.name)
    with workspace.database.writing() as session:
        personas.update_build(session, build_id, job_id=job_id)
    return build_id, job_id


def usable_people(workspace: Workspace) -> int:
    """Return how many people may be used for profiling and have something to go by."""
    with workspace.database.reading() as session:
        return personas.count_usable(session)


def run_build(workspace: Workspace, task: Task, params: dict[str, Any]) -> dict[str, Any]:
    """Build personas from the people who consent now."""
    build_id = int(params["build_id"])
    with workspace.database.writing() as session:
        order = BuildOrder(**personas.build(session, build_id).settings)
        personas.update_build(session, build_id, state="running")
    count = task.step("build", lambda: _build(workspace, task, build_id, order))
    return {"build_id": build_id, "personas": count}


def tidy_build(workspace: Workspace, params: dict[str, Any], state: str, error: str | None) -> None:
    """Note that a build was cancelled or failed."""
    with workspace.database.writing() as session:
        personas.update_build(session, int(params["build_id"]), state=state, error=error, finished_at=now())
