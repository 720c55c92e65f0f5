"""What leaves in an export: the manifest, the tables for schedulers and the ZIP with its images."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard.services.review.deciding import ReviewItem
from dashboard.spreadsheet import safe_csv
from db.errors import StoreError
from db.files import FileStore
from db.media_kinds import media_kind
from db.repositories.campaigns import CampaignRecord
from engine.channels import render
from engine.kept import PART

MANIFEST_FORMAT = "digital-persona/export/1"
POSTING_HOUR = time(9, 0)


class ExportError(ValueError):
    """Something was asked to leave that may not. Nothing was exported."""


def manifest_of(
    items: list[ReviewItem], briefs: dict[int, CampaignRecord], moment: datetime, author: str
) -> dict[str, Any]:
    """Say for every item what it is, what it came from, who approved it and under which hash."""
    return {
        "format": MANIFEST_FORMAT,
        "exported_at": moment.isoformat(),
        "exported_by": author,
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


def write_zip(
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
