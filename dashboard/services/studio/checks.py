"""The fidelity checks on kept versions: cheap ones at once, deep ones as a job, both against what is true now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from dashboard import jobs
from dashboard.services.people import MAY_EXPORT, User, require
from dashboard.services.studio.judging import as_records
from dashboard.services.studio.standing import Present
from dashboard.services.tasks import Task
from dashboard.workspace import Workspace
from db.repositories import campaigns
from db.repositories.campaigns import CheckRecord
from db.repositories.jobs import JobRecord
from engine.content import Verdict, worst
from engine.fidelity import CHECKS, Depth, checks_of, outdated


def out_of_date(records: Sequence[CheckRecord], depth: Depth | None = None) -> tuple[str, ...]:
    """Return the names of the checks whose kept result is missing or follows from other rules than today's."""
    stale = outdated({record.name: record.digest for record in records})
    return tuple(each.name for each in stale if depth in (None, each.depth))


def out_of_date_versions(workspace: Workspace, version_ids: Sequence[int]) -> list[int]:
    """Return those of the versions that some check has to look at again."""
    with workspace.database.reading() as session:
        kept = campaigns.digests(session, version_ids)
    return [version_id for version_id in version_ids if outdated(kept[version_id])]


def check_again(workspace: Workspace, user: User, version_ids: Sequence[int]) -> str | None:
    """Run the cheap checks on versions and keep what they say; have the deep ones run by a job.

    Returns
    -------
    str or None
        The job's id; None where there is no deep check.

    Raises
    ------
    NotAllowedError
        When the person's role may neither edit nor review.
    """
    require(user, MAY_EXPORT, "have posts checked again")
    for version_id in version_ids:
        _run(workspace, version_id, "cheap")
    return ask_deep(workspace, user, version_ids)


def ask_deep(workspace: Workspace, user: User, version_ids: Sequence[int]) -> str | None:
    """Enqueue the deep checks of versions and return the job's id; None where there is nothing to do.

    Raises
    ------
    NotAllowedError
        When the person's role may neither edit nor review.
    """
    require(user, MAY_EXPORT, "have posts checked again")
    if not version_ids or not checks_of("deep"):
        return None
    return jobs.enqueue(workspace, "checks", "Deep checks", {"version_ids": list(version_ids)}, user.name)


def run_checks(workspace: Workspace, task: Task, params: Mapping[str, Any]) -> dict[str, Any]:
    """Run the deep checks on some versions, one durable step for each."""
    version_ids = params["version_ids"]
    for number, version_id in enumerate(version_ids):
        task.progress(number, len(version_ids), f"{number:,} of {len(version_ids):,} posts checked")
        task.step(str(version_id), partial(run_deep, workspace, version_id))
    task.progress(len(version_ids), len(version_ids), f"{len(version_ids):,} posts checked")
    return {"versions": len(version_ids)}


def tidy_checks(workspace: Workspace, job: JobRecord, _state: str, _error: str | None) -> str:
    """Say how many posts were checked before the job ended; their results stay."""
    version_ids = job.params["version_ids"]
    with workspace.database.reading() as session:
        kept = campaigns.digests(session, version_ids)
    done = sum(not outdated(kept[v], checks_of("deep")) for v in version_ids)
    return f"{done:,} of {len(version_ids):,} posts were checked; what was found is kept."


def run_deep(workspace: Workspace, version_id: int) -> str:
    """Run the deep checks on a version unless their results are there; return its verdict."""
    with workspace.database.reading() as session:
        kept = campaigns.checks(session, version_id)
        verdict = campaigns.version(session, version_id).verdict
    return _run(workspace, version_id, "deep") if out_of_date(kept, "deep") else verdict


def _run(workspace: Workspace, version_id: int, depth: Depth) -> str:
    """Run the checks of a depth on a version and keep their results beside the others; return its verdict."""
    with workspace.database.reading() as session:
        version = campaigns.version(session, version_id)
    fresh = as_records(Present(workspace).check(version, depth))
    with workspace.database.writing() as session:
        others = {r.name: r for r in campaigns.checks(session, version_id) if r.name in CHECKS.entries}
        records = [*(others | {r.name: r for r in fresh}).values()]
        verdict = worst([Verdict(r.verdict) for r in records]).value
        campaigns.set_checks(session, version_id, records, verdict)
    return verdict
