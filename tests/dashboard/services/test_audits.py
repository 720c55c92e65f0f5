"""Audits over a small workspace in which everything happened once."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from dashboard.services.audits import tallies
from dashboard.services.data.imports import Consent
from dashboard.services.people import LOCAL_USER
from dashboard.services.personas import building
from dashboard.services.review import deciding
from dashboard.services.review.deciding import QueueFilter, Seen
from dashboard.services.studio import campaigns
from db.repositories.consents import PURPOSES
from db.tables import LedgerRow
from engine.content import CheckName
from tests.dashboard.signed import MEN, WOMEN, bring_in, copy_of, signed_workspace

ROOT = Path(__file__).resolve().parents[3]
CONSENTS = "customer_id,purpose,action,at\nC0,profiling,withdraw,2026-02-01\nC1,profiling,grant,2026-02-01\n"


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    opened = signed_workspace(tmp_path_factory.mktemp("audits") / "w")
    yield opened
    opened.database.engine.dispose()


def test_consent_is_counted_for_every_purpose(signed):
    found = {c.purpose: c for c in tallies.consent(signed)}
    assert set(found) == set(PURPOSES)
    assert (found["profiling"].people, found["profiling"].allowed, found["profiling"].by_statement) == (120, 120, 120)
    assert (found["survey"].allowed, found["survey"].unknown) == (0, 120)


def test_counts_of_one_purpose_add_up_to_everybody(signed):
    for c in tallies.consent(signed):
        assert c.by_own_word + c.by_statement + c.refused + c.expired + c.unknown == c.people
        assert c.by_own_word + c.by_statement == c.allowed


def test_a_workspace_without_identities_claims_none(signed):
    assert vars(tallies.holdings(signed)) == {"people": 120, "identities": 0}


def test_identities_are_counted_once_they_are_kept(workspace):
    bring_in(workspace, "people.csv", "customer_id,name,age\nC1,Ada Quill,30\nC2,,31\n", "profiles")
    assert vars(tallies.holdings(workspace)) == {"people": 2, "identities": 1}


def test_the_ledger_is_read_by_kind_and_verified(signed):
    kinds = tallies.ledger_kinds(signed)
    assert (kinds["decision"], kinds["export"]) == (2, 1)
    lines = tallies.ledger_lines(signed, "decision")
    assert {line.kind for line in lines} == {"decision"}
    assert lines[0].sequence > lines[1].sequence
    report = tallies.verify_ledger(signed)
    assert report.intact
    assert report.lines == sum(kinds.values())


def test_an_altered_ledger_is_found(signed, tmp_path):
    opened = copy_of(signed, tmp_path / "w")
    with opened.database.engine.begin() as connection:
        for name in connection.execute(sa.text("select name from sqlite_master where type='trigger'")).scalars().all():
            connection.execute(sa.text(f'drop trigger "{name}"'))
        connection.execute(sa.update(LedgerRow).where(LedgerRow.kind == "decision").values(actor="Mallory"))
    report = tallies.verify_ledger(opened)
    assert not report.intact
    assert "not as it was written" in report.problem


def test_every_check_is_counted_over_every_version(signed):
    found = tallies.findings(signed)
    assert {c.check for c in found.checks} == set(map(str, CheckName))
    assert {c.versions for c in found.checks} == {found.versions} == {4}


def test_findings_and_the_reasons_given_are_counted_by_rule(signed, tmp_path):
    opened = copy_of(signed, tmp_path / "w")
    version = deciding.queue(opened, QueueFilter())[0]
    new = campaigns.edit(opened, LOCAL_USER, version.id, {"text": "The best jacket in the world. A damn fine one."})
    item = deciding.item(opened, new)
    assert item.waivable
    reasons = {f.rule_id: "A joke of ours." for f in item.waivable}
    found = {(t.rule_id, t.verdict): t for t in tallies.findings(opened).rules}
    for finding in item.findings:
        tally = found[finding.rule_id, finding.verdict.value]
        assert tally.findings >= tally.versions >= 1
        assert tally.waived == 0
    if not item.blocking:
        deciding.decide(opened, LOCAL_USER, new, Seen(item.version.content_hash, 0), "approve", waivers=reasons)
        assert {t.waived for t in tallies.findings(opened).rules if t.rule_id in reasons} == {1}
    assert tallies.findings(opened).versions == 5
    assert tallies.findings(opened, campaign_id=999).versions == 0


def test_the_rules_are_searched_by_every_word():
    everything = tallies.rules()
    some = tallies.rules("Price was")
    assert 0 < len(some) < len(everything)
    assert all("price" in str(vars(r)).lower() and "was" in str(vars(r)).lower() for r in some)
    assert tallies.rules("no rule says this") == ()


def test_reach_compares_each_persona_with_everybody(signed):
    found = tallies.reach(signed)
    assert found.base == MEN + WOMEN
    genders = {line.level: line for line in found.lines if line.attribute == "Gender"}
    assert genders["female"].base_share == pytest.approx(WOMEN / (MEN + WOMEN))
    for group in {line.group for line in found.lines}:
        mine = [line for line in found.lines if line.group == group and line.attribute == "Gender"]
        assert sum(line.hits for line in mine) == mine[0].n
    # Ages are 25-29 and 55-59, the personas are split by them, so each has only one band.
    assert {line.verdict for line in found.lines if line.attribute == "Age"} == {"more", "fewer"}


def test_reach_counts_nobody_who_withdrew(signed, tmp_path):
    opened = copy_of(signed, tmp_path / "w")
    before = tallies.reach(opened)
    bring_in(opened, "consents.csv", CONSENTS, "consents", Consent())
    after = tallies.reach(opened)
    assert after.base == before.base - 1
    assert tallies.consent(opened)[0].refused == 1


def test_without_personas_there_is_nothing_to_compare(workspace):
    assert tallies.reach(workspace) is None
    assert building.listing(workspace) == []


def test_the_use_cases_need_no_heavy_library():
    code = (
        "import sys, dashboard.services.audits, dashboard.services.reports\n"
        "print([m for m in ('scipy', 'statsmodels', 'sklearn', 'torch', 'streamlit') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
