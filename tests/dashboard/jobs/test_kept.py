"""What a job that was cancelled says it kept is what was kept, kind by kind; and jobs hold nobody's data."""

import pytest

from dashboard.services.data import catalogue, imports
from dashboard.services.demo import filling
from dashboard.services.people import LOCAL_USER
from dashboard.services.personas import building
from dashboard.services.studio import campaigns
from dashboard.services.tasks import JobCancelledError
from engine.creator.orders import CampaignOrder
from tests.dashboard.conftest import PRODUCTS, InPlace, asked, reviews_csv


def test_a_campaign_says_how_many_drafts_stay(workspace, bring_in):
    bring_in(PRODUCTS, "products", name="p.csv")
    ids = tuple(p.id for p in catalogue.listing(workspace))
    order = CampaignOrder("Autumn", "sales", ids, ("x", "instagram"), variants=3, thumbnails=False)
    params = {"campaign_id": campaigns.record(workspace, LOCAL_USER, order)}
    job = asked(workspace, "campaign", params)
    assert campaigns.tidy_campaign(workspace, job, "cancelled", None) == "0 of 12 drafts were made and kept."
    with pytest.raises(JobCancelledError):
        campaigns.run_campaign(workspace, InPlace(cancel_after=2), params)
    assert campaigns.tidy_campaign(workspace, job, "cancelled", None) == "6 of 12 drafts were made and kept."
    assert len(campaigns.drafts(workspace, params["campaign_id"])) == 6


def test_a_build_says_that_no_persona_was_made(workspace, bring_in):
    bring_in("customer_id,plan\n" + "".join(f"C{i},{'ab'[i % 2]}\n" for i in range(60)), "profiles")
    build_id = building.record(workspace, LOCAL_USER)
    job = asked(workspace, "personas", {"build_id": build_id})
    assert building.tidy_build(workspace, job, "cancelled", None) == "No persona was made."
    assert building.builds(workspace)[0].state == "cancelled"


def test_an_import_that_had_ended_says_that_its_rows_stay(workspace, bring_in):
    record = bring_in(reviews_csv(20), "reviews")
    job = asked(workspace, "import", {"import_id": record.id, "path": "/nowhere"})
    assert "its 20 rows were kept" in imports.tidy_import(workspace, job, "cancelled", None)
    assert imports.contents(workspace).reviews == 20
    assert imports.listing(workspace)[0].state == "done"


def test_the_demo_says_what_is_there_and_leaves_no_half_file(workspace):
    task = InPlace(cancel_after=4)
    with pytest.raises(JobCancelledError):
        filling.run_filling(workspace, task, {"seed": 7})
    said = filling.tidy_filling(workspace, asked(workspace, "demo", {"seed": 7}), "cancelled", None)
    states = [record.state for record in imports.listing(workspace)]
    assert set(states) == {"done", "cancelled"}
    assert said == f"Of the demo {states.count('done')} of 6 files, 0 personas and 0 drafts were made and kept."
