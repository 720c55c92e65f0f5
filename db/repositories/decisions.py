"""Decisions of reviewers and exports of approved content. Both are kept for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from db.bulk import slices
from db.tables import DecisionRow, DecisionWordsRow, ExportItemRow, ExportRow


@dataclass(frozen=True)
class DecisionRecord:
    """What a reviewer decided about exactly one content."""

    version_id: int
    sequence: int
    content_hash: str
    verdict: str
    comment: str
    waivers: dict[str, str]
    reviewer: str
    at: datetime


@dataclass(frozen=True)
class ExportRecord:
    """A package that left the workspace."""

    id: int
    file_name: str
    sha256: str
    manifest: dict[str, Any]
    author: str
    at: datetime


def add(
    session: Session,
    *,
    version_id: int,
    expected_sequence: int,
    content_hash: str,
    verdict: str,
    comment: str,
    waivers: dict[str, str],
    reviewer: str,
) -> DecisionRecord:
    """Append a decision. The unique (version, sequence) makes one of two reviewers win."""
    row = DecisionRow(
        version_id=version_id,
        sequence=expected_sequence + 1,
        content_hash=content_hash,
        verdict=verdict,
        reviewer=reviewer,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    words = DecisionWordsRow(decision_id=row.id, comment=comment, waivers=waivers)
    session.add(words)
    session.flush()
    return decision(row, words)


def of_version(session: Session, version_id: int) -> list[DecisionRecord]:
    """Return the decisions on a version, the oldest first."""
    query = (
        select(DecisionRow, DecisionWordsRow)
        .join(DecisionWordsRow, col(DecisionWordsRow.decision_id) == col(DecisionRow.id), isouter=True)
        .where(DecisionRow.version_id == version_id)
        .order_by(col(DecisionRow.sequence))
    )
    return [decision(row, words) for row, words in session.exec(query)]


def every(session: Session, version_ids: set[int] | None = None) -> list[DecisionRecord]:
    """Return all decisions, or those on some versions."""
    query = select(DecisionRow, DecisionWordsRow).join(
        DecisionWordsRow, col(DecisionWordsRow.decision_id) == col(DecisionRow.id), isouter=True
    )
    if version_ids is None:
        return [decision(row, words) for row, words in session.exec(query)]
    parts = [session.exec(query.where(col(DecisionRow.version_id).in_(p))) for p in slices(sorted(version_ids))]
    return [decision(row, words) for part in parts for row, words in part]


def by_ids(session: Session, ids: set[int]) -> list[DecisionRecord]:
    """Return decisions by their ids, with what the reviewer wrote."""
    query = select(DecisionRow, DecisionWordsRow).join(
        DecisionWordsRow, col(DecisionWordsRow.decision_id) == col(DecisionRow.id), isouter=True
    )
    parts = [session.exec(query.where(col(DecisionRow.id).in_(p))) for p in slices(sorted(ids))]
    return [decision(row, words) for part in parts for row, words in part]


def decision(row: DecisionRow, words: DecisionWordsRow | None) -> DecisionRecord:
    """Return a decision with what the reviewer wrote."""
    kept = {n: getattr(row, n) for n in DecisionRecord.__dataclass_fields__}
    return DecisionRecord(**kept if words is None else {**kept, "comment": words.comment, "waivers": words.waivers})


def add_export(
    session: Session,
    *,
    file_name: str,
    sha256: str,
    manifest: dict[str, Any],
    author: str,
    items: dict[int, str],
) -> ExportRecord:
    """Record an export and the exact content (version id to hash) that left in it."""
    row = ExportRow(file_name=file_name, sha256=sha256, manifest=manifest, author=author)
    session.add(row)
    session.flush()
    assert row.id is not None
    session.add_all(
        ExportItemRow(export_id=row.id, version_id=version_id, content_hash=digest)
        for version_id, digest in items.items()
    )
    session.flush()
    return _export(row)


def every_export(session: Session) -> list[tuple[ExportRecord, dict[int, str]]]:
    """Return all exports, each with what left in it: version id to hash."""
    items: dict[int, dict[int, str]] = {}
    for item in session.exec(select(ExportItemRow)):
        items.setdefault(item.export_id, {})[item.version_id] = item.content_hash
    return [(_export(row), items.get(int(row.id or 0), {})) for row in session.exec(select(ExportRow))]


def _export(row: ExportRow) -> ExportRecord:
    return ExportRecord(**{name: getattr(row, name) for name in ExportRecord.__dataclass_fields__})


def exports(session: Session, limit: int = 100) -> list[ExportRecord]:
    """Return the newest exports first."""
    rows = session.exec(select(ExportRow).order_by(col(ExportRow.id).desc()).limit(limit))
    return [_export(row) for row in rows]
