"""What is no longer so shows in Studio, in Review and where posts leave; the ledger is verified in Settings."""

import pytest

from dashboard.services.audits import proof
from dashboard.services.data import catalogue
from dashboard.services.people import LOCAL_USER
from dashboard.services.review import deciding
from dashboard.services.review.deciding import Seen
from dashboard.services.studio import campaigns
from dashboard.services.studio.campaigns import CampaignOrder
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from tests.dashboard.conftest import PRODUCTS, InPlace
from tests.dashboard.signed import bring_in
from tests.pages.conftest import copy_in_use, texts

CLAUSE = "the price was €89 and is now not kept"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One approved and one open post that state the price, of which the fact is gone."""
    workspace = open_workspace(Settings(workspace=tmp_path_factory.mktemp("now") / "w", demo=False))
    bring_in(workspace, "products.csv", PRODUCTS, "products")
    product = next(p for p in catalogue.listing(workspace) if p.key == "P1")
    order = CampaignOrder("Coats", "sales", (product.id,), ("x",), variants=2)
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": campaigns.record(workspace, LOCAL_USER, order)})
    for number, draft in enumerate(campaigns.drafts(workspace, 1)):
        version = campaigns.edit(workspace, LOCAL_USER, draft.id, {"text": "The Alder Rain Jacket: now €89."})
        if number:
            digest = deciding.item(workspace, version).version.content_hash
            deciding.decide(workspace, LOCAL_USER, version, Seen(digest, 0), "approve")
    for fact in product.facts:
        if fact.kind in ("price", "was_price"):
            catalogue.remove_fact(workspace, LOCAL_USER, fact.id)
    yield workspace
    workspace.database.engine.dispose()


@pytest.fixture
def workspace(made, tmp_path):
    with copy_in_use(made, tmp_path / "shop") as opened:
        yield opened


def test_studio_marks_each_draft_that_rests_on_it(visit):
    assert texts(visit("studio")).count(CLAUSE) == 2


def test_review_says_it_and_offers_no_approval(visit):
    app = visit("review")
    assert CLAUSE in texts(app)
    assert next(b for b in app.button if b.label == "Approve").disabled


def test_the_list_of_what_can_leave_says_what_stays_and_why(visit):
    app = visit("review", view="Export")
    said = texts(app)
    assert "0 approved posts can leave" in said
    assert CLAUSE in said
    assert next(b for b in app.button if b.label == "Pack them").disabled


def test_settings_verify_against_a_head_that_was_kept_elsewhere(visit, workspace):
    older = proof.anchor(workspace).to_json()

    def verified(pasted):
        app = visit("settings", view="Workspace")
        next(a for a in app.text_area if "kept elsewhere" in a.label).set_value(pasted).run()
        app = next(b for b in app.button if b.label == "Verify the ledger").click().run()
        return texts(app)

    assert "Decisions, exports and pictures fit them" in verified(older)
    assert "is no head of a ledger" in verified("{}")
    assert "was not signed with this workspace's key" in verified(older.replace('"sequence": ', '"sequence": 9'))
    app = visit("settings", view="Workspace")
    app = next(b for b in app.button if b.label == "Show the head to keep elsewhere").click().run()
    assert app.code[0].value.strip() == older.strip()
