"""Human review: nothing leaves before a person approved exactly that content."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from dashboard.services.people import MAY_REVIEW, User, require
from dashboard.services.studio.checks import out_of_date
from dashboard.services.studio.judging import as_records
from dashboard.services.studio.standing import Present
from dashboard.workspace import Workspace
from db import ledger
from db.errors import ConflictError, FileDamagedError, FileMissingError
from db.proof import decision_entry
from db.repositories import campaigns, decisions, personas, products
from db.repositories.campaigns import CheckRecord, VersionRecord
from db.repositories.decisions import DecisionRecord
from engine.content import Finding, ModelCard, PostContent, Verdict, content_hash
from engine.kept import BRIEF, FINDING, MODEL_CARD, PART, POST

Choice = Literal["approve", "request_changes", "reject"]
CHOICES: tuple[Choice, ...] = ("approve", "request_changes", "reject")
MOVED_ON = (
    "{who} decided on this item, or changed it, while you were looking. Nothing of yours was saved. Look at it again."
)
CHANGED = "What it rests on has changed: {what}."
MEND = "Edit the post so that it says what is true now, or make it anew."
OUT_OF_DATE = (
    "The rules changed since this post was checked, or a check has yet to look at it ({checks}). Have it checked "
    "again, then judge what is found."
)


class ReviewError(ValueError):
    """A decision that cannot be taken, and why."""


@dataclass(frozen=True)
class QueueFilter:
    """What part of the queue to show. Empty means all."""

    states: tuple[str, ...] = ("open", "blocked")
    campaign_id: int | None = None
    channels: tuple[str, ...] = ()
    persona_id: int | None = None
    only_without_findings: bool = False


@dataclass(frozen=True)
class ReviewItem:
    """One version with everything a reviewer needs to judge it.

    ``stale`` says that people left its persona since; ``no_longer_so`` what else it rests on has changed, in clauses.
    """

    version: VersionRecord
    content: PostContent
    checks: tuple[CheckRecord, ...]
    findings: tuple[Finding, ...]
    cards: tuple[ModelCard, ...]
    history: tuple[VersionRecord, ...]
    decisions: tuple[DecisionRecord, ...]
    campaign_name: str
    product_name: str
    persona_name: str | None
    stale: bool
    no_longer_so: tuple[str, ...] = ()

    @property
    def out_of_date(self) -> tuple[str, ...]:
        """Names of the checks whose kept result is missing or follows from other rules than today's."""
        return out_of_date(self.checks)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Findings that cannot be approved away."""
        return tuple(f for f in self.findings if f.verdict is Verdict.BLOCK)

    @property
    def waivable(self) -> tuple[Finding, ...]:
        """Findings that a written reason answers."""
        return tuple(f for f in self.findings if f.verdict is Verdict.NEEDS_HUMAN)


@dataclass(frozen=True)
class PartWords:
    """One part of a post and, in words, what it rests on."""

    role: str
    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """What the reviewer had before their eyes: the content's hash and how many decisions it had."""

    content_hash: str
    sequence: int


@dataclass(frozen=True)
class BulkResult:
    """How many were approved, and why the others were not (version id to sentence)."""

    approved: tuple[int, ...]
    refused: dict[int, str] = field(default_factory=dict)


def queue(workspace: Workspace, wanted: QueueFilter = QueueFilter()) -> list[VersionRecord]:
    """Return the newest version of every draft that the filter lets through."""
    with workspace.database.reading() as session:
        found = campaigns.latest_versions(session, wanted.campaign_id)
    return [
        v
        for v in found
        if (not wanted.states or v.state in wanted.states)
        and (not wanted.channels or v.channel in wanted.channels)
        and (wanted.persona_id is None or v.persona_id == wanted.persona_id)
        and (not wanted.only_without_findings or v.verdict == "pass")
    ]


def item(workspace: Workspace, version_id: int, present: Present | None = None) -> ReviewItem:
    """Return a version with its checks, history, decisions and names, and with what has changed under it.

    What waits for a decision is checked anew against what is true now, unless today's rules have yet to look at it;
    what was decided shows its own checks.
    """
    with workspace.database.reading() as session:
        version = campaigns.version(session, version_id)
        checks = campaigns.checks(session, version_id)
        persona = personas.get(session, version.persona_id) if version.persona_id else None
        found = ReviewItem(
            version=version,
            content=POST.read(version.content),
            checks=tuple(checks),
            findings=tuple(f for check in checks for f in FINDING.read_all(check.findings)),
            cards=MODEL_CARD.read_all(version.model_cards),
            history=tuple(campaigns.versions_of(session, version.draft_id)),
            decisions=tuple(decisions.of_version(session, version_id)),
            campaign_name=campaigns.campaign(session, version.campaign_id).name,
            product_name=products.get(session, version.product_id).name,
            persona_name=persona.name if persona else None,
            stale=bool(persona and persona.is_stale),
        )
    return found if version.id != found.history[-1].id else _as_of_now(present or Present(workspace), found)


def _as_of_now(present: Present, found: ReviewItem) -> ReviewItem:
    moved = present.no_longer_so(found.version)
    if found.out_of_date or found.version.state not in ("open", "blocked"):
        return replace(found, no_longer_so=moved)
    try:
        results = present.check(found.version)
    except (FileDamagedError, FileMissingError) as error:
        return replace(found, no_longer_so=(*moved, f"its image is not what was approved. {error}".rstrip(".")))
    fresh = {record.name: record for record in as_records(results)}
    checks = tuple(fresh.get(check.name, check) for check in found.checks)
    findings = tuple(f for check in checks for f in FINDING.read_all(check.findings))
    return replace(found, checks=checks, findings=findings, no_longer_so=moved)


def evidence_words(version: VersionRecord) -> tuple[PartWords, ...]:
    """Return each part of a post with the facts and themes that it rests on, as plain statements."""
    brief = BRIEF.read(version.brief)
    words = {f.id: f"{f.kind.replace('_', ' ')}: {f.value}" for f in brief.product.facts}
    words |= {e.id: f"“{e.text}”, {e.support} of {e.of_people} reviewers" for e in brief.evidence}
    words |= {"brief:key_message": "the brief's key message", "brand:words_to_use": "the brand's own words"}
    return tuple(
        PartWords(p.role, p.text, tuple(words.get(i, i) for i in p.evidence_ids)) for p in PART.read_all(version.parts)
    )


def decide(
    workspace: Workspace,
    user: User,
    version_id: int,
    seen: Seen,
    choice: Choice,
    comment: str = "",
    waivers: dict[str, str] | None = None,
) -> DecisionRecord:
    """Record what a reviewer decided about exactly the content they saw.

    Parameters
    ----------
    waivers : dict, optional
        ``{rule_id: written reason}`` for every finding that needs a human, when approving.

    Raises
    ------
    NotAllowedError
        When the role does not allow it.
    ReviewError
        When the content moved on, a comment or a reason is missing, or a blocking finding stands.
    ConflictError
        When another reviewer was a moment faster.
    """
    require(user, MAY_REVIEW, "review posts")
    kept = {rule: reason.strip() for rule, reason in (waivers or {}).items()} if choice == "approve" else {}
    try:
        with workspace.database.writing(alone=True) as session:
            found = item(workspace, version_id)
            _check_unchanged(found, seen)
            _check_choice(workspace, user, found, choice, comment, kept)
            record = decisions.add(
                session,
                version_id=version_id,
                expected_sequence=seen.sequence,
                content_hash=seen.content_hash,
                verdict=choice,
                comment=comment.strip(),
                waivers=kept,
                reviewer=user.name,
            )
            entry = decision_entry(workspace.vault, record, found.version)
            ledger.append(session, workspace.vault, "decision", user.name, entry)
    except ConflictError as error:
        raise ConflictError(MOVED_ON.format(who=_last_reviewer(workspace, version_id))) from error
    return record


def _last_reviewer(workspace: Workspace, version_id: int) -> str:
    with workspace.database.reading() as session:
        past = decisions.of_version(session, version_id)
    return past[-1].reviewer if past else "Somebody"


def _check_unchanged(found: ReviewItem, seen: Seen) -> None:
    if content_hash(found.content) != found.version.content_hash:
        raise ReviewError("The stored content does not fit its hash: it was altered outside the app.")
    newest = found.history[-1]
    if newest.id != found.version.id or seen.content_hash != found.version.content_hash:
        raise ReviewError(f"Version {newest.number} is the newest one; you were looking at another. Look at it again.")
    if seen.sequence != found.version.sequence:
        who = found.decisions[-1].reviewer if found.decisions else "Somebody"
        raise ConflictError(MOVED_ON.format(who=who))


def _check_choice(
    workspace: Workspace, user: User, found: ReviewItem, choice: Choice, comment: str, waivers: dict[str, str]
) -> None:
    if choice not in CHOICES:
        raise ReviewError(f"There is no decision {choice}. Use {', '.join(CHOICES)}.")
    if choice != "approve":
        if not comment.strip():
            raise ReviewError("Say in a comment what should change, or why it is rejected.")
        return
    if workspace.settings.mode == "team" and user.name in {v.author for v in found.history}:
        raise ReviewError("You wrote a version of this post, so somebody else has to approve it.")
    if found.no_longer_so:
        raise ReviewError(f"{CHANGED.format(what='; '.join(found.no_longer_so))} {MEND}")
    if found.out_of_date:
        raise ReviewError(OUT_OF_DATE.format(checks=", ".join(found.out_of_date)))
    if found.blocking:
        raise ReviewError(f"It cannot be approved: {found.blocking[0].rule} {found.blocking[0].remedy}".strip())
    missing = sorted({f.rule_id for f in found.waivable if not waivers.get(f.rule_id, "").strip()})
    if missing:
        raise ReviewError(f"Write a reason for each finding that needs a human: {', '.join(missing)} still lacks one.")


def approve_all_without_findings(workspace: Workspace, user: User, version_ids: list[int]) -> BulkResult:
    """Approve those of the versions whose six checks found nothing; say why the others were left."""
    require(user, MAY_REVIEW, "review posts")
    approved, refused = [], {}
    for version_id in version_ids:
        found = item(workspace, version_id)
        if found.findings:
            refused[version_id] = "It has findings: open it and judge it by itself."
            continue
        if found.version.state != "open":
            refused[version_id] = "It was decided already."
            continue
        try:
            seen = Seen(found.version.content_hash, found.version.sequence)
            decide(workspace, user, version_id, seen, "approve")
            approved.append(version_id)
        except ValueError as error:
            refused[version_id] = str(error)
    return BulkResult(tuple(approved), refused)
