import io
import json
import threading
import zipfile
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from dashboard.services.data import catalogue
from dashboard.services.people import LOCAL_USER, NotAllowedError, User
from dashboard.services.review import deciding, exporting
from dashboard.services.review.deciding import ReviewError, Seen
from dashboard.services.review.exporting import ExportError
from dashboard.services.studio import brand, campaigns
from dashboard.services.studio.brand import BrandError
from dashboard.services.studio.briefs import as_product, brand_voice
from dashboard.workspace import Workspace
from db import ledger
from db.errors import ConflictError
from engine.content import BrandVoice
from engine.creator.orders import CampaignError, CampaignOrder
from tests.dashboard.conftest import PRODUCTS, InPlace, reviews_csv

REVIEWER = User("Rosa", "reviewer")


def seen(item):
    return Seen(item.version.content_hash, item.version.sequence)


@pytest.fixture
def drafts(workspace, bring_in):
    bring_in(PRODUCTS, "products", name="p.csv")
    bring_in(reviews_csv(30), "reviews", name="r.csv")
    product = next(p for p in catalogue.listing(workspace) if p.key == "P1")
    order = CampaignOrder(
        "Autumn", "sales", (product.id,), ("x", "instagram"), variants=3, link="https://shop.example.org/a"
    )
    campaign_id = campaigns.record(workspace, LOCAL_USER, order)
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": campaign_id})
    return [deciding.item(workspace, v.id) for v in campaigns.drafts(workspace, campaign_id)]


def test_every_variant_is_there_once_checked_six_times_and_rests_on_evidence(workspace, drafts):
    assert len(drafts) == 6
    assert all(len(d.checks) == 6 for d in drafts)
    assert any("of 30" in part.text or part.evidence for d in drafts for part in deciding.evidence_words(d.version))
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": drafts[0].version.campaign_id})
    assert len(campaigns.drafts(workspace, drafts[0].version.campaign_id)) == 6


def test_only_what_a_human_approved_leaves(workspace, drafts):
    first = drafts[0]
    with pytest.raises(ExportError, match="nobody has reviewed it yet"):
        exporting.export(workspace, LOCAL_USER, [first.version.id])
    deciding.decide(workspace, REVIEWER, first.version.id, seen(first), "approve")
    package = exporting.export(workspace, LOCAL_USER, [first.version.id])
    archive = zipfile.ZipFile(io.BytesIO(workspace.files.read(package.sha256)))
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["items"][0]["content_hash"] == first.version.content_hash
    assert manifest["items"][0]["approval"]["reviewer"] == "Rosa"
    assert (next(iter(manifest)), manifest["format"]) == ("format", "digital-persona/export/1")
    [(record, said)] = exporting.listing(workspace)
    assert record.manifest == {name: value for name, value in manifest.items() if name != "images"}
    assert said == package.manifest
    assert first.content.text.split("\n")[0][:20] in archive.read("posts.csv").decode()
    with workspace.database.reading() as session:
        assert [line.kind for line in ledger.lines(session, limit=2)] == ["export", "decision"]
    with pytest.raises(ExportError, match="item"):
        exporting.export(workspace, LOCAL_USER, [d.version.id for d in drafts])


def test_any_edit_reopens_review(workspace, drafts):
    first = drafts[0]
    deciding.decide(workspace, REVIEWER, first.version.id, seen(first), "approve")
    new_id = campaigns.edit(workspace, LOCAL_USER, first.version.id, {"text": first.content.text + " Really."})
    assert deciding.item(workspace, new_id).version.state == "open"
    with pytest.raises(ExportError, match="not the newest one"):
        exporting.export(workspace, LOCAL_USER, [first.version.id])
    with pytest.raises(ExportError, match="nobody has reviewed it yet"):
        exporting.export(workspace, LOCAL_USER, [new_id])
    with pytest.raises(ReviewError, match="newest one"):
        deciding.decide(workspace, REVIEWER, first.version.id, Seen(first.version.content_hash, 1), "approve")
    with pytest.raises(CampaignError, match="Nothing was changed"):
        campaigns.edit(workspace, LOCAL_USER, new_id, {})


def test_content_altered_behind_the_apps_back_does_not_leave(workspace, drafts):
    first = drafts[0]
    deciding.decide(workspace, REVIEWER, first.version.id, seen(first), "approve")
    altered = json.dumps({**first.version.content, "text": "Buy gold"})
    with workspace.database.writing() as session:
        session.connection().execute(
            sa.text("UPDATE draft_version SET content = :content WHERE id = :id"),
            {"content": altered, "id": first.version.id},
        )
    with pytest.raises(ExportError, match="altered outside the app"):
        exporting.export(workspace, LOCAL_USER, [first.version.id])


def test_a_blocking_finding_cannot_be_approved_away(workspace, drafts):
    bad = campaigns.edit(workspace, LOCAL_USER, drafts[0].version.id, {"text": "I love it. Only 2 left, now €5!"})
    item = deciding.item(workspace, bad)
    assert item.version.state == "blocked"
    reasons = {f.rule_id: "I say so" for f in item.findings}
    with pytest.raises(ReviewError, match="cannot be approved"):
        deciding.decide(workspace, REVIEWER, bad, seen(item), "approve", waivers=reasons)


def test_a_waivable_finding_needs_a_written_reason(workspace, drafts):
    new_id = campaigns.edit(workspace, LOCAL_USER, drafts[0].version.id, {"text": "The Alder Rain Jacket. Hurry up."})
    item = deciding.item(workspace, new_id)
    assert [f.rule_id for f in item.waivable] == ["safety.urgency"]
    for waivers in ({}, {"safety.urgency": "  "}):
        with pytest.raises(ReviewError, match="Write a reason"):
            deciding.decide(workspace, REVIEWER, new_id, seen(item), "approve", waivers=waivers)
    record = deciding.decide(
        workspace, REVIEWER, new_id, seen(item), "approve", waivers={"safety.urgency": "Last day."}
    )
    assert record.waivers == {"safety.urgency": "Last day."}


def test_a_check_that_blocks_later_stops_the_export(workspace, drafts, bring_in):
    new_id = campaigns.edit(
        workspace, LOCAL_USER, drafts[0].version.id, {"text": "The jacket that Bram Falk designed."}
    )
    item = deciding.item(workspace, new_id)
    deciding.decide(workspace, REVIEWER, new_id, seen(item), "approve")
    bring_in("customer_id,name,gender\nZ1,Bram Falk,m\n", "profiles", name="people.csv")
    with pytest.raises(ExportError, match="a check blocks it now"):
        exporting.export(workspace, LOCAL_USER, [new_id])


@pytest.mark.parametrize("choice", ["request_changes", "reject"])
def test_no_without_a_comment_is_refused(workspace, drafts, choice):
    with pytest.raises(ReviewError, match="Say in a comment"):
        deciding.decide(workspace, REVIEWER, drafts[0].version.id, seen(drafts[0]), choice, " ")
    deciding.decide(workspace, REVIEWER, drafts[0].version.id, seen(drafts[0]), choice, "Too long.")
    with pytest.raises(ExportError, match=r"changes were requested|it was rejected"):
        exporting.export(workspace, LOCAL_USER, [drafts[0].version.id])


def test_of_two_reviewers_at_once_one_wins_and_the_other_is_told(workspace, drafts):
    item, outcomes = drafts[0], []
    start = threading.Barrier(2)

    def decide(name, choice):
        start.wait()
        try:
            deciding.decide(workspace, User(name, "reviewer"), item.version.id, seen(item), choice, "because")
            outcomes.append(("won", name))
        except ConflictError as error:
            outcomes.append(("told", str(error)))

    threads = [threading.Thread(target=decide, args=a) for a in (("Ada", "approve"), ("Bo", "reject"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(o[0] for o in outcomes) == ["told", "won"]
    winner = next(o[1] for o in outcomes if o[0] == "won")
    assert winner in next(o[1] for o in outcomes if o[0] == "told")
    assert len(deciding.item(workspace, item.version.id).decisions) == 1


def test_roles_hold_in_the_services_and_in_team_mode_the_author_cannot_approve(workspace, drafts):
    item = drafts[0]
    with pytest.raises(NotAllowedError, match="As editor you cannot review posts"):
        deciding.decide(workspace, User("Ed", "editor"), item.version.id, seen(item), "approve")
    with pytest.raises(NotAllowedError, match="As viewer you cannot export posts"):
        exporting.export(workspace, User("Vera", "viewer"), [item.version.id])
    team = Workspace(workspace.settings.model_copy(update={"mode": "team"}), workspace.database, workspace.vault)
    with pytest.raises(ReviewError, match="somebody else has to approve"):
        deciding.decide(team, User(item.version.author, "admin"), item.version.id, seen(item), "approve")
    deciding.decide(team, REVIEWER, item.version.id, seen(item), "approve")


def test_bulk_approval_takes_only_items_without_findings(workspace, drafts):
    odd = campaigns.edit(workspace, LOCAL_USER, drafts[0].version.id, {"text": "The Alder Rain Jacket. Hurry up."})
    clean = [d.version.id for d in drafts[1:] if not d.findings]
    result = deciding.approve_all_without_findings(workspace, REVIEWER, [odd, *clean])
    assert set(result.approved) == set(clean)
    assert "judge it by itself" in result.refused[odd]


def test_one_part_is_written_anew_and_the_rest_stays(workspace, drafts):
    item = next(d for d in drafts if len(d.version.parts) > 1)
    new_id = campaigns.regenerate_part(workspace, LOCAL_USER, item.version.id, 0, 99)
    new = deciding.item(workspace, new_id)
    assert new.version.number == 2
    assert [p["text"] for p in new.version.parts][1:] == [p["text"] for p in item.version.parts][1:]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": " "}, "a name"),
        ({"product_ids": ()}, "one product"),
        ({"channels": ()}, "one channel"),
        ({"channels": ("myspace",)}, "Unknown channel: myspace"),
        ({"objective": "world domination"}, "no objective “world domination”. Use awareness"),
        ({"link": "javascript:alert(1)"}, "no web address"),
        ({"key_message": "x" * 201}, "key message has 201 characters"),
        ({"name": "x" * 5000}, "name has 5,000 characters"),
        ({"starts_on": date(2026, 12, 1), "ends_on": date(2026, 11, 1)}, "ends before it starts"),
        ({"product_ids": (987,)}, "no product number 987"),
        ({"product_ids": (10**30,)}, "larger than the database can hold"),
        (
            {"variants": 20, "product_ids": tuple(range(99)), "channels": ("x", "facebook")},
            "more than anybody can review",
        ),
    ],
)
def test_a_brief_that_cannot_be_carried_out_is_refused(workspace, change, message):
    order = {"name": "A", "objective": "sales", "product_ids": (1,), "channels": ("x",), **change}
    with pytest.raises(ValueError, match=message):
        campaigns.record(workspace, LOCAL_USER, CampaignOrder(**order))
    assert campaigns.listing(workspace) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"palette": ("red",)}, "“red” is no colour"),
        ({"palette": ("#12",)}, "“#12” is no colour"),
        ({"palette": ()}, "no colour"),
        ({"disclosure": "  "}, "Write a disclosure"),
        ({"disclosure": "x" * 201}, "at most 200"),
        ({"name": " "}, "Give the brand a name"),
        ({"name": "N" * 5000}, "at most 120"),
        ({"words_never": ("x" * 500,)}, "each of at most 120"),
        ({"hashtags": tuple(f"#h{i}" for i in range(501))}, "Keep to 500"),
    ],
)
def test_a_brand_that_posts_cannot_carry_is_refused(workspace, change, message):
    before = brand_voice(workspace)
    with pytest.raises(BrandError, match=message):
        brand.save(workspace, LOCAL_USER, BrandVoice(**{"name": "Fernwick", **change}))
    assert brand_voice(workspace) == before


def test_an_address_of_a_product_that_is_no_web_address_reaches_no_post(workspace, bring_in):
    bring_in("product_id,name,price,url\nP1,Lamp,20,javascript:alert(1)\n", "products")
    assert as_product(catalogue.listing(workspace)[0]).url is None


def test_a_product_that_no_post_can_be_written_for_costs_the_others_nothing(workspace, bring_in):
    long = "N" * 300
    bring_in(PRODUCTS + f"P9,{long}" + "," * 10 + "\n", "products", name="p.csv")
    bring_in(reviews_csv(30), "reviews", name="r.csv")
    known = {p.key: p.id for p in catalogue.listing(workspace)}
    order = CampaignOrder("Autumn", "sales", (known["P9"], known["P1"]), ("x",), variants=2)
    campaign_id = campaigns.record(workspace, LOCAL_USER, order)
    result = campaigns.run_campaign(workspace, InPlace(), {"campaign_id": campaign_id})
    assert result["drafts"] == 2
    (problem,) = result["problems"]
    assert "could be written" in problem
    assert len(problem) < 400
    alone = campaigns.record(workspace, LOCAL_USER, replace(order, product_ids=(known["P9"],)))
    with pytest.raises(CampaignError, match="could be written"):
        campaigns.run_campaign(workspace, InPlace(), {"campaign_id": alone})


def test_an_empty_logo_is_refused(workspace):
    with pytest.raises(ValueError, match="no picture that can be read"):
        brand.save(workspace, LOCAL_USER, BrandVoice(name="Fernwick"), b"")
