"""The fidelity checks on one content, with everything they compare it with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboard.services.identities import redactor
from dashboard.workspace import Workspace
from db.repositories.campaigns import CheckRecord
from engine.content import Brief, CheckResult, PostContent
from engine.fidelity import CheckContext, Depth, MediaInfo, check_all, checks_of
from engine.kept import FINDING
from engine.redaction import Redactor


def check(
    workspace: Workspace,
    content: PostContent,
    brief: Brief,
    *,
    ai_generated: bool = True,
    depth: Depth = "cheap",
    pictures: dict[str, MediaInfo] | None = None,
) -> tuple[CheckResult, ...]:
    """Run all checks of a depth on a content against the brief it answers.

    Parameters
    ----------
    pictures : dict, optional
        Pictures (by digest) that were read from the store before; those that are read now join them.

    Raises
    ------
    FileMissingError, FileDamagedError
        When a picture is not there, or its bytes are no longer those of its digest.
    """
    needs = frozenset[str]().union(*(each.needs for each in checks_of(depth)))
    known = {} if pictures is None else pictures
    context = CheckContext(
        brief=brief,
        identities=redactor(workspace) if "identities" in needs else Redactor(),
        media=_media(workspace, content.media, known) if "media" in needs else (),
        ai_generated=ai_generated,
    )
    return check_all(content, context, depth)


def as_records(results: Iterable[CheckResult]) -> tuple[CheckRecord, ...]:
    """Return check results as they are kept."""
    return tuple(CheckRecord(r.name, r.verdict.value, FINDING.write_all(r.findings), r.digest) for r in results)


def _media(workspace: Workspace, digests: Sequence[str], known: dict[str, MediaInfo]) -> tuple[MediaInfo, ...]:
    for digest in digests:
        if digest not in known:
            known[digest] = MediaInfo.of_image(digest, workspace.files.read(digest))
    return tuple(known[digest] for digest in digests)
