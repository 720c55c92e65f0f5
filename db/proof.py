"""Whether decisions and exports are what the ledger says of them: write access to the database alone proves nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session

from db.guards import missing
from db.ledger import LedgerLine, canonical
from db.repositories import campaigns, decisions
from db.repositories.campaigns import VersionRecord
from db.repositories.decisions import DecisionRecord, ExportRecord
from db.vault import Vault

# What the first lines of either kind had; later ones say more, and all that a line says is compared.
DECISION_BASE = {"version", "sequence", "content_hash", "verdict", "waived_rules"}
EXPORT_BASE = {"export", "sha256", "items"}
_ALTERED = "is not what line {line} of the ledger says ({what}): it was altered outside the app."
_NAMES = {
    "shown": "the post as it was shown",
    "content": "the post's content",
    "content_hash": "the post's hash",
    "words": "comment or reasons",
    "decided_at": "when",
    "draft": "the draft that it is a version of",
    "campaign": "the campaign",
    "product": "the product",
    "persona": "the persona",
    "waived_rules": "findings waived",
}


@dataclass(frozen=True)
class Mismatch:
    """One thing that is not what the ledger says, in a sentence, and the version and the draft that it concerns."""

    sentence: str
    version_id: int | None = None
    draft_id: int | None = None


@dataclass
class Lines:
    """The ledger's lines about decisions, exports and versions that took an older one's place."""

    decisions: dict[tuple[int, int], LedgerLine] = field(default_factory=dict)
    edits: dict[int, LedgerLine] = field(default_factory=dict)
    exports: dict[int, LedgerLine] = field(default_factory=dict)

    def take(self, line: LedgerLine) -> None:
        """Take in a line that is as it was written; an erasure's line says what masked words are now."""
        if line.kind == "decision":
            self.decisions[line.payload["version"], line.payload["sequence"]] = line
        elif line.kind == "edit":
            self.edits[line.payload["version"]] = line
        elif line.kind == "export":
            self.exports[line.payload["export"]] = line
        elif line.kind == "erasure":
            for now in line.payload.get("decisions", []):
                _renewed(self.decisions, (now["version"], now["sequence"]), now)
            for now in line.payload.get("exports", []):
                _renewed(self.exports, now["export"], now)

    @property
    def zips(self) -> set[str]:
        """The SHA-256 of every export's ZIP."""
        return {line.payload["sha256"] for line in self.exports.values()}

    def of_drafts(self, drafts: set[int]) -> set[int]:
        """Return the versions that the ledger knows of some drafts, wherever the database has them now."""
        known = {**{number: line for (number, _), line in self.decisions.items()}, **self.edits}
        return {number for number, line in known.items() if line.payload.get("draft") in drafts}


def _renewed(lines: dict[Any, LedgerLine], key: Any, now: dict[str, Any]) -> None:
    if key in lines:
        said = lines[key].payload
        lines[key] = replace(lines[key], payload={name: now.get(name, value) for name, value in said.items()})


def masked_words(
    session: Session, vault: Vault, decision_ids: set[int], export_ids: set[int]
) -> dict[str, list[dict[str, Any]]]:
    """Return what an erasure's line says of decisions and exports in whose words it masked somebody."""
    exports = (
        [export_entry(e, i) for e, i in decisions.every_export(session) if e.id in export_ids] if export_ids else []
    )
    return {
        "decisions": [
            {"version": d.version_id, "sequence": d.sequence, "words": _words(vault, d)}
            for d in decisions.by_ids(session, decision_ids)
        ],
        "exports": [{name: e[name] for name in ("export", "file_name", "manifest")} for e in exports],
    }


def _words(vault: Vault, record: DecisionRecord) -> str:
    return vault.sign(canonical({"comment": record.comment, "waivers": record.waivers}))


def decision_entry(vault: Vault, record: DecisionRecord, version: VersionRecord) -> dict[str, Any]:
    """Return what the ledger says of a decision. Its words are there as an HMAC: they may name somebody."""
    return {
        "version": record.version_id,
        "sequence": record.sequence,
        "content_hash": record.content_hash,
        "verdict": record.verdict,
        "waived_rules": sorted(record.waivers),
        "words": _words(vault, record),
        "shown": _shown(version),
        "decided_at": record.at.isoformat(),
        "draft": version.draft_id,
        "campaign": version.campaign_id,
        "product": version.product_id,
        "persona": version.persona_id,
    }


def _shown(version: VersionRecord) -> str:
    """Return the SHA-256 of all that a version is: content, parts, brief, where it belongs and how it was made."""
    names = ("draft_id", "number", "content", "content_hash", "parts", "brief", "persona_version", "seed")
    made = {name: getattr(version, name) for name in (*names, "method", "model_cards", "ai_generated", "author")}
    return hashlib.sha256(canonical(made).encode()).hexdigest()


def export_entry(record: ExportRecord, items: dict[int, str]) -> dict[str, Any]:
    """Return what the ledger says of an export."""
    return {
        "export": record.id,
        "sha256": record.sha256,
        "items": {str(version_id): digest for version_id, digest in items.items()},
        "file_name": record.file_name,
        "manifest": hashlib.sha256(canonical(record.manifest).encode()).hexdigest(),
        "exported_at": record.at.isoformat(),
    }


def wrong_decisions(
    session: Session, vault: Vault, lines: Lines, version_ids: Iterable[int] | None = None
) -> list[Mismatch]:
    """Compare decisions with their lines, both ways; of all versions, or of some and the others of their drafts.

    A decision counts only where its line exists, carries this workspace's HMAC (the walk saw to that) and says the
    same; a line whose decision is gone is as wrong as a decision without a line. A newer version that was taken away
    would let an older one, approved before, stand as the newest.
    """
    wanted = None if version_ids is None else set(version_ids)
    if wanted is not None:
        wanted |= lines.of_drafts({v.draft_id for v in campaigns.several(session, wanted)})
    rows = {(r.version_id, r.sequence): r for r in decisions.every(session, wanted)}
    known = {k: line for k, line in lines.decisions.items() if wanted is None or k[0] in wanted}
    edits = {k: line for k, line in lines.edits.items() if wanted is None or k in wanted}
    versions = {v.id: v for v in campaigns.several(session, {k[0] for k in (*rows, *known)} | edits.keys())}
    found = [_lost_edit(line) for number, line in sorted(edits.items()) if not _stands(versions.get(number), line)]
    for number, sequence in sorted(rows.keys() | known.keys()):
        row, line = rows.get((number, sequence)), known.get((number, sequence))
        what = f"Decision {sequence} on version {number}"
        draft = line.payload.get("draft") if line else None
        if line is None:
            found.append(Mismatch(f"{what} has no line in the ledger: it was not made in the app.", number, draft))
        elif row is None:
            found.append(Mismatch(f"{what} is gone, but line {line.sequence} of the ledger has it.", number, draft))
        elif number not in versions:
            found.append(Mismatch(f"{what} is kept, but the version is gone.", number, draft))
        else:
            entry = decision_entry(vault, row, versions[number])
            other = _others(entry, line, DECISION_BASE, row.reviewer)
            if versions[number].content_hash != row.content_hash:
                other = [*other, "content"]
            if other:
                said = ", ".join(_NAMES.get(name, name) for name in other)
                found.append(Mismatch(f"{what} {_ALTERED.format(line=line.sequence, what=said)}", number, draft))
    return found


def edit_entry(version_id: int, draft_id: int, number: int) -> dict[str, Any]:
    """Return what the ledger says of a version that takes the place of an older one, approved or not."""
    return {"version": version_id, "draft": draft_id, "number": number}


def _stands(version: VersionRecord | None, line: LedgerLine) -> bool:
    return version is not None and edit_entry(version.id, version.draft_id, version.number) == line.payload


def _lost_edit(line: LedgerLine) -> Mismatch:
    said = line.payload
    what = f"Version {said['version']}, the edit {said['number']} of draft {said['draft']}"
    sentence = f"{what}, is gone or was moved, but line {line.sequence} of the ledger has it."
    return Mismatch(sentence, said["version"], said["draft"])


def wrong_exports(session: Session, lines: Lines) -> list[Mismatch]:
    """Compare exports with their lines, both ways."""
    rows = {record.id: (record, items) for record, items in decisions.every_export(session)}
    found = []
    for number in sorted(rows.keys() | lines.exports.keys()):
        line = lines.exports.get(number)
        if line is None:
            found.append(Mismatch(f"Export {number} has no line in the ledger: it was not made in the app."))
        elif number not in rows:
            found.append(Mismatch(f"Export {number} is gone, but line {line.sequence} of the ledger has it."))
        else:
            record, items = rows[number]
            other = _others(export_entry(record, items), line, EXPORT_BASE, record.author)
            if other:
                said = ", ".join(_NAMES.get(name, name) for name in other)
                found.append(Mismatch(f"Export {number} {_ALTERED.format(line=line.sequence, what=said)}"))
    return found


def _others(entry: dict[str, Any], line: LedgerLine, base: set[str], actor: str) -> list[str]:
    """Return the names of what a row has otherwise than its line."""
    names = sorted(base | line.payload.keys())
    other = [name for name in names if entry.get(name) != line.payload.get(name)]
    return other if actor == line.actor else [*other, "who"]


def missing_guards(session: Session) -> list[Mismatch]:
    """Name the triggers that keep a table from being changed and are not there any more."""
    return [
        Mismatch(f"The guard {name}, which refuses changes of the table {table}, was taken away or altered.")
        for table, name in missing(session.connection())
    ]
