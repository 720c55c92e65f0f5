"""Tables for schedulers: one a channel, a link once and only where the channel has one, no day that is over."""

import io
import zipfile
from datetime import date, timedelta

import pandas as pd
import pytest

from dashboard.services.data import catalogue
from dashboard.services.people import LOCAL_USER
from dashboard.services.review import deciding, exporting
from dashboard.services.review.deciding import Seen
from dashboard.services.studio import campaigns
from dashboard.services.studio.campaigns import CampaignOrder
from engine.channels import channels
from tests.dashboard.conftest import PRODUCTS, InPlace, reviews_csv

LINK = "https://shop.example.org/coats"
TODAY = date.today()


@pytest.fixture
def packed(workspace, bring_in):
    """Return how to export one post on each channel, as the tables of the ZIP."""
    bring_in(PRODUCTS, "products", name="p.csv")
    bring_in(reviews_csv(30), "reviews", name="r.csv")
    product = next(p for p in catalogue.listing(workspace) if p.key == "P1")

    def run(*places, text=None, **dates):
        order = CampaignOrder("Autumn", "traffic", (product.id,), places, variants=2, link=LINK, **dates)
        campaign_id = campaigns.record(workspace, LOCAL_USER, order)
        campaigns.run_campaign(workspace, InPlace(), {"campaign_id": campaign_id})
        ready = []
        for draft in campaigns.drafts(workspace, campaign_id):
            number = draft.id
            if text is not None:
                number = campaigns.edit(workspace, LOCAL_USER, number, {"text": f"{text} {number}"})
            shown = deciding.item(workspace, number)
            reasons = {f.rule_id: "It is so." for f in shown.waivable}
            seen = Seen(shown.version.content_hash, 0)
            deciding.decide(workspace, LOCAL_USER, number, seen, "approve", waivers=reasons)
            ready.append(number)
        package = exporting.export(workspace, LOCAL_USER, ready)
        archive = zipfile.ZipFile(io.BytesIO(workspace.files.read(package.sha256)))
        names = [n for n in archive.namelist() if n.endswith(".csv")]
        return {n: pd.read_csv(io.BytesIO(archive.read(n)), keep_default_na=False) for n in names}

    return run


def test_each_channel_has_its_own_tables(packed):
    places = tuple(channels())
    tables = packed(*places)
    for kind in ("date-message-link", "text-image-time"):
        mine = {n for n in tables if n.startswith(f"schedule-{kind}")}
        assert mine == {f"schedule-{kind}-{place}.csv" for place in places}
        assert all(len(tables[name]) == 2 for name in mine)
    for place in places:
        assert set(tables[f"schedule-text-image-time-{place}.csv"]["Channel"]) == {place}


def test_a_link_is_in_the_message_or_beside_it_and_only_where_the_channel_has_one(packed):
    tables = packed(*channels())
    for place in channels().values():
        rows = tables[f"schedule-date-message-link-{place.id}.csv"]
        inside, beside = rows["Message"].str.count("https://"), rows["Link"].str.count("https://")
        wanted = {"in_text": (1, 0), "own_field": (0, 1), "bio": (0, 0)}[place.link_policy]
        assert [*zip(inside, beside, strict=True)] == [wanted, wanted], place.id
    posts = tables["posts.csv"]
    assert ((posts["text"] + " " + posts["link"]).str.count("https://") <= 1).all()


def test_a_link_that_somebody_typed_into_the_text_is_not_put_beside_it_too(packed):
    place = next(c.id for c in channels().values() if c.link_policy == "own_field")
    full = packed(place)[f"schedule-date-message-link-{place}.csv"]["Link"][0]
    rows = packed(place, text=f"The Alder Rain Jacket: {full} number")[f"schedule-date-message-link-{place}.csv"]
    assert "" in set(rows["Link"])


@pytest.mark.parametrize(
    ("starts", "ends", "dated"),
    [(-10, 10, True), (5, 10, True), (-10, -2, False), (-3, None, True), (0, 0, True)],
)
def test_no_post_is_scheduled_for_a_day_that_is_over(packed, starts, ends, dated):
    days = {
        "starts_on": TODAY + timedelta(days=starts),
        "ends_on": None if ends is None else TODAY + timedelta(days=ends),
    }
    rows = packed("x", **days)["schedule-date-message-link-x.csv"]["Date"]
    assert all(bool(cell) is dated for cell in rows)
    assert all(cell[:10] >= TODAY.isoformat() for cell in rows if cell)
