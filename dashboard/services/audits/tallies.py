"""Audits: consent, privacy, the ledger, what the checks found, and who is in the personas."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from analytics.audits import Representation, age_band, representation
from dashboard.services.audits import proof
from dashboard.workspace import Workspace
from db import ledger
from db.ledger import LedgerLine, LedgerReport
from db.repositories import audits, consents, personas
from db.repositories.audits import CheckedVersion, Holdings
from db.repositories.consents import PURPOSES, ConsentCount
from db.types import now
from engine.content import CheckName
from engine.fidelity import RuleInfo, catalogue
from engine.kept import FINDING

LEDGER_LINES = 5_000


@dataclass(frozen=True)
class CheckTally:
    """How many versions passed a check, need a human or are blocked by it."""

    check: str
    passed: int
    needs_human: int
    blocked: int

    @property
    def versions(self) -> int:
        return self.passed + self.needs_human + self.blocked


@dataclass(frozen=True)
class RuleTally:
    """How often a rule found something: findings, the versions they are in, and the reasons given."""

    check: str
    rule_id: str
    rule: str
    verdict: str
    findings: int
    versions: int
    waived: int


@dataclass(frozen=True)
class FindingsAudit:
    """What the checks said over every version ever made, by check and by rule."""

    versions: int
    checks: tuple[CheckTally, ...]
    rules: tuple[RuleTally, ...]


@dataclass(frozen=True)
class Reach:
    """Who is in the personas of a build: the lines, and how many people they were compared with."""

    build_id: int
    base: int
    fewest: int
    lines: tuple[Representation, ...]


def consent(workspace: Workspace) -> tuple[ConsentCount, ...]:
    """Return for each purpose how many people may be used, and why the others may not."""
    with workspace.database.reading() as session:
        return tuple(consents.count(session, purpose) for purpose in PURPOSES)


def holdings(workspace: Workspace) -> Holdings:
    """Return how many people are known and how many identities are kept, sealed."""
    with workspace.database.reading() as session:
        return audits.holdings(session)


def ledger_kinds(workspace: Workspace) -> dict[str, int]:
    """Return how many lines of each kind the ledger has."""
    with workspace.database.reading() as session:
        return audits.ledger_kinds(session)


def ledger_lines(workspace: Workspace, kind: str | None = None, limit: int = LEDGER_LINES) -> list[LedgerLine]:
    """Return the ledger's newest lines first."""
    with workspace.database.reading() as session:
        return ledger.lines(session, kind, limit)


def verify_ledger(workspace: Workspace) -> LedgerReport:
    """Verify the ledger and what it vouches for, and say whether all is as it was written."""
    return proof.verify(workspace)


def findings(workspace: Workspace, campaign_id: int | None = None) -> FindingsAudit:
    """Count what the checks said, over every version of every draft."""
    with workspace.database.reading() as session:
        checked = audits.checks(session, campaign_id)
        decided = audits.decisions(session, campaign_id)
    verdicts = Counter((c.check, c.verdict) for c in checked)
    tallies = tuple(
        CheckTally(c, *(verdicts[c, v] for v in ("pass", "needs_human", "block")))
        for c in dict.fromkeys([*map(str, CheckName), *(c.check for c in checked)])
    )
    waived = Counter(rule for d in decided if d.verdict == "approve" for rule in d.waivers)
    return FindingsAudit(len({c.version_id for c in checked}), tallies, _by_rule(checked, waived))


def _by_rule(checked: list[CheckedVersion], waived: Counter[str]) -> tuple[RuleTally, ...]:
    """Count findings by rule and verdict, the most frequent first."""
    versions: dict[tuple[str, str, str], list[int]] = {}
    words: dict[str, str] = {}
    for one in checked:
        for finding in FINDING.read_all(one.findings):
            key = (one.check, finding.rule_id, finding.verdict.value)
            versions.setdefault(key, []).append(one.version_id)
            words[finding.rule_id] = finding.rule
    tallies = (
        RuleTally(check, rule_id, words[rule_id], verdict, len(where), len(set(where)), waived[rule_id])
        for (check, rule_id, verdict), where in versions.items()
    )
    return tuple(sorted(tallies, key=lambda t: (-t.findings, t.check, t.rule_id)))


def rules(search: str = "") -> tuple[RuleInfo, ...]:
    """Return the rules of every check whose words hold each word of the search."""
    words = search.casefold().split()
    return tuple(r for r in catalogue() if all(w in " ".join(map(str, vars(r).values())).casefold() for w in words))


def reach(workspace: Workspace, build_id: int | None = None) -> Reach | None:
    """Compare who is in each persona of a build (the newest one) with everybody who may be profiled.

    Returns None when no build has ended with personas.
    """
    with workspace.database.reading() as session:
        in_use = personas.listing(session, build_id)
        if not in_use:
            return None
        build_id = max(p.build_id for p in in_use)
        members = audits.members_of_build(session, build_id)
        people = audits.profiled_people(session)
    groups = {f"{p.name} ({p.id})": members.get(p.id, []) for p in in_use if p.build_id == build_id}
    fewest = workspace.settings.k_min_people
    lines = representation(_levels(people), groups, fewest=fewest)
    return Reach(build_id, len(people), fewest, lines)


def _levels(people: pd.DataFrame) -> pd.DataFrame:
    """Return age band and gender of each person as text."""
    age = pd.to_numeric(people["age"]).fillna(now().year - pd.to_numeric(people["birth_year"]))
    return pd.DataFrame({"Age": age.where(age < 110).map(age_band), "Gender": people["gender"]}, index=people.index)
