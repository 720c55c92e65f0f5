"""Who wrote, and who still consents: every author of a post, and nobody who withdrew, counts."""

from dataclasses import replace

import pytest

from analytics.kept import BuildOrder
from dashboard.services.audits import erasure
from dashboard.services.data import catalogue
from dashboard.services.people import LOCAL_USER, User
from dashboard.services.personas import building
from dashboard.services.review import deciding
from dashboard.services.review.deciding import ReviewError, Seen
from dashboard.services.studio import campaigns
from engine.creator.orders import CampaignError, CampaignOrder
from tests.dashboard.conftest import PRODUCTS, InPlace, reviews_csv
from tests.dashboard.signed import PEOPLE

ANN, BEN, ROSA = User("Ann", "admin"), User("Ben", "admin"), User("Rosa", "reviewer")


def campaign(workspace, bring_in, **values):
    bring_in(PRODUCTS, "products", name="p.csv")
    product = next(p for p in catalogue.listing(workspace) if p.key == "P1")
    return CampaignOrder("Autumn", "sales", (product.id,), ("x",), link="https://shop.example.org/a", **values)


def test_whoever_wrote_any_version_of_a_post_does_not_approve_it(workspace, bring_in):
    bring_in(reviews_csv(30), "reviews", name="r.csv")
    order = campaign(workspace, bring_in, variants=1)
    campaign_id = campaigns.record(workspace, LOCAL_USER, order)
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": campaign_id})
    team = replace(workspace, settings=workspace.settings.model_copy(update={"mode": "team"}))
    first = deciding.item(team, campaigns.drafts(team, campaign_id)[0].id)
    by_ann = campaigns.edit(team, ANN, first.version.id, {"text": first.content.text + " Really."})
    by_ben = campaigns.edit(team, BEN, by_ann, {"text": first.content.text + " Truly."})
    newest = deciding.item(team, by_ben)
    seen = Seen(newest.version.content_hash, newest.version.sequence)
    for author in (LOCAL_USER, ANN, BEN):
        with pytest.raises(ReviewError, match="You wrote a version of this post"):
            deciding.decide(team, User(author.name, "admin"), by_ben, seen, "approve")
    deciding.decide(team, ROSA, by_ben, seen, "approve")


@pytest.mark.parametrize(("short", "enough"), [(0, True), (1, False)])
def test_people_who_are_gone_do_not_count_towards_the_fewest(workspace, bring_in, short, enough):
    bring_in(PEOPLE, "profiles", name="people.csv")
    build_id = building.record(workspace, LOCAL_USER, BuildOrder(basis="profiles"))
    building.run_build(workspace, InPlace(), {"build_id": build_id})
    [found] = erasure.find(workspace, LOCAL_USER, "C7")
    erasure.erase(workspace, LOCAL_USER, found.pseudonym)
    [persona] = [p for p in building.listing(workspace) if p.lost_members]
    assert (persona.size, persona.members, persona.lost_members) == (60, 59, 1)
    fewest = persona.size - 1 + short
    strict = replace(workspace, settings=workspace.settings.model_copy(update={"k_min_people": fewest}))
    order = campaign(workspace, bring_in, persona_ids=(persona.id,))
    if enough:
        assert campaigns.record(strict, LOCAL_USER, order)
    else:
        with pytest.raises(CampaignError, match="describes too few people who consent"):
            campaigns.record(strict, LOCAL_USER, order)
