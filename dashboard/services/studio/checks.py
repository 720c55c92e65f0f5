"""The six fidelity checks on a version, with everything they compare it with."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.services.identities import redactor
from dashboard.workspace import Workspace
from db.repositories.campaigns import CheckRecord, VersionRecord
from engine.content import Brief, CheckResult, PostContent
from engine.fidelity import CheckContext, MediaInfo, check_all
from engine.kept import BRIEF, FINDING, POST


def check(
    workspace: Workspace, content: PostContent, brief: Brief, *, ai_generated: bool = True
) -> tuple[CheckResult, ...]:
    """Run all six checks on a content against the brief it answers."""
    context = CheckContext(
        brief=brief,
        identities=redactor(workspace),
        media=_media(workspace, content.media),
        ai_generated=ai_generated,
    )
    return check_all(content, context)


def recheck(workspace: Workspace, version: VersionRecord) -> tuple[CheckResult, ...]:
    """Run the checks on a kept version again, with the identities and facts known now."""
    return check(
        workspace,
        POST.read(version.content),
        BRIEF.read(version.brief),
        ai_generated=version.ai_generated,
    )


def as_records(results: Sequence[CheckResult]) -> tuple[CheckRecord, ...]:
    """Return check results as they are kept."""
    return tuple(CheckRecord(r.check.value, r.verdict.value, FINDING.write_all(r.findings)) for r in results)


def _media(workspace: Workspace, digests: Sequence[str]) -> tuple[MediaInfo, ...]:
    return tuple(MediaInfo.of_image(digest, workspace.files.read(digest)) for digest in digests)
