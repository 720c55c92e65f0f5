"""Audits and Reports as people meet them."""

import re

import pytest
import sqlalchemy as sa

from dashboard.services.review import deciding
from dashboard.services.review.deciding import QueueFilter
from db.tables import LedgerRow
from tests.dashboard.signed import COMMENT, FORMULA, SCRIPT, signed_workspace
from tests.pages.conftest import copy_in_use, texts


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return signed_workspace(tmp_path_factory.mktemp("signed") / "w")


@pytest.fixture
def signed(workspace, template, tmp_path):
    with copy_in_use(template, tmp_path / "signed") as opened:
        yield opened


def told(app):
    assert not app.exception
    assert not app.error
    return texts(app)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("Consent", "Nobody is here yet"),
        ("Ledger", "The ledger is empty"),
        ("Checks", "No post was checked yet"),
        ("Who is reached", "No personas yet"),
    ],
)
def test_an_empty_workspace_is_told_the_next_step(visit, view, words):
    assert words in told(visit("audits", view=view))


def test_consent_and_sealed_identities_are_counted(signed, visit):
    consent = visit("audits")
    assert "Finding groups: 120 of 120" in told(consent)
    assert "For 0 of them, a name" in told(consent)
    assert list(consent.dataframe[0].value["Never said"]) == [0, 0, 120, 120, 120]


def test_checks_are_counted_and_rules_searched(signed, visit):
    checks = visit("audits", view="Checks")
    assert "4 versions of posts went through all six checks." in told(checks)
    checks.text_input(key="rule_search").set_value("stock").run()
    assert "stock" in checks.dataframe[-1].value.to_string().lower()
    checks.text_input(key="rule_search").set_value("no such rule").run()
    assert "No rule holds these words." in told(checks)


def test_who_is_reached_is_told_without_small_counts(signed, visit):
    reach = visit("audits", view="Who is reached")
    assert "against 120 people who may be profiled" in told(reach)
    assert "below 10 are not shown" in told(reach)
    assert {"Level", "Everybody", "Verdict"} <= set(reach.dataframe[0].value)
    few = [row for row in reach.dataframe[0].value.to_dict("records") if row["People"].startswith("fewer")]
    assert all(row["In this persona"].startswith("under") for row in few)


def test_a_report_is_shown_with_hostile_names_as_text(signed, visit):
    report = visit("reports")
    approved = next(v for v in deciding.queue(signed, QueueFilter(states=("approved",))))
    assert "4 drafts; a human approved 1 of them as they stand." in told(report)
    assert approved.content_hash in told(report)
    assert all(SCRIPT not in e.proto.body and "<img" not in e.proto.body for e in report.get("html"))
    everything = "\n".join(frame.value.to_string() for frame in report.dataframe)
    assert COMMENT in everything
    assert FORMULA in everything
    links = "".join(e.proto.body for e in report.get("html") if "dp-download" in e.proto.body)
    assert re.findall(r'href="([^"]*)" download>([^<]*)<', links) == [
        ("/reports-of/1.html", "Download the page (HTML)"),
        ("/reports-of/1.xlsx", "Download the workbook (XLSX)"),
    ]


def test_the_ledger_is_verified_and_filtered_and_a_change_is_told(signed, visit):
    app = visit("audits", view="Ledger")
    next(b for b in app.button if b.label == "Verify the ledger").click().run()
    assert "lines are as they were written." in told(app)
    app.selectbox(key="kind").set_value("export").run()
    assert list(app.dataframe[0].value["Kind"]) == ["export"]
    with signed.database.engine.begin() as connection:
        for name in connection.execute(sa.text("select name from sqlite_master where type='trigger'")).scalars().all():
            connection.execute(sa.text(f'drop trigger "{name}"'))
        connection.execute(sa.update(LedgerRow).where(LedgerRow.sequence == 2).values(actor="Mallory"))
    next(b for b in app.button if b.label == "Verify the ledger").click().run()
    assert [e.value for e in app.error] == ["Line 2 is not as it was written."]


def test_without_a_campaign_reports_point_at_studio(visit):
    assert "No campaign yet" in told(visit("reports"))


def test_a_person_is_looked_up_and_erased_after_a_second_thought(signed, visit):
    page = visit("audits", view="One person")
    page.text_input(key="whom").set_value("C7")
    page.button[0].click().run()
    assert "Held: 1 profile, 1 review, 1 persona built with them among others." in told(page)
    erase = next(b for b in page.button if b.label == "Erase this person")
    assert erase.disabled
    page.checkbox[0].check().run()
    next(b for b in page.button if b.label == "Erase this person").click().run()
    assert "Erased. Removed: 1 profile, 1 review" in told(page)
    assert "C7" not in str(page.query_params)
    page.text_input(key="whom").set_value("C7")
    page.button[0].click().run()
    assert "Nobody goes by that" in told(page)
