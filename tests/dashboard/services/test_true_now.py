"""What is exported is true at the moment of export: facts, prices, stock, dates, counts, people, brand, rules."""

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from dashboard.cli import app
from dashboard.services.data import catalogue, imports
from dashboard.services.people import LOCAL_USER
from dashboard.services.review import deciding, exporting
from dashboard.services.review.deciding import ReviewError, Seen
from dashboard.services.review.exporting import ExportError
from dashboard.services.studio import brand, campaigns
from dashboard.services.studio.briefs import brand_voice
from dashboard.services.studio.campaigns import CampaignOrder
from dashboard.services.studio.standing import changed_under
from db.repositories.products import NewFact
from engine.fidelity.places import places
from engine.fidelity.run import CHECKS
from tests.dashboard.conftest import PRODUCTS, InPlace, reviews_csv
from tests.engine.fidelity.test_register import NEWS

PLAIN = "The Alder Rain Jacket is out."


@pytest.fixture
def product(workspace, bring_in):
    bring_in(PRODUCTS, "products", name="p.csv")
    return next(p for p in catalogue.listing(workspace) if p.key == "P1")


def drafted(workspace, product, *channels, **order):
    made = CampaignOrder("Autumn", "sales", (product.id,), channels or ("x",), variants=2, **order)
    campaign_id = campaigns.record(workspace, LOCAL_USER, made)
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": campaign_id})
    return campaigns.drafts(workspace, campaign_id)


def approved(workspace, draft, text):
    """Have a draft say a text and approve it."""
    number = campaigns.edit(workspace, LOCAL_USER, draft.id, {"text": text, "hashtags": ()})
    approve(workspace, number)
    return number


def approve(workspace, number):
    found = deciding.item(workspace, number)
    reasons = {f.rule_id: "It is so." for f in found.waivable}
    seen = Seen(found.version.content_hash, found.version.sequence)
    deciding.decide(workspace, LOCAL_USER, number, seen, "approve", waivers=reasons)


def without(workspace, product, *kinds):
    for fact in product.facts:
        if fact.kind in kinds:
            catalogue.remove_fact(workspace, LOCAL_USER, fact.id)


@pytest.mark.parametrize(
    ("text", "products", "clause"),
    [
        ("Now €89 for the Alder Rain Jacket.", PRODUCTS.replace("p1,89,", "p1,120,"), "price was €89 and is now €120"),
        ("Now €89 for the Alder Rain Jacket.", PRODUCTS.replace("89,EUR", "89,USD"), "price was €89 and is now \\$89"),
        ("18% off the Alder Rain Jacket.", PRODUCTS.replace(",109,", ",99,"), "former price was €109 .* is now €99"),
        ("The Alder Rain Jacket: only 12 left.", PRODUCTS.replace(",12,", ",3,"), "stock was 12 and is now 3"),
        ("The Alder Rain Jacket of recycled nylon.", PRODUCTS.replace("recycled", "new"), "“recycled nylon” is no longer"),
        ("The Alder Rain Jacket with deep side pockets.", PRODUCTS.replace("deep ", ""), "now: “side pockets”"),
        (PLAIN, PRODUCTS.replace(",12,", ",0,"), "it is sold out"),
        (PLAIN, PRODUCTS.replace("Alder", "Elder"), "is now called “Elder Rain Jacket”"),
    ],
)  # fmt: skip
def test_a_new_product_file_stops_what_it_makes_untrue(workspace, product, bring_in, text, products, clause):
    number = approved(workspace, drafted(workspace, product)[0], text)
    bring_in(PRODUCTS.replace("P2,Moss Vest", "P2,Moss Gilet"), "products", name="other.csv")
    assert changed_under(workspace, [deciding.item(workspace, number).version]) == {}
    bring_in(products, "products", name="new.csv")
    with pytest.raises(ExportError, match=clause):
        exporting.export(workspace, LOCAL_USER, [number])
    assert exporting.listing(workspace) == []
    assert workspace.files.staging.exists() is False or list(workspace.files.staging.iterdir()) == []


def test_approved_at_a_price_whose_fact_was_deleted_and_typed_in_anew(workspace, product):
    number = approved(workspace, drafted(workspace, product)[0], "The Alder Rain Jacket: now €89.")
    without(workspace, product, "price", "was_price")
    with pytest.raises(ExportError, match="the price was €89 and is now not kept"):
        exporting.export(workspace, LOCAL_USER, [number])
    catalogue.add_fact(workspace, LOCAL_USER, product.id, NewFact("price", "120", amount=120, currency="EUR"))
    with pytest.raises(ExportError, match="the price was €89 and is now €120"):
        exporting.export(workspace, LOCAL_USER, [number])
    back = NewFact("price", "89.00", amount=89, currency="EUR")
    catalogue.add_fact(workspace, LOCAL_USER, product.id, back)
    with pytest.raises(ExportError, match="alone and is now €120 too"):
        exporting.export(workspace, LOCAL_USER, [number])


def test_an_open_draft_is_out_of_date_cannot_be_approved_and_an_edit_mends_it(workspace, product):
    draft = drafted(workspace, product)[0]
    number = campaigns.edit(
        workspace, LOCAL_USER, draft.id, {"text": "The Alder Rain Jacket: now €89.", "hashtags": ()}
    )
    without(workspace, product, "price", "was_price")
    catalogue.add_fact(workspace, LOCAL_USER, product.id, NewFact("price", "120", amount=120, currency="EUR"))
    assert deciding.item(workspace, number).no_longer_so == ("the price was €89 and is now €120",)
    with pytest.raises(ReviewError, match=r"What it rests on has changed: the price was €89 and is now €120\. Edit"):
        approve(workspace, number)
    longer = campaigns.edit(workspace, LOCAL_USER, number, {"text": "Hello. The Alder Rain Jacket: now €89."})
    assert deciding.item(workspace, longer).version.state == "blocked"
    assert deciding.item(workspace, longer).no_longer_so == ("the price was €89 and is now €120",)
    mended = campaigns.edit(workspace, LOCAL_USER, longer, {"text": "The Alder Rain Jacket: now €120."})
    approve(workspace, mended)
    package = exporting.export(workspace, LOCAL_USER, [mended])
    cited = [i for part in package.manifest.items[0].parts for i in part.evidence_ids]
    assert len(cited) == 1
    assert cited[0].startswith("fact:")


def test_reviews_that_went_take_the_counts_with_them(workspace, product, bring_in):
    record = bring_in(reviews_csv(30), "reviews", name="r.csv")
    draft = drafted(workspace, product)[0]
    number = approved(workspace, draft, "10 of 30 reviewers call the Alder Rain Jacket true to size.")
    imports.undo_import(workspace, LOCAL_USER, record.id)
    bring_in(reviews_csv(12), "reviews", name="fewer.csv")
    with pytest.raises(ExportError, match="“true to size” was said by 10 of 30 reviewers, and now by 4 of 12"):
        exporting.export(workspace, LOCAL_USER, [number])


def test_reviewers_who_withdrew_are_counted_no_longer(workspace, product, bring_in):
    bring_in(reviews_csv(30), "reviews", name="r.csv")
    draft = drafted(workspace, product)[0]
    number = approved(workspace, draft, "10 of 30 reviewers call the Alder Rain Jacket true to size.")
    gone = "customer_id,purpose,action,date\n" + "".join(
        f"C{i},personalisation,withdraw,2026-05-01\n" for i in range(0, 27)
    )
    bring_in(gone, "consents", name="c.csv")
    with pytest.raises(ExportError, match="“true to size” was said by 10 of 30 reviewers, and now by too few"):
        exporting.export(workspace, LOCAL_USER, [number])


def test_a_persona_that_describes_too_few_stops_its_posts(workspace, product, bring_in):
    number = approved(workspace, drafted(workspace, product)[0], PLAIN)
    with workspace.database.writing() as session:
        run = session.connection().execute
        run(sa.text("INSERT INTO persona_build (settings, state, author, result, created_at) VALUES "
                    "('{}', 'done', 'x', '{}', '2026-01-01')"))  # fmt: skip
        run(sa.text("INSERT INTO persona (build_id, key, archived, size) VALUES (1, 'k', false, 14)"))
        run(sa.text("INSERT INTO persona_version (persona_id, number, name, note, card, author, created_at) VALUES "
                    "(1, 1, 'Walkers', '', '{}', 'x', '2026-01-01')"))  # fmt: skip
        run(sa.text("UPDATE draft SET persona_id = 1"))
    with pytest.raises(ExportError, match="“Walkers” described 14 people and now describes 0 who consent, fewer than"):
        exporting.export(workspace, LOCAL_USER, [number])


def test_a_word_that_the_brand_has_banned_since_and_a_rule_that_asks_anew_stop_it(workspace, product):
    number = approved(workspace, drafted(workspace, product)[0], PLAIN)
    voice = brand_voice(workspace)
    brand.save(workspace, LOCAL_USER, voice.model_copy(update={"words_never": ("is out",)}))
    with pytest.raises(ExportError, match=r"a check (blocks it now|now asks)"):
        exporting.export(workspace, LOCAL_USER, [number])


def test_a_check_that_asks_for_a_reason_only_now_stops_it(workspace, product, monkeypatch):
    number = approved(workspace, drafted(workspace, product)[0], "The Alder Rain Jacket.")
    exporting.export(workspace, LOCAL_USER, [number])

    def rules(content, _context):
        return [NEWS.at(next(places(content)), 0, 1, verdict="needs_human")]

    monkeypatch.setitem(CHECKS.entries, "bias", replace(CHECKS["bias"], rules=rules))
    with pytest.raises(ExportError, match="a check now asks a person for a reason"):
        exporting.export(workspace, LOCAL_USER, [number])


def test_what_is_out_of_date_shows_at_the_command_line_and_is_refused_there(workspace, product):
    number = approved(workspace, drafted(workspace, product)[0], "The Alder Rain Jacket: now €89.")
    without(workspace, product, "price", "was_price")

    def said(*command):
        return CliRunner().invoke(app, ["--workspace", str(workspace.folder), *command])

    clause = "the price was €89 and is now not kept"
    (shown,) = json.loads(said("--json", "review", "queue", "--state", "approved").stdout)
    assert shown["no_longer_so"] == [clause]
    assert clause in said("review", "show", str(number)).stdout
    drafts = json.loads(said("--json", "campaign", "drafts", "1").stdout)
    assert [clause] in [d["no_longer_so"] for d in drafts]
    done = said("export", "--version", str(number), "--to", str(workspace.folder / "x.zip"))
    assert done.exit_code == 1
    assert clause in str(done.exception) + done.stderr
