"""Checks whose rules changed since, and deep checks: nobody approves or exports on an old verdict."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from dashboard.cli import app as command_line
from dashboard.jobs.kinds import KINDS, function
from dashboard.services.audits import tallies
from dashboard.services.people import LOCAL_USER, NotAllowedError, User
from dashboard.services.review import deciding, exporting
from dashboard.services.review.deciding import ReviewError, Seen
from dashboard.services.review.exporting import ExportError
from dashboard.services.studio import campaigns, checks
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from engine.creator.orders import CampaignOrder
from engine.fidelity import CHECKS
from engine.fidelity.wording import bias
from tests.dashboard.conftest import PRODUCTS, InPlace, asked, reviews_csv
from tests.dashboard.signed import bring_in, copy_of
from tests.engine.fidelity.test_register import NEWS, SecondLook

REVIEWER = User("Rosa", "reviewer")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three drafts of one product."""
    opened = open_workspace(Settings(workspace=tmp_path_factory.mktemp("checks") / "w", demo=False))
    bring_in(opened, "products.csv", PRODUCTS, "products")
    bring_in(opened, "reviews.csv", reviews_csv(30), "reviews")
    number = campaigns.record(opened, LOCAL_USER, CampaignOrder("Coats", "sales", (1,), ("x",), variants=3))
    campaigns.run_campaign(opened, InPlace(), {"campaign_id": number})
    yield opened
    opened.database.engine.dispose()


@pytest.fixture
def workspace(made, tmp_path):
    opened = copy_of(made, tmp_path / "shop")
    yield opened
    opened.database.engine.dispose()


@pytest.fixture
def queued(monkeypatch):
    """The jobs that were asked for, by kind and parameters."""
    found = []

    def enqueue(_workspace, kind, _title, params, _author):
        found.append((kind, params))
        return f"{kind}-1"

    monkeypatch.setattr(checks.jobs, "enqueue", enqueue)
    return found


@pytest.fixture
def deep(monkeypatch):
    monkeypatch.setitem(CHECKS.entries, SecondLook.name, SecondLook())


def newest(workspace):
    return [deciding.item(workspace, v.id) for v in campaigns.drafts(workspace, 1)]


def approve(workspace, item):
    seen = Seen(item.version.content_hash, item.version.sequence)
    return deciding.decide(workspace, REVIEWER, item.version.id, seen, "approve")


def stricter(monkeypatch, *, finds):
    """Let the rules of the bias check be others from now on; they find the first word, or nothing."""

    def rules(content, context):
        from engine.fidelity.places import places

        place = next(places(content))
        return [NEWS.at(place, 0, 1, verdict=finds)] if finds else []

    monkeypatch.setitem(CHECKS.entries, "bias", replace(CHECKS["bias"], rules=rules))


def job(workspace, version_ids):
    return function(KINDS["checks"].run)(workspace, InPlace(), {"version_ids": version_ids})


def test_fresh_drafts_are_up_to_date(workspace):
    found = newest(workspace)
    assert [item.out_of_date for item in found] == [()] * 3
    assert checks.out_of_date_versions(workspace, [i.version.id for i in found]) == []
    assert {c.name: c.digest for c in found[0].checks} == {c.name: c.digest for c in CHECKS}


def test_a_changed_rule_stops_approving_until_the_post_was_checked_again(workspace, monkeypatch):
    first, *others = newest(workspace)
    stricter(monkeypatch, finds="block")
    first = deciding.item(workspace, first.version.id)
    assert first.out_of_date == ("bias",)
    with pytest.raises(ReviewError, match=r"rules changed since this post was checked.*\(bias\)"):
        approve(workspace, first)
    assert list(deciding.approve_all_without_findings(workspace, REVIEWER, [first.version.id]).refused) == [
        first.version.id
    ]
    assert checks.check_again(workspace, REVIEWER, [first.version.id]) is None
    again = deciding.item(workspace, first.version.id)
    assert (again.out_of_date, again.version.state) == ((), "blocked")
    assert [f.rule_id for f in again.blocking] == ["truth.news"]
    assert len(again.checks) == 6
    assert deciding.item(workspace, others[0].version.id).version.verdict == others[0].version.verdict


def test_export_runs_what_is_out_of_date_again_and_keeps_it(workspace, monkeypatch):
    first = newest(workspace)[0]
    approve(workspace, first)
    stricter(monkeypatch, finds=None)
    package = exporting.export(workspace, LOCAL_USER, [first.version.id])
    item = json.loads(zipfile.ZipFile(io.BytesIO(workspace.files.read(package.sha256))).read("manifest.json"))["items"][
        0
    ]
    assert item["check_digests"] == {c.name: c.digest for c in CHECKS}
    assert item["checks"] == dict.fromkeys(item["check_digests"], "pass")
    assert deciding.item(workspace, first.version.id).out_of_date == ()


@pytest.mark.parametrize(("finds", "why"), [("block", "blocks it now"), ("needs_human", "asks a person for a reason")])
def test_what_a_changed_rule_finds_does_not_leave(workspace, monkeypatch, finds, why):
    first = newest(workspace)[0]
    approve(workspace, first)
    stricter(monkeypatch, finds=finds)
    with pytest.raises(ExportError, match=f"{why}.*No news"):
        exporting.export(workspace, LOCAL_USER, [first.version.id])
    assert deciding.item(workspace, first.version.id).version.verdict == finds


def test_verdicts_from_before_digests_were_kept_are_out_of_date(workspace):
    with workspace.database.writing() as session:
        session.connection().execute(sa.text("UPDATE fidelity_check SET digest = ''"))
    assert {item.out_of_date for item in newest(workspace)} == {tuple(CHECKS.entries)}


def test_deep_checks_of_a_campaign_are_part_of_its_job(workspace, deep):
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": 1})
    found = newest(workspace)
    assert [item.out_of_date for item in found] == [()] * 3
    assert all(SecondLook.name in {c.name for c in item.checks} for item in found)
    audit = {t.check: t.passed for t in tallies.findings(workspace).checks}
    assert audit[SecondLook.name] == 3


def test_an_edit_has_its_deep_checks_done_by_a_job(workspace, deep, queued):
    version_id = campaigns.edit(
        workspace, LOCAL_USER, newest(workspace)[0].version.id, {"text": "Alder Rain Jacket news."}
    )
    assert queued == [("checks", {"version_ids": [version_id]})]
    waiting = deciding.item(workspace, version_id)
    assert waiting.out_of_date == (SecondLook.name,)
    with pytest.raises(ReviewError, match="has yet to look at it"):
        approve(workspace, waiting)
    assert job(workspace, [version_id]) == {"versions": 1}
    done = deciding.item(workspace, version_id)
    assert done.out_of_date == ()
    assert [f.rule_id for f in done.waivable] == ["truth.news"]
    assert len(done.checks) == 7


def test_nothing_leaves_before_a_new_deep_check_has_looked(workspace, monkeypatch, queued):
    first = newest(workspace)[0]
    approve(workspace, first)
    monkeypatch.setitem(CHECKS.entries, SecondLook.name, SecondLook())
    with pytest.raises(ExportError, match="second-look looks at it again now"):
        exporting.export(workspace, LOCAL_USER, [first.version.id])
    assert queued == [("checks", {"version_ids": [first.version.id]})]
    job(workspace, [first.version.id])
    assert exporting.export(workspace, LOCAL_USER, [first.version.id]).manifest.items[0].checks[SecondLook.name]


def test_a_job_that_is_run_twice_looks_once(workspace, deep, monkeypatch):
    version_id = newest(workspace)[0].version.id
    job(workspace, [version_id])
    monkeypatch.setattr(SecondLook, "find", None)
    job(workspace, [version_id])


def test_a_job_that_ended_early_says_how_many_posts_were_checked(workspace, deep):
    ids = [item.version.id for item in newest(workspace)]
    job(workspace, ids[:2])
    record = asked(workspace, "checks", {"version_ids": ids})
    assert function(KINDS["checks"].tidy)(workspace, record, "cancelled", None).startswith("2 of 3 posts were checked")


def test_the_result_of_a_check_that_is_no_more_goes_when_the_post_is_checked_again(workspace, monkeypatch):
    version_id = newest(workspace)[0].version.id
    with monkeypatch.context() as patch:
        patch.setitem(CHECKS.entries, SecondLook.name, SecondLook())
        job(workspace, [version_id])
    checks.check_again(workspace, LOCAL_USER, [version_id])
    assert {c.name for c in deciding.item(workspace, version_id).checks} == set(CHECKS.entries)


def test_who_may_neither_edit_nor_review_has_nothing_checked(workspace):
    with pytest.raises(NotAllowedError, match="viewer"):
        checks.check_again(workspace, User("Vera", "viewer"), [1])


def test_the_command_says_what_is_out_of_date_and_checks_it_again(workspace, monkeypatch):
    def run(*arguments):
        done = CliRunner().invoke(command_line, ["--workspace", str(workspace.folder), *arguments])
        assert done.exit_code == 0, done.output
        return done.output

    assert "checked again" not in run("review", "queue")
    stricter(monkeypatch, finds="block")
    first = newest(workspace)[0].version.id
    assert "3 of them must be checked again" in run("review", "queue")
    assert "To be checked again (digital-persona review check): bias" in run("review", "show", str(first))
    assert json.loads(run("--json", "review", "show", str(first)))["out_of_date"] == ["bias"]
    assert run("review", "check").startswith("3 of 3 posts were checked again; 3 are blocked.")
    assert run("review", "check").startswith("0 of 3 posts were checked again; 0 are blocked.")


def test_the_rules_that_decide_here_are_those_of_the_product():
    assert CHECKS["bias"].rules is bias
