"""The six fidelity checks on a version, with everything they compare it with."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.services.identities import redactor
from dashboard.workspace import Workspace
from db.repositories.campaigns import CheckRecord
from engine.content import Brief, CheckResult, PostContent
from engine.fidelity import CheckContext, MediaInfo, check_all
from engine.kept import FINDING


def check(
    workspace: Workspace,
    content: PostContent,
    brief: Brief,
    *,
    ai_generated: bool = True,
    pictures: dict[str, MediaInfo] | None = None,
) -> tuple[CheckResult, ...]:
    """Run all six checks on a content against the brief it answers.

    Parameters
    ----------
    pictures : dict, optional
        Pictures (by digest) that were read from the store before; those that are read now join them.

    Raises
    ------
    FileMissingError, FileDamagedError
        When a picture is not there, or its bytes are no longer those of its digest.
    """
    context = CheckContext(
        brief=brief,
        identities=redactor(workspace),
        media=_media(workspace, content.media, {} if pictures is None else pictures),
        ai_generated=ai_generated,
    )
    return check_all(content, context)


def as_records(results: Sequence[CheckResult]) -> tuple[CheckRecord, ...]:
    """Return check results as they are kept."""
    return tuple(CheckRecord(r.check.value, r.verdict.value, FINDING.write_all(r.findings)) for r in results)


def _media(workspace: Workspace, digests: Sequence[str], known: dict[str, MediaInfo]) -> tuple[MediaInfo, ...]:
    for digest in digests:
        if digest not in known:
            known[digest] = MediaInfo.of_image(digest, workspace.files.read(digest))
    return tuple(known[digest] for digest in digests)
