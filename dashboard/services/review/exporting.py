"""Export: approved content only, packed with its images, tables and the proof of its approval."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard.services.people import MAY_EXPORT, User, require
from dashboard.services.review.deciding import ReviewItem, item
from dashboard.services.studio.checks import check_again, out_of_date_versions, recheck
from dashboard.spreadsheet import safe_csv
from dashboard.workspace import Workspace
from db import ledger
from db.errors import FileDamagedError, FileMissingError, StoreError
from db.files import FileStore
from db.media_kinds import media_kind
from db.repositories import campaigns, decisions
from db.repositories import files as kept_files
from db.repositories.campaigns import CampaignRecord
from db.repositories.decisions import ExportRecord
from engine.channels import render
from engine.content import Verdict, content_hash
from engine.kept import PART

MANIFEST_FORMAT = "digital-persona/export/1"
POSTING_HOUR = time(9, 0)


class ExportError(ValueError):
    """Something was asked to leave that may not. Nothing was exported."""


@dataclass(frozen=True)
class Package:
    """An export: its ZIP in the file store (number, name, SHA-256, bytes), and what it says of itself."""

    id: int
    file_id: int
    file_name: str
    sha256: str
    size: int
    manifest: dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """Why one version may not leave."""

    version_id: int
    reason: str


def refusal(workspace: Workspace, found: ReviewItem) -> str | None:
    """Say why a version may not leave, or None when a human approved exactly this content.

    The content is hashed anew and the six checks run anew: what was approved may meanwhile name a
    customer who was brought in later, or rest on a price that has expired.
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
    try:
        results = recheck(workspace, version)
    except (FileDamagedError, FileMissingError) as error:
        return f"its image is not what was approved. {error}".rstrip(".")
    for result in results:
        if result.verdict is Verdict.BLOCK:
            finding = next(f for f in result.findings if f.verdict is Verdict.BLOCK)
            return f"a check blocks it now: {finding.rule}"
    waived = found.decisions[-1].waivers
    unanswered = next((f for r in results for f in r.findings if f.rule_id not in waived), None)
    if unanswered is not None:
        return f"a check now asks a person for a reason: {unanswered.rule}"
    if found.out_of_date:
        return f"{', '.join(found.out_of_date)} looks at it again now; export it when that task is done"
    return None


def exportable(workspace: Workspace, campaign_id: int | None = None) -> list[int]:
    """Return the ids of approved newest versions."""
    with workspace.database.reading() as session:
        found = campaigns.latest_versions(session, campaign_id)
    return [v.id for v in found if v.state == "approved"]


def export(workspace: Workspace, user: User, version_ids: list[int]) -> Package:
    """Pack approved versions and write the export to the ledger. All of them leave, or none.

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
    items = [item(workspace, version_id) for version_id in chosen]
    reasons = [Refusal(i.version.id, why) for i in items if (why := refusal(workspace, i))]
    if reasons:
        listed = "; ".join(f"item {r.version_id}: {r.reason}" for r in reasons[:5])
        more = f"; and {len(reasons) - 5} more" if len(reasons) > 5 else ""
        raise ExportError(f"Nothing was exported, because {listed}{more}.")
    return _pack(workspace, user, items)


def _pack(workspace: Workspace, user: User, items: list[ReviewItem]) -> Package:
    """Write the ZIP to disk, each image checked on its way in, then record it: only then has anything left."""
    moment, files = datetime.now(UTC), workspace.files
    with workspace.database.reading() as session:
        briefs = {i.version.campaign_id: campaigns.campaign(session, i.version.campaign_id) for i in items}
    manifest = _manifest(items, briefs, moment, user)
    file_name = f"digital-persona-{moment:%Y%m%d-%H%M%S}.zip"
    with files.staged() as path:
        _zip(path, files, items, briefs, manifest)
        stored = files.keep(path)
    with workspace.database.writing() as session:
        export_id = decisions.add_export(
            session,
            file_name=file_name,
            sha256=stored.digest,
            manifest=manifest,
            author=user.name,
            items={i.version.id: i.version.content_hash for i in items},
        )
        file_id = kept_files.add(session, files, stored, "export", file_name, user.name)
        entry = {"export": export_id, "sha256": stored.digest, "items": _hashes(items)}
        ledger.append(session, workspace.vault, "export", user.name, entry)
    return Package(export_id, file_id, file_name, stored.digest, stored.size, manifest)


def _hashes(items: list[ReviewItem]) -> dict[str, str]:
    return {str(i.version.id): i.version.content_hash for i in items}


def _manifest(
    items: list[ReviewItem], briefs: dict[int, CampaignRecord], moment: datetime, user: User
) -> dict[str, Any]:
    """Say for every item what it is, what it came from, who approved it and under which hash."""
    return {
        "format": MANIFEST_FORMAT,
        "exported_at": moment.isoformat(),
        "exported_by": user.name,
        "items": [_entry(i, briefs[i.version.campaign_id]) for i in items],
    }


def _entry(found: ReviewItem, brief: CampaignRecord) -> dict[str, Any]:
    version, last = found.version, found.decisions[-1]
    return {
        "version_id": version.id,
        "content_hash": version.content_hash,
        "content": found.content.model_dump(mode="json"),
        "published_text": render(found.content),
        "campaign": {"id": brief.id, "name": brief.name, "objective": brief.objective},
        "product": {"id": version.product_id, "name": found.product_name},
        "persona": (
            {"id": version.persona_id, "name": found.persona_name, "version": version.persona_version}
            if version.persona_id
            else None
        ),
        "persona_lost_members_since": found.stale,
        "made_by": {
            "method": version.method,
            "seed": version.seed,
            "ai_generated": version.ai_generated,
            "models": [card.model_dump(mode="json") for card in found.cards],
        },
        "parts": [part.model_dump(mode="json") for part in PART.read_all(version.parts)],
        "checks": {check.name: check.verdict for check in found.checks},
        "check_digests": {check.name: check.digest for check in found.checks},
        "approval": {
            "reviewer": last.reviewer,
            "at": last.at.isoformat(),
            "sequence": last.sequence,
            "waived": last.waivers,
        },
    }


def posting_days(count: int, starts_on: date | None, ends_on: date | None) -> list[date | None]:
    """Spread posts evenly over the campaign's days; no dates when it has none."""
    if starts_on is None:
        return [None] * count
    span = max(0, ((ends_on or starts_on) - starts_on).days)
    return [starts_on + timedelta(days=round(i * span / max(1, count - 1))) for i in range(count)]


def _tables(
    items: list[ReviewItem], briefs: dict[int, CampaignRecord], names: dict[str, str]
) -> dict[str, pd.DataFrame]:
    rows = []
    for campaign_id, brief in briefs.items():
        mine = [i for i in items if i.version.campaign_id == campaign_id]
        for found, day in zip(mine, posting_days(len(mine), brief.starts_on, brief.ends_on), strict=True):
            content = found.content
            rows.append(
                {
                    "date": day.isoformat() if day else "",
                    "channel": content.channel,
                    "campaign": brief.name,
                    "product": found.product_name,
                    "persona": found.persona_name or "",
                    "title": content.title,
                    "text": render(content),
                    "link": content.link or "",
                    "images": " ".join(names[d] for d in content.media),
                    "alt_text": " | ".join(content.alt_texts),
                    "content_hash": found.version.content_hash,
                }
            )
    frame = pd.DataFrame(rows)
    when = [f"{d} {POSTING_HOUR:%H:%M}" if d else "" for d in frame["date"]]
    return {
        "posts.csv": frame,
        "schedule-date-message-link.csv": pd.DataFrame({"Date": when, "Message": frame["text"], "Link": frame["link"]}),
        "schedule-text-image-time.csv": pd.DataFrame(
            {
                "Text": frame["text"],
                "Image": frame["images"],
                "Tags": frame["campaign"],
                "Posting Time": when,
                "Channel": frame["channel"],
            }
        ),
    }


def _zip(
    path: Path,
    files: FileStore,
    items: list[ReviewItem],
    briefs: dict[int, CampaignRecord],
    manifest: dict[str, Any],
) -> None:
    """Pack everything, block by block, with fixed times inside, so that the same content gives the same bytes.

    Raises
    ------
    ExportError
        When an image is not what was approved, with the post that it belongs to.
    """
    owners = {digest: found for found in reversed(items) for digest in found.content.media}
    names = {digest: _image_name(files, digest, owners[digest]) for i in items for digest in i.content.media}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps({**manifest, "images": names}, indent=2, ensure_ascii=False)
        archive.writestr(_entry_info("manifest.json"), text, zipfile.ZIP_DEFLATED)
        for name, frame in _tables(items, briefs, names).items():
            archive.writestr(_entry_info(name), safe_csv(frame), zipfile.ZIP_DEFLATED)
        for digest, name in names.items():
            # Pictures are compressed already; the larger form of an entry lets one be longer than 2 GB.
            with archive.open(_entry_info(name), "w", force_zip64=True) as entry, _approved(owners[digest]):
                for block in files.blocks(digest):
                    entry.write(block)


def _entry_info(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))


def _image_name(files: FileStore, digest: str, owner: ReviewItem) -> str:
    """Return an image's name in the ZIP, its ending told from its bytes."""
    with _approved(owner):
        return f"images/{digest[:16]}.{media_kind(next(files.blocks(digest), b'')).suffix}"


@contextmanager
def _approved(owner: ReviewItem) -> Iterator[None]:
    """Say of which post an image is when the store does not hold what was approved.

    Raises
    ------
    ExportError
        Instead of what the store said.
    """
    try:
        yield
    except StoreError as error:
        raise ExportError(f"Nothing was exported, because of the image of item {owner.version.id}. {error}") from error


def listing(workspace: Workspace) -> list[ExportRecord]:
    """Return the exports, the newest first."""
    with workspace.database.reading() as session:
        return decisions.exports(session)


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
