"""The parts of a campaign report, each from what is kept, and the way back from every post that left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from analytics.kept import EFFECT, PersonaCard
from dashboard.reports import Cell, Figure, Section, Step, Table, Trail
from dashboard.services.audits.tallies import FindingsAudit
from dashboard.services.personas.building import card_of
from dashboard.services.review.deciding import evidence_words
from db.repositories.audits import CheckedVersion, DecidedVersion, ExportedVersion, SavedEffect
from db.repositories.campaigns import CampaignRecord, VersionRecord
from db.repositories.personas import PersonaRecord
from engine.channels import channels, render
from engine.kept import BRIEF, POST

STATES = {
    "open": "waiting",
    "blocked": "blocked",
    "changes": "changes asked",
    "approved": "approved",
    "rejected": "rejected",
}
VERDICTS = {"pass": "pass", "needs_human": "needs a human", "block": "blocked"}
TRAITS_TOLD = 5
CHOICES = {"approve": "approved", "request_changes": "changes asked", "reject": "rejected"}


@dataclass(frozen=True)
class Material:
    """Everything that is kept of one campaign."""

    campaign: CampaignRecord
    product_names: tuple[str, ...]
    personas: tuple[PersonaRecord, ...]
    latest: tuple[VersionRecord, ...]
    left: dict[int, VersionRecord]
    checks: tuple[CheckedVersion, ...]
    decisions: tuple[DecidedVersion, ...]
    exported: tuple[ExportedVersion, ...]
    effects: tuple[SavedEffect, ...]
    demo: bool


def brief(found: Material) -> Section:
    """Say what was asked for."""
    asked = found.campaign
    rows = (
        ("Objective", asked.objective),
        ("Key message", asked.key_message or "none given"),
        ("Products", "; ".join(found.product_names)),
        ("Personas", "; ".join(p.name for p in found.personas) or "everybody"),
        ("Channels", ", ".join(_channel(c) for c in asked.channels)),
        ("Days", _span(asked)),
        ("Link", asked.link or "each product's own"),
        ("Variants a channel", str(asked.variants)),
        ("Seed", str(asked.seed)),
    )
    return Section("The brief", tables=(Table("What was asked for.", ("What", "Asked"), rows),))


def _span(asked: CampaignRecord) -> str:
    if asked.starts_on is None:
        return "no dates"
    return f"{asked.starts_on} to {asked.ends_on}" if asked.ends_on else f"from {asked.starts_on}"


def persona_shares(found: Material) -> Section:
    """Say for whom, with each persona's share, interval and confidence."""
    if not found.personas:
        return Section("Personas", ("The posts were made for everybody, not for a persona.",))
    cards = [card_of(p) for p in found.personas]
    rows = tuple(
        (p.name, p.version, p.members, _interval(card), card.confidence, p.lost_members)
        for p, card in zip(found.personas, cards, strict=True)
    )
    columns = ("Persona", "Version now", "People", "Share [95% interval]", "Confidence", "Withdrew since")
    told = {
        p.name: [t.sentence for t in card.traits if t.verdict in ("higher", "lower")]
        for p, card in zip(found.personas, cards, strict=True)
    }
    sure = tuple(f"{name}: {' '.join(traits[:TRAITS_TOLD])}" for name, traits in told.items() if traits)
    figure = Figure(
        "Share of people",
        "Each persona's share of the people it was built from, in percent, with its 95% interval.",
        tuple(p.name for p in found.personas),
        tuple(100 * c.share for c in cards),
        "%",
        tuple(100 * c.share_low for c in cards),
        tuple(100 * c.share_high for c in cards),
    )
    return Section(
        "Personas", tuple(sure), (Table("The personas that posts were made for.", columns, rows),), (figure,)
    )


def _interval(card: PersonaCard) -> str:
    return f"{100 * card.share:.1f}% [{100 * card.share_low:.1f}, {100 * card.share_high:.1f}]"


def drafts(found: Material) -> Section:
    """Count the newest versions by channel and state."""
    if not found.latest:
        return Section("Drafts", ("No draft was made.",))
    counts = Counter((v.channel, v.state) for v in found.latest)
    used = sorted({v.channel for v in found.latest})
    totals = {c: sum(counts[c, s] for s in STATES) for c in used}
    rows: tuple[tuple[Cell, ...], ...] = tuple((_channel(c), *(counts[c, s] for s in STATES), totals[c]) for c in used)
    table = Table(
        "The newest version of each draft, by channel and by what was decided.",
        ("Channel", *(word.capitalize() for word in STATES.values()), "All"),
        rows,
    )
    approved = sum(counts[c, "approved"] for c in used)
    sentence = f"{len(found.latest):,} drafts; a human approved {approved:,} of them as they stand."
    figure = Figure(
        "Drafts by channel",
        "How many drafts each channel has.",
        tuple(_channel(c) for c in used),
        tuple(totals.values()),
    )
    return Section("Drafts", (sentence,), (table,), (figure,))


def findings(audit: FindingsAudit, decided: Iterable[DecidedVersion]) -> Section:
    """Count what the checks said, and give each reason that answered a finding."""
    if not audit.versions:
        return Section("What the checks found", ("No version was checked.",))
    by_check = tuple((c.check.capitalize(), c.versions, c.passed, c.needs_human, c.blocked) for c in audit.checks)
    tables = [
        Table(
            f"What the six checks said about {audit.versions:,} versions.",
            ("Check", "Versions", "Pass", "Needs a human", "Blocked"),
            by_check,
        )
    ]
    if audit.rules:
        rows = tuple(
            (r.check.capitalize(), r.rule, VERDICTS[r.verdict], r.findings, r.versions, r.rule_id) for r in audit.rules
        )
        columns = ("Check", "Rule", "Says", "Findings", "Versions", "Id")
        tables.append(Table("The rules that found something.", columns, rows))
    waived = tuple(
        (d.version_id, rule, reason, d.reviewer, _moment(d.at))
        for d in decided
        for rule, reason in sorted(d.waivers.items())
    )
    if waived:
        answered = ("Post", "Rule", "Reason given", "By", "When (UTC)")
        tables.append(Table("Findings that a reviewer answered with a reason.", answered, waived))
    sentences = () if audit.rules else ("No rule found anything.",)
    return Section("What the checks found", sentences, tuple(tables))


def decisions(decided: tuple[DecidedVersion, ...]) -> Section:
    """List who decided what, when, about which content hash."""
    if not decided:
        return Section("Decisions", ("Nobody has decided on a post yet.",))
    rows = tuple(
        (
            d.version_id,
            _channel(d.channel),
            d.number,
            CHOICES[d.verdict],
            d.reviewer,
            _moment(d.at),
            d.comment,
            d.content_hash,
        )
        for d in decided
    )
    columns = ("Post", "Channel", "Version", "Decision", "By", "When (UTC)", "Comment", "Content hash (SHA-256)")
    return Section("Decisions", tables=(Table("Who decided what, about exactly which content.", columns, rows),))


def exports(exported: tuple[ExportedVersion, ...]) -> Section:
    """List the packages that posts of this campaign left in."""
    if not exported:
        return Section("Exports", ("Nothing of this campaign has left.",))
    many = Counter(e.export_id for e in exported)
    packages = {e.export_id: e for e in exported}
    rows = tuple(
        (e.file_name, _moment(e.at), e.author, many[number], e.sha256) for number, e in sorted(packages.items())
    )
    columns = ("File", "When (UTC)", "By", "Posts of this campaign", "File's SHA-256")
    return Section("Exports", tables=(Table("The packages that this campaign's posts left in.", columns, rows),))


def effects(kept: tuple[SavedEffect, ...]) -> Section:
    """Say what was found around this campaign, with n, method and what could be wrong."""
    if not kept:
        return Section("Effects", ("No effect was kept for this campaign, so nothing is said of one here.",))
    rows = tuple(
        (
            e.change,
            str(e.on),
            e.metric,
            e.segment or "everybody",
            report.sentence,
            f"{report.effect.method}; {report.effect.n_before} periods before, {report.effect.n_after} after",
            " ".join(report.could_be_wrong),
            f"{e.author}, {_moment(e.at)}",
        )
        for e, report in ((e, EFFECT.read(e.result)) for e in kept)
    )
    columns = ("Change", "Began on", "Metric", "Among", "What was found", "How", "What could be wrong", "Kept by")
    caption = "Effects kept for changes that name this campaign or began on its first day. Other things changed too."
    return Section("Effects", tables=(Table(caption, columns, rows),))


def trail(found: Material, item: ExportedVersion) -> Trail:
    """Walk back from a post that left: export, approval, checks, parts, persona, product."""
    version = found.left[item.version_id]
    content = POST.read(version.content)
    steps = [
        Step("Published text", render(content)),
        Step("Left", f"{_moment(item.at)} UTC, in {item.file_name}, by {item.author}."),
        Step("Content hash", item.content_hash),
        *_approval(found.decisions, item),
        Step("Checks", _checked(found.checks, item.version_id)),
        *_parts(version),
        Step("Persona", _persona_words(version)),
        Step("Product", BRIEF.read(version.brief).product.name),
        Step("Made by", f"{version.method}, seed {version.seed}; last changed by {version.author}."),
    ]
    return Trail(f"Post {version.id}: {_channel(version.channel)}, version {version.number}", tuple(steps))


def _approval(decided: tuple[DecidedVersion, ...], item: ExportedVersion) -> list[Step]:
    """Return the approval that stood when the post left: the last one of this content before that."""
    mine = [d for d in decided if d.version_id == item.version_id and d.verdict == "approve" and d.at <= item.at]
    fitting = [d for d in mine if d.content_hash == item.content_hash]
    if not fitting:
        return [Step("Approved", "No approval of exactly this content is kept. Look into this.")]
    last = fitting[-1]
    reasons = [Step("Reason given", f"{rule}: {reason}") for rule, reason in sorted(last.waivers.items())]
    return [Step("Approved", f"{_moment(last.at)} UTC, by {last.reviewer}, for exactly this content."), *reasons]


def _checked(checks: tuple[CheckedVersion, ...], version_id: int) -> str:
    return "; ".join(f"{c.check}: {VERDICTS[c.verdict]}" for c in checks if c.version_id == version_id)


def _parts(version: VersionRecord) -> list[Step]:
    return [
        Step(f"Rests on ({part.role.replace('_', ' ')})", f"“{part.text}”: {'; '.join(part.evidence) or 'no claim'}.")
        for part in evidence_words(version)
    ]


def _persona_words(version: VersionRecord) -> str:
    persona = BRIEF.read(version.brief).persona
    if persona is None:
        return "None: the post was made for everybody."
    return f"{persona.name}, version {persona.version}. {' '.join(persona.traits)}".strip()


def _channel(name: str) -> str:
    known = channels()
    return known[name].name if name in known else name


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
