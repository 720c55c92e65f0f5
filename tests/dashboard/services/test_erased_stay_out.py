"""Who was erased stays away: out of later files, out of what others write, and out of what people typed."""

import json
import os
from datetime import date

import pytest
import sqlalchemy as sa

from analytics.asking.surveys import SurveyOrder
from dashboard.services.audits import erasure, proof
from dashboard.services.data import catalogue
from dashboard.services.identities import redactor
from dashboard.services.people import LOCAL_USER
from dashboard.services.review import deciding, exporting
from dashboard.services.review.deciding import Seen
from dashboard.services.studio import campaigns
from dashboard.services.studio.campaigns import CampaignOrder
from dashboard.services.surveys import waves
from dashboard.services.surveys.importing import bring_in as bring_in_survey
from db import ledger
from db.repositories import decisions, imports
from db.tables import CampaignRow, DecisionRow, DraftRow, DraftVersionRow, InterventionRow
from engine.content import content_hash
from engine.kept import POST
from tests.dashboard.conftest import PRODUCTS, InPlace, reviews_csv
from tests.dashboard.signed import bring_in

POSTGRES_URL = os.environ.get("DIGITAL_PERSONA_TEST_POSTGRES_URL")
PEOPLE = (
    "customer_id,First Name,Last Name,email,phone,age\n"
    "c1,Ann,Alpha,ann@x.example,+44 7700 900123,34\nc2,Ben,Beta,ben@x.example,+44 7700 900456,41\n"
    "aBc9,Cy,Gamma,cy@x.example,,50\n"
)
REVIEWS = (
    "review_id,customer_id,product_id,rating,text\n"
    'r1,c1,P1,5,"Lovely"\nr2,c2,P1,4,"I went with A. Alpha and liked it"\nr3,c2,P1,4,"The alpha version"\n'
)


@pytest.fixture
def shop(workspace):
    bring_in(workspace, "reviews.csv", REVIEWS, "reviews")  # before anybody knows the names
    bring_in(workspace, "people.csv", PEOPLE, "profiles")
    return workspace


def erase(shop, who):
    [found] = erasure.find(shop, LOCAL_USER, who)
    return erasure.erase(shop, LOCAL_USER, found.pseudonym, who)


def everything(shop):
    with shop.database.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        return {t: [str(tuple(r)) for r in connection.execute(sa.text(f'SELECT * FROM "{t}"'))] for t in tables}


def naming(shop, *words):
    return {t for t, rows in everything(shop).items() if any(w.lower() in r.lower() for r in rows for w in words)}


def texts(shop):
    with shop.database.engine.connect() as connection:
        return [row[0] for row in connection.execute(sa.text("SELECT text FROM review ORDER BY row_key"))]


@pytest.mark.parametrize(
    ("who", "again"),
    [
        ("c2", "C2,Benny,Roe,other@x.example,,41"),
        ("c2", "c77,Benny,Roe,BEN@X.example,,41"),
        ("Ben Beta", "c77,Benny,Roe,,07700 900456,41"),
        ("c2", "c77,Benny,Roe,,0044 (0)7700-900-456,41"),
        ("cy@x.example", "ABC9,Cyrus,Roe,,,50"),
        ("abc9", " abc9 ,Cyrus,Roe,,,50"),
    ],
)
def test_nobody_comes_back_under_another_spelling_id_e_mail_or_phone(shop, who, again):
    erase(shop, who)
    number = bring_in(
        shop, "later.csv", f"customer_id,First Name,Last Name,email,phone,age\n{again}\nz1,Zoe,Zed,,,20\n", "profiles"
    )
    with shop.database.reading() as session:
        record, problems = imports.get(session, number), imports.problems(session, number)
    assert (record.rows_new, record.rows_rejected) == (1, 1)
    assert "erased on request" in problems[0].reason
    key = again.split(",")[0].strip()
    more = bring_in(shop, "more.csv", f"review_id,customer_id,product_id,rating,text\nr9,{key},P1,1,Back\n", "reviews")
    with shop.database.reading() as session:
        assert imports.get(session, more).rows_rejected == 1


def test_somebody_else_of_the_same_name_may_come(shop):
    erase(shop, "c1")
    number = bring_in(shop, "later.csv", "customer_id,First Name,Last Name,age\nn1,Ann,Alpha,20\n", "profiles")
    with shop.database.reading() as session:
        assert imports.get(session, number).rows_new == 1


def test_what_others_wrote_before_and_write_later_is_masked_and_checked(shop):
    receipt = erase(shop, "c1")
    assert receipt.masked == 1
    assert sorted(texts(shop)) == ["I went with [name] and liked it", "The alpha version"]
    later = 'review_id,customer_id,product_id,rating,text\nr7,c2,P1,5,"Thanks to Ann. The Alpha family, Alpha, Ann"\n'
    bring_in(shop, "later.csv", later, "reviews")
    assert "Thanks to [name]. The [name] family, [name]" in texts(shop)
    [span] = redactor(shop).spans("We love Ann Alpha here")
    assert (span.kind, span.known) == ("name", True)
    assert naming(shop, "Ann Alpha", "ann@x") == set()


def test_what_people_typed_is_masked_the_decision_and_old_lines_stand(shop, tmp_path):
    bring_in(shop, "products.csv", PRODUCTS, "products")
    with shop.database.writing() as session:
        session.add(InterventionRow(name="Spring for Ann Alpha", on=date(2026, 1, 1), note="asked by ann@x.example"))
    survey = tmp_path / "Ann Alpha.csv"
    survey.write_text(
        "respondent,How was it?\n" + "".join(f"p{i},Fine and warm {i}\n" for i in range(12)) + "c1,Mine\n"
    )
    number = bring_in_survey(shop, LOCAL_USER, SurveyOrder(((survey, survey.name),)))
    waves.state_basis(shop, LOCAL_USER, number, "Ann Alpha asked everybody")
    with shop.database.reading() as session:
        old = ledger.lines(session)
    assert naming(shop, "Ann Alpha") >= {"import", "survey", "intervention", "consent_event"}
    assert "ledger" not in naming(shop, "Ann Alpha")
    # Whoever types a line of the ledger as a basis would else be given its signature.
    assert old[0].payload["basis"] != shop.vault.sign("Ann Alpha asked everybody")
    erase(shop, "c1")
    assert naming(shop, "Ann Alpha", "ann@x") == set()
    with shop.database.reading() as session:
        assert ledger.verify(session, shop.vault).intact
        assert ledger.lines(session)[1:] == old


def test_a_reviewers_words_are_apart_from_the_decision_and_can_be_erased(shop):
    bring_in(shop, "products.csv", PRODUCTS, "products")
    with shop.database.writing() as session:
        empty: dict = {"product_ids": [], "persona_ids": [], "channels": []}
        session.add(CampaignRow(id=1, name="x", objective="sales", **empty))
        session.flush()
        product = session.connection().execute(sa.text("SELECT min(id) FROM product")).scalar_one()
        session.add(DraftRow(id=1, campaign_id=1, product_id=product, channel="x", variant=1, slot="s"))
        session.flush()
        session.add(
            DraftVersionRow(id=1, draft_id=1, number=1, content={}, content_hash="h", parts=[], brief={}, method="m")
        )
        session.flush()
        said = {"comment": "Ann Alpha asked", "waivers": {"rule": "as Ann Alpha says"}}
        about = {"version_id": 1, "expected_sequence": 0, "content_hash": "h", "verdict": "approve"}
        decisions.add(session, **about, **said, reviewer="you")
    with shop.database.reading() as session:
        [row] = session.exec(sa.select(DecisionRow.comment, DecisionRow.waivers)).all()
        assert tuple(row) == ("", {})
        [kept] = decisions.of_version(session, 1)
        assert (kept.comment, kept.waivers) == ("Ann Alpha asked", {"rule": "as Ann Alpha says"})
    erase(shop, "c1")
    with shop.database.reading() as session:
        [kept] = decisions.of_version(session, 1)
    assert (kept.comment, kept.waivers) == ("[name] asked", {"rule": "as [name] says"})


def test_masked_words_void_neither_the_approval_nor_the_ledger(shop):
    bring_in(shop, "products.csv", PRODUCTS, "products")
    bring_in(shop, "more.csv", reviews_csv(30), "reviews")
    product = next(p for p in catalogue.listing(shop) if p.key == "P1")
    campaign_id = campaigns.record(
        shop, LOCAL_USER, CampaignOrder("Autumn", "sales", (product.id,), ("x",), variants=1)
    )
    campaigns.run_campaign(shop, InPlace(), {"campaign_id": campaign_id})
    [draft] = campaigns.drafts(shop, campaign_id)
    number = campaigns.edit(shop, LOCAL_USER, draft.id, {"text": "The Alder Rain Jacket. Hurry up.", "hashtags": ()})
    found = deciding.item(shop, number)
    reasons = {f.rule_id: "Ann Alpha said so." for f in found.waivable}
    assert reasons
    seen = Seen(found.version.content_hash, found.version.sequence)
    deciding.decide(shop, LOCAL_USER, number, seen, "approve", "for Ann Alpha", waivers=reasons)
    exporting.export(shop, LOCAL_USER, [number])
    erase(shop, "Ann Alpha")
    assert naming(shop, "Ann Alpha", "ann@x") == set()
    assert proof.verify(shop).problem == ""
    assert exporting.export(shop, LOCAL_USER, [number])
    with shop.database.writing() as session:
        session.connection().execute(sa.text("UPDATE decision_words SET comment = 'for Eve'"))
    assert "comment or reasons" in proof.verify(shop).problem


def test_an_erased_respondent_is_left_out_of_a_later_survey(shop, tmp_path):
    erase(shop, "c1")
    survey = tmp_path / "survey.csv"
    survey.write_text(
        "respondent,How was it?\n" + "".join(f"p{i},Fine and warm {i}\n" for i in range(12)) + "C1,Mine\n"
    )
    bring_in_survey(shop, LOCAL_USER, SurveyOrder(((survey, survey.name),)))
    with shop.database.engine.connect() as connection:
        answers = [json.dumps(r[0]) for r in connection.execute(sa.text("SELECT answers FROM survey_response"))]
        notes = connection.execute(sa.text("SELECT notes FROM survey")).scalar_one()
    assert len(answers) == 12
    assert "erased on request" in str(notes)


def test_only_keyed_tokens_of_the_name_stay(shop):
    erase(shop, "c1")
    kept = everything(shop)["erased_name"]
    assert kept
    assert not any(word in row.lower() for row in kept for word in ("alpha", "ann@", "7700"))


SAME_PERSON = {
    "with a tag": "n1,Al,ann+news@x.example,",
    "with a sign that does not show": "n2,Al,ann\u200b@x.example,",
    "as a link": "n3,Al,mailto:ann@x.example,",
    "with a name before it": "n4,Al,Al <ANN@x.example>,",
    "with look-alike letters": "n5,Al,\u0430nn@x.example,",
    "phone as a link": "n6,Al,,tel:+447700900123",
    "phone with an extension": "n7,Al,,07700 900123 ext. 12",
    "id in wide letters": "\uff43\uff11,Al,al@x.example,",
    "id with a sign that does not show": "c\u200d1,Al,al@x.example,",
}


def test_nobody_comes_back_under_an_address_or_id_that_is_only_spelled_otherwise(shop):
    erase(shop, "c1")
    rows = "\n".join(f"{row},34" for row in SAME_PERSON.values())
    kept = "o1,Al,ann@y.example,+44 7700 900999,34\n"
    number = bring_in(shop, "again.csv", f"\ufeffcustomer_id,first_name,email,phone,age\n{rows}\n{kept}", "profiles")
    with shop.database.reading() as session:
        record = imports.get(session, number)
    assert (record.rows_rejected, record.rows_new) == (len(SAME_PERSON), 1)


def test_an_address_with_a_tag_is_erased_without_it_too(shop):
    bring_in(shop, "more.csv", "customer_id,email,age\nt1,tag+shop@x.example,34\n", "profiles")
    erase(shop, "t1")
    number = bring_in(shop, "again.csv", "customer_id,email,age\nt2,tag@x.example,34\nt3,t@x.example,34\n", "profiles")
    with shop.database.reading() as session:
        assert imports.get(session, number).rows_rejected == 1


def test_no_survey_brings_somebody_back_whose_address_is_their_id_there(shop, tmp_path):
    erase(shop, "c1")
    file = tmp_path / "survey.csv"
    sheets = "".join(f"p{i}@x.example,Fine and warm number {i} for me\n" for i in range(12))
    file.write_text(f"respondent,How was it?\n{sheets}Ann@x.example,Mine was the best of all\n")
    number = bring_in_survey(shop, LOCAL_USER, SurveyOrder(((file, file.name),)))
    assert waves.get(shop, number).responses == 12


def test_a_question_that_names_somebody_is_masked_and_keeps_its_answers(shop, tmp_path):
    file = tmp_path / "survey.csv"
    answers = "".join(f"p{i},{'yes' if i % 3 else 'no'},Fine and warm number {i} for me\n" for i in range(15))
    file.write_text(f"respondent,Did Ann Alpha help you?,How was it?\n{answers}")
    number = bring_in_survey(shop, LOCAL_USER, SurveyOrder(((file, file.name),), basis="They agreed."))
    before = waves.load(shop, number).frame.iloc[:, 0]
    assert before.count() == 15
    erase(shop, "c1")
    survey = waves.load(shop, number)
    assert survey.items[0].columns == ("Did [name] help you?",)
    assert list(survey.frame["Did [name] help you?"]) == list(before)
    assert naming(shop, "Ann Alpha") == set()


def test_what_headers_and_undecided_drafts_say_of_somebody_is_masked(shop):
    bring_in(shop, "products.csv", PRODUCTS, "products")
    bring_in(shop, "more.csv", "customer_id,Score by Ann Alpha,age\nq1,5,30\n", "profiles")
    product = next(p for p in catalogue.listing(shop) if p.key == "P1")
    order = CampaignOrder("Spring", "sales", (product.id,), ("x",), variants=1, key_message="Warm, says Ann Alpha")
    number = campaigns.record(shop, LOCAL_USER, order)
    campaigns.run_campaign(shop, InPlace(), {"campaign_id": number})
    [draft] = campaigns.drafts(shop, number)
    campaigns.edit(shop, LOCAL_USER, draft.id, {"text": f"{deciding.item(shop, draft.id).content.text} Ann Alpha."})
    assert naming(shop, "Ann Alpha") >= {"column_mapping", "profile", "draft_version"}
    erase(shop, "c1")
    assert naming(shop, "Ann Alpha") == set()
    [draft] = campaigns.drafts(shop, number)
    assert "[name]" in draft.content["text"]
    assert draft.content_hash == content_hash(POST.read(draft.content))
    assert proof.verify(shop).intact
