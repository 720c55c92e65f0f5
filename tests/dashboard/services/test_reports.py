"""Campaign reports: everything that happened, and the way back from each post that left."""

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from dashboard.services.audits import tallies
from dashboard.services.people import LOCAL_USER
from dashboard.services.personas import building
from dashboard.services.reports import building as reports
from dashboard.services.reports import parts as report_parts
from dashboard.services.reports.building import ReportError
from dashboard.services.review import deciding
from dashboard.services.review.deciding import QueueFilter
from dashboard.services.studio import campaigns
from db.errors import StoreError
from db.repositories import audits as kept_audits
from db.repositories import workspaces
from db.tables import EffectRow, InterventionRow
from engine.kept import BRIEF
from tests.dashboard.signed import COMMENT, FORMULA, SCRIPT, copy_of, signed_workspace


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    opened = signed_workspace(tmp_path_factory.mktemp("reports") / "w")
    yield opened
    opened.database.engine.dispose()


@pytest.fixture(scope="module")
def report(signed):
    return reports.campaign_report(signed, LOCAL_USER, 1)


def section(report, title):
    return next(s for s in report.sections if s.title == title)


def exported_version(workspace):
    return next(v for v in deciding.queue(workspace, QueueFilter(states=("approved",))))


def test_the_brief_says_what_was_asked(report):
    asked = dict(section(report, "The brief").tables[0].rows)
    assert (asked["Objective"], asked["Products"], asked["Channels"]) == ("sales", "Alder Rain Jacket", "X")
    assert asked["Personas"] == FORMULA


def test_a_persona_has_its_share_with_interval_and_confidence(signed, report):
    card = building.card_of(building.listing(signed)[0])
    row = section(report, "Personas").tables[0].rows[0]
    assert row[3] == f"{100 * card.share:.1f}% [{100 * card.share_low:.1f}, {100 * card.share_high:.1f}]"
    assert row[4] == card.confidence
    assert row[2] == building.listing(signed)[0].members


def test_drafts_are_counted_by_channel_and_state(report):
    drafts = section(report, "Drafts")
    row = dict(zip(drafts.tables[0].columns, drafts.tables[0].rows[0], strict=True))
    assert (row["Channel"], row["Approved"], row["Rejected"], row["All"]) == ("X", 1, 1, 4)
    assert "4 drafts; a human approved 1" in drafts.sentences[0]


def test_decisions_name_who_when_and_which_content(signed, report):
    rows = section(report, "Decisions").tables[0].rows
    assert [r[3] for r in rows] == ["approved", "rejected"]
    assert {r[4] for r in rows} == {"You"}
    assert rows[0][7] == exported_version(signed).content_hash
    assert rows[1][6] == COMMENT


def test_each_export_is_listed_with_its_hash(report):
    rows = section(report, "Exports").tables[0].rows
    assert len(rows) == 1
    assert rows[0][3] == 1
    assert len(rows[0][4]) == 64


def test_a_post_is_walked_back_to_its_evidence(signed, report):
    version = exported_version(signed)
    (trail,) = report.trails
    steps = [(s.what, s.says) for s in trail.steps]
    told = dict(steps)
    assert told["Content hash"] == version.content_hash
    assert told["Approved"].endswith("by You, for exactly this content.")
    assert told["Checks"].count("pass") == 6
    assert told["Persona"].startswith(f"{FORMULA}, version 2.")
    parts = [says for what, says in steps if what.startswith("Rests on")]
    assert len(parts) == len(version.parts)
    used = {i for p in version.parts for i in p["evidence_ids"]}
    themes = [e for e in BRIEF.read(version.brief).evidence if e.id in used]
    for theme in themes:
        assert any(f"“{theme.text}”, {theme.support} of {theme.of_people} reviewers" in says for says in parts)


def test_an_approval_of_another_content_does_not_count(signed):
    with signed.database.reading() as session:
        decided = tuple(replace(d, content_hash="0" * 64) for d in kept_audits.decisions(session, 1))
        item = kept_audits.exported(session, 1)[0]
    steps = report_parts._approval(decided, item)
    assert "No approval of exactly this content" in steps[0].says


def test_an_effect_is_told_with_method_and_doubts(signed, tmp_path):
    opened = copy_of(signed, tmp_path / "w")
    assert "nothing is said of one" in section(reports.campaign_report(opened, LOCAL_USER, 1), "Effects").sentences[0]
    kept = {
        "metric": "clicks",
        "on": "2026-09-01",
        "verdict": "a rise",
        "sentence": "Clicks rose by 4% [1, 7].",
        "could_be_wrong": ["A sale ran as well."],
        "effect": {"method": "segmented regression", "n_before": 60, "n_after": 30},
    }
    with opened.database.writing() as session:
        change = InterventionRow(name="Autumn", on=date(2026, 9, 1), campaign_id=1)
        session.add(change)
        session.flush()
        session.add(EffectRow(intervention_id=change.id, metric="clicks", settings={}, result=kept, author="You"))
    row = section(reports.campaign_report(opened, LOCAL_USER, 1), "Effects").tables[0].rows[0]
    assert row[4:7] == (
        "Clicks rose by 4% [1, 7].",
        "segmented regression; 60 periods before, 30 after",
        "A sale ran as well.",
    )


def test_hostile_names_stay_text_in_both_forms(report):
    page = reports.written(report, ".html").decode()
    assert SCRIPT not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<img" not in page
    book = openpyxl.load_workbook(io.BytesIO(reports.written(report, ".xlsx")))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]
    assert not [c.value for c in cells if c.data_type == "f" or c.value.startswith(("=", "@", "+", "-"))]
    assert f"'{FORMULA}" in {c.value for c in cells}


def test_the_demo_is_labelled_in_its_reports(signed, tmp_path):
    opened = copy_of(signed, tmp_path / "w")
    assert reports.campaign_report(opened, LOCAL_USER, 1).banner == ""
    with opened.database.writing() as session:
        workspaces.mark(session, demo=True)
    assert "invented" in reports.written(reports.campaign_report(opened, LOCAL_USER, 1), ".html").decode()


def test_a_later_version_leaves_the_trail_of_what_left(signed, tmp_path):
    opened = copy_of(signed, tmp_path / "w")
    version = exported_version(opened)
    campaigns.edit(opened, LOCAL_USER, version.id, {"text": "The Alder Rain Jacket: deep side pockets."})
    found = reports.campaign_report(opened, LOCAL_USER, 1)
    assert {s.what: s.says for s in found.trails[0].steps}["Content hash"] == version.content_hash
    assert "a human approved 0" in section(found, "Drafts").sentences[0]
    assert tallies.findings(opened, 1).versions == 5


def test_another_kind_of_file_and_an_unknown_campaign_are_refused(signed, report, tmp_path):
    with pytest.raises(ReportError, match=r"\.html or \.xlsx"):
        reports.write(report, tmp_path / "report.doc")
    assert not (tmp_path / "report.doc").exists()
    with pytest.raises(StoreError, match="no campaign number 99"):
        reports.campaign_report(signed, LOCAL_USER, 99)
