"""What leaves in an export: the manifest, the tables for schedulers and the ZIP with its images."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pandas as pd

from dashboard.services.review.deciding import ReviewItem
from dashboard.spreadsheet import safe_csv
from db.errors import StoreError
from db.files import FileStore
from db.media_kinds import media_kind
from db.repositories.campaigns import CampaignRecord
from engine.channels import channel, render
from engine.content import PostContent
from engine.kept import EXPORT, PART
from engine.manifest import (
    Approval,
    CampaignNamed,
    ExportedPost,
    ExportManifest,
    MadeBy,
    PersonaNamed,
    ProductNamed,
)

POSTING_HOUR = time(9, 0)


class ExportError(ValueError):
    """Something was asked to leave that may not. Nothing was exported."""


def manifest_of(
    items: list[ReviewItem], briefs: dict[int, CampaignRecord], moment: datetime, author: str
) -> ExportManifest:
    """Say for every item what it is, what it came from, who approved it and under which hash."""
    posts = tuple(_entry(i, briefs[i.version.campaign_id]) for i in items)
    return ExportManifest(exported_at=moment.isoformat(), exported_by=author, items=posts)


def _entry(found: ReviewItem, brief: CampaignRecord) -> ExportedPost:
    version, last = found.version, found.decisions[-1]
    persona = None
    if version.persona_id:
        persona = PersonaNamed(id=version.persona_id, name=found.persona_name, version=version.persona_version)
    return ExportedPost(
        version_id=version.id,
        content_hash=version.content_hash,
        content=found.content,
        published_text=render(found.content),
        campaign=CampaignNamed(id=brief.id, name=brief.name, objective=brief.objective),
        product=ProductNamed(id=version.product_id, name=found.product_name),
        persona=persona,
        persona_lost_members_since=found.stale,
        made_by=MadeBy(
            method=version.method, seed=version.seed, ai_generated=version.ai_generated, models=tuple(found.cards)
        ),
        parts=PART.read_all(version.parts),
        checks={check.name: check.verdict for check in found.checks},
        check_digests={check.name: check.digest for check in found.checks},
        approval=Approval(
            reviewer=last.reviewer, at=last.at.isoformat(), sequence=last.sequence, waived=dict(last.waivers)
        ),
    )


def posting_days(count: int, starts_on: date | None, ends_on: date | None) -> list[date | None]:
    """Spread posts evenly over the campaign's days; no dates when it has none."""
    if starts_on is None:
        return [None] * count
    span = max(0, ((ends_on or starts_on) - starts_on).days)
    return [starts_on + timedelta(days=round(i * span / max(1, count - 1))) for i in range(count)]


def _days(count: int, brief: CampaignRecord) -> list[date | None]:
    """Return a day for each post: none that is over, and none at all once the campaign is."""
    today = date.today()
    if brief.ends_on is not None and brief.ends_on < today:
        return [None] * count
    return posting_days(count, brief.starts_on and max(brief.starts_on, today), brief.ends_on)


def _tables(
    items: list[ReviewItem], briefs: dict[int, CampaignRecord], names: dict[str, str]
) -> dict[str, pd.DataFrame]:
    rows = []
    for campaign_id, brief in briefs.items():
        mine = [i for i in items if i.version.campaign_id == campaign_id]
        for found, day in zip(mine, _days(len(mine), brief), strict=True):
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
                    "link": link_apart(content),
                    "images": " ".join(names[d] for d in content.media),
                    "alt_text": " | ".join(content.alt_texts),
                    "content_hash": found.version.content_hash,
                }
            )
    frame = pd.DataFrame(rows)
    when = [f"{d} {POSTING_HOUR:%H:%M}" if d else "" for d in frame["date"]]
    tables = {"posts.csv": frame}
    for place, posts in frame.assign(when=when).groupby("channel", sort=True):
        tables |= _schedules(str(place), posts.reset_index(drop=True))
    return tables


def _schedules(place: str, posts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tables of one channel: bulk uploads take one account a file."""
    link = {"Date": posts["when"], "Message": posts["text"], "Link": posts["link"]}
    image = {"Text": posts["text"], "Image": posts["images"], "Tags": posts["campaign"], "Posting Time": posts["when"]}
    return {
        f"schedule-date-message-link-{place}.csv": pd.DataFrame(link),
        f"schedule-text-image-time-{place}.csv": pd.DataFrame({**image, "Channel": posts["channel"]}),
    }


def link_apart(content: PostContent) -> str:
    """Return the link that goes beside a post's text: only where the channel has a field for it, and never twice."""
    beside = channel(content.channel).link_policy == "own_field"
    return content.link if beside and content.link and content.link not in render(content) else ""


def write_zip(
    path: Path,
    files: FileStore,
    items: list[ReviewItem],
    briefs: dict[int, CampaignRecord],
    manifest: ExportManifest,
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
        kept = EXPORT.write(manifest)
        text = json.dumps({"format": kept["format"], **kept, "images": names}, indent=2, ensure_ascii=False)
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
