"""Export: approved content only, true as it leaves, packed with the proof of its approval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from dashboard.services.audits.proof import standing
from dashboard.services.people import MAY_EXPORT, User, require
from dashboard.services.review.deciding import ReviewItem, item
from dashboard.services.review.packing import ExportError, manifest_of, write_zip
from dashboard.services.studio.checks import check_again, out_of_date_versions
from dashboard.services.studio.standing import Present, changed_under
from dashboard.workspace import Workspace
from db import ledger
from db.errors import FileDamagedError, FileMissingError
from db.proof import export_entry
from db.repositories import campaigns, decisions
from db.repositories import files as kept_files
from db.repositories.campaigns import CampaignRecord
from db.repositories.decisions import ExportRecord
from engine.content import Verdict, content_hash
from engine.kept import EXPORT
from engine.manifest import ExportManifest


@dataclass(frozen=True)
class Package:
    """An export: its ZIP in the file store (number, name, SHA-256, bytes), and what it says of itself."""

    id: int
    file_id: int
    file_name: str
    sha256: str
    size: int
    manifest: ExportManifest


@dataclass(frozen=True)
class Refusal:
    """Why one version may not leave."""

    version_id: int
    reason: str


def refusal(workspace: Workspace, found: ReviewItem, present: Present | None = None) -> str | None:
    """Say why a version may not leave, or None when a human approved exactly this content and it is true now.

    The content is hashed anew, what it rests on is compared with what is kept now, and the six checks run anew: a
    fact may be gone, a price another, a customer whom the post names may have been brought in since.
    """
    version = found.version
    digest = content_hash(found.content)
    if found.history[-1].id != version.id:
        return f"version {version.number} is not the newest one (that is {found.history[-1].number})"
    if digest != version.content_hash:
        return "its content was altered outside the app"
    if version.state != "approved":
        return {
            "open": "nobody has reviewed it yet",
            "blocked": "a fidelity check blocks it",
            "changes": "changes were requested",
            "rejected": "it was rejected",
        }[version.state]
    if not found.decisions or found.decisions[-1].content_hash != digest:
        return "the approval was for another content"
    return _untrue_now(present or Present(workspace), found)


def _untrue_now(present: Present, found: ReviewItem) -> str | None:
    """Say what keeps an approved version from leaving today, or None."""
    moved = present.no_longer_so(found.version)
    if moved:
        return f"{'; '.join(moved)}. Edit it or make it anew, and have it reviewed"
    try:
        results = present.check(found.version)
    except (FileDamagedError, FileMissingError) as error:
        return f"its image is not what was approved. {error}".rstrip(".")
    findings = [f for result in results for f in result.findings]
    waived = found.decisions[-1].waivers
    for finding in findings:
        if finding.verdict is Verdict.BLOCK:
            return f"a check blocks it now: {finding.rule}"
    for finding in findings:
        if finding.verdict is Verdict.NEEDS_HUMAN and not waived.get(finding.rule_id):
            return f"a check now asks a person for a reason: {finding.rule}"
    if found.out_of_date:
        return f"{', '.join(found.out_of_date)} looks at it again now; export it when that task is done"
    return None


def no_longer_so(workspace: Workspace, version_ids: list[int]) -> dict[int, tuple[str, ...]]:
    """Return which of the versions rest on something that has changed, and what, in clauses."""
    with workspace.database.reading() as session:
        wanted = set(version_ids)
        found = [v for v in campaigns.latest_versions(session) if v.id in wanted]
    return changed_under(workspace, found)


def exportable(workspace: Workspace, campaign_id: int | None = None) -> list[int]:
    """Return the ids of approved newest versions."""
    with workspace.database.reading() as session:
        found = campaigns.latest_versions(session, campaign_id)
    return [v.id for v in found if v.state == "approved"]


def export(workspace: Workspace, user: User, version_ids: list[int]) -> Package:
    """Pack approved versions and write the export to the ledger. All of them leave, or none.

    The ZIP is written to a staged file first, each image checked on its way in. Then, in one transaction that
    nobody else writes beside, everything is read and checked again; only if it is just what was packed is the ZIP
    kept and the export recorded. So nothing leaves after a rejection, an edit or a change of facts.

    Raises
    ------
    ExportError
        When nothing is chosen, or any version is not approved as it stands: with every reason.
    """
    require(user, MAY_EXPORT, "export posts")
    chosen = list(dict.fromkeys(version_ids))
    if not chosen:
        raise ExportError("Nothing is approved yet, so there is nothing to export. Review some posts first.")
    check_again(workspace, user, out_of_date_versions(workspace, chosen))
    moment = datetime.now(UTC)
    present = Present(workspace)
    items = _may_leave(workspace, chosen, present)
    briefs = _briefs(workspace, items)
    manifest = manifest_of(items, briefs, moment, user.name)
    file_name = f"digital-persona-{moment:%Y%m%d-%H%M%S}.zip"
    with workspace.files.staged() as path:
        write_zip(path, workspace.files, items, briefs, manifest)
        with workspace.database.writing(alone=True) as session:
            # The pictures' bytes are in the ZIP by now, each checked as it went in.
            again = _may_leave(workspace, chosen, Present(workspace, present.pictures))
            if manifest_of(again, _briefs(workspace, again), moment, user.name) != manifest:
                raise ExportError("Nothing was exported: something changed while it was packed. Pack it again.")
            return _keep(workspace, session, user, path, file_name, manifest, again)


def _may_leave(workspace: Workspace, chosen: list[int], present: Present) -> list[ReviewItem]:
    """Return what was chosen when all of it may leave now.

    Raises
    ------
    ExportError
        Else, with every reason.
    """
    vouched = standing(workspace, chosen)
    if vouched.problem:
        raise ExportError(f"Nothing was exported, because the ledger is not intact. {vouched.problem}")
    items = [item(workspace, version_id, present) for version_id in chosen]
    found = ((i.version.id, vouched.refusal(i.version.id) or refusal(workspace, i, present)) for i in items)
    reasons = [Refusal(version_id, why) for version_id, why in found if why]
    if reasons:
        listed = "; ".join(f"item {r.version_id}: {r.reason}" for r in reasons[:5])
        more = f"; and {len(reasons) - 5} more" if len(reasons) > 5 else ""
        raise ExportError(f"Nothing was exported, because {listed}{more}.")
    return items


def _briefs(workspace: Workspace, items: list[ReviewItem]) -> dict[int, CampaignRecord]:
    with workspace.database.reading() as session:
        return {i.version.campaign_id: campaigns.campaign(session, i.version.campaign_id) for i in items}


def _keep(
    workspace: Workspace,
    session: Session,
    user: User,
    path: Path,
    file_name: str,
    manifest: ExportManifest,
    items: list[ReviewItem],
) -> Package:
    """Keep the packed ZIP and record it: only with this transaction has anything left."""
    files = workspace.files
    stored = files.keep(path)
    contents = {i.version.id: i.version.content_hash for i in items}
    record = decisions.add_export(
        session,
        file_name=file_name,
        sha256=stored.digest,
        manifest=EXPORT.write(manifest),
        author=user.name,
        items=contents,
    )
    file_id = kept_files.add(session, files, stored, "export", file_name, user.name)
    ledger.append(session, workspace.vault, "export", user.name, export_entry(record, contents))
    return Package(record.id, file_id, file_name, stored.digest, stored.size, manifest)


def listing(workspace: Workspace) -> list[tuple[ExportRecord, ExportManifest]]:
    """Return the exports with what each said of itself, the newest first.

    Raises
    ------
    KeptFormError
        When one was kept by a newer version, or was altered.
    """
    with workspace.database.reading() as session:
        return [(record, EXPORT.read(record.manifest)) for record in decisions.exports(session)]


def still_kept(workspace: Workspace) -> dict[str, int]:
    """Return the number of each export's ZIP that is still kept, by its SHA-256."""
    with workspace.database.reading() as session:
        return {record.digest: record.id for record in kept_files.listing(session, "export")}


def save(workspace: Workspace, package: Package, path: Path) -> None:
    """Write an export's ZIP to a file, checked on its way out.

    Raises
    ------
    StoreError
        When it cannot be written there. The export itself is kept.
    """
    workspace.files.copy(package.sha256, path)
