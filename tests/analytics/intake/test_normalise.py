"""Typed rows, their keys, and what is said of the rows that are odd."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analytics.intake import IntakeError, Mapping, Options, column_signature, detect_kind, suggest_mapping
from tests.analytics.intake.conftest import take

REVIEWS = "customer,product,rating,text,date\n" + "".join(
    f"c{i % 2},p{i % 3},5,text {i},2024-01-{i % 5 + 1:02d}\n" for i in range(60)
)


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ("customer_id,birth_year,income", "profiles"),
        ("email,first_seen,consent_profiling", "profiles"),
        ("reviewer_id,asin,stars,review_text", "reviews"),
        ("sku,product name,price,material,stock", "products"),
        ("date,platform,caption,impressions,likes,comments", "posts"),
        ("date,metric,value,segment", "metrics"),
        ("day,sessions,orders,refunds", "metrics"),
        ("customer_id,purpose,status,date,legal_basis", "consents"),
        ("user_id,item_id,event,timestamp", "interactions"),
    ],
)
def test_the_kind_of_a_table_is_told(names, kind):
    columns = names.split(",")
    sample = pd.DataFrame(
        [[{"date": "2024-01-01", "day": "2024-01-01", "caption": "A coat"}.get(c, "1") for c in columns]] * 3,
        columns=columns,
        dtype=object,
    )
    assert detect_kind(columns, sample)[0].kind == kind


def test_a_mapping_survives_being_stored_and_a_signature_names_the_columns():
    mapping = suggest_mapping("reviews", ["stars", "review", "shop"], pd.DataFrame())
    assert Mapping.from_plain(json.loads(json.dumps(mapping.to_plain()))) == mapping
    assert column_signature(["a", "b"]) == column_signature(("a", "b"))
    assert len({column_signature(c) for c in (["a", "b"], ["b", "a"], ["ab"])}) == 3


def test_a_mapping_that_cannot_be_used_is_refused():
    mapping = suggest_mapping("reviews", ["stars", "score"], pd.DataFrame())
    with pytest.raises(IntakeError, match="“stars” and “score” are both mapped to Rating"):
        mapping.set("stars", "rating").set("score", "rating").check("reviews")
    with pytest.raises(IntakeError, match="no field “colour”"):
        mapping.set("score", "colour").check("reviews")
    with pytest.raises(IntakeError, match="holds numbers"):
        suggest_mapping("metrics", ["date"], pd.DataFrame()).check("metrics")
    with pytest.raises(IntakeError, match="no kind"):
        mapping.check("recipes")


@pytest.mark.parametrize("rows", [1, 7, 60])
def test_keys_do_not_depend_on_how_the_file_is_cut(opened, rows):
    whole, cut = take(opened(REVIEWS)), take(opened(REVIEWS), rows=rows)
    pd.testing.assert_frame_equal(whole.rows, cut.rows)
    assert whole.rows["row_key"].is_unique
    assert (whole.rows["row_key"].str.contains("#")).any()


def test_a_changed_text_keeps_its_key_and_a_new_row_before_it_does_too(opened):
    before = take(opened(REVIEWS)).rows
    changed = take(opened(REVIEWS.replace("text 59", "better"))).rows
    longer = take(opened(REVIEWS.replace("date\n", "date\nc9,p9,1,new,2024-03-01\n", 1))).rows
    assert changed["row_key"].tolist() == before["row_key"].tolist()
    assert longer["row_key"].tolist()[1:] == before["row_key"].tolist()


def test_each_row_has_the_best_key_that_it_can_have(opened):
    text = "review_id,customer,product,rating,date\nr1,c,p,5,2024-01-01\n,c,p,4,2024-01-01\n,,p,3,2024-01-01\n"
    keys = take(opened(text), "reviews").rows["row_key"].tolist()
    assert keys[0] == "id:r1"
    assert keys[1].startswith("c\x1fp\x1f")
    assert len(keys[2]) == 32


def test_a_missing_id_does_not_hide_a_repeated_one(opened):
    taken = take(opened("customer_id,age\na,30\n,31\na,32\nnan,33\nb,34\n"), "profiles")
    assert taken.rows["customer_id"].tolist() == ["a", "b"]
    assert [(r.row, r.column) for r in taken.rejected] == [(3, "customer_id"), (4, "customer_id"), (5, "customer_id")]
    assert "occurs earlier" in taken.rejected[1].reason


def test_the_index_column_is_the_key_where_there_is_nothing_better(opened):
    taken = take(opened(",Review Text,Rating\n7,good,5\n9,good,5\n"), "reviews")
    assert taken.rows["row_key"].tolist() == ["row:7", "row:9"]
    assert taken.rows["attributes"].tolist() == ["{}", "{}"]


def test_what_maps_to_nothing_is_kept_as_attributes(opened):
    taken = take(opened('review_id,rating,text,Fit,The "note"\n1,5,a,tight,"say ""x"", é"\n2,4,b,,\n'), "reviews")
    assert [json.loads(a) for a in taken.rows["attributes"]] == [{"Fit": "tight", 'The "note"': 'say "x", é'}, {}]


def test_ratings_as_shops_write_them_and_those_out_of_range(opened):
    table = opened('review_id,rating,text\n1,"4,5",a\n2,4 out of 5 stars,b\n3,3/5,c\n4,17,d\n5,-1,\n6,great,f\n7,,\n')
    taken = take(table, "reviews")
    assert taken.rows["rating"].tolist()[:3] == [4.5, 4.0, 3.0]
    assert taken.rows["rating"][3:].isna().all()
    assert [(f.row, f.value) for f in taken.flags] == [(7, "great"), (5, "17"), (6, "-1")]
    assert [(r.row, r.reason) for r in taken.rejected] == [
        (n, "The review has neither a text nor a rating.") for n in (6, 8)
    ]


def test_consents_are_put_into_our_words_and_unknown_ones_answered_for(opened):
    text = "customer_id,purpose,action,at\nc,Marketing,opt-in,2024-01-01\nc,profiling,revoked,2024-02-01\nc,selling,yes,2024-02-01\nc,survey,maybe,2024-02-01\n"
    taken = take(opened(text), "consents")
    assert taken.rows[["purpose", "action"]].values.tolist() == [
        ["personalisation", "grant"],
        ["profiling", "withdraw"],
        ["survey", "unclear"],
    ]
    assert [(r.row, r.column, r.value) for r in taken.rejected] == [(4, "purpose", "selling")]
    assert [(f.row, f.column, f.value) for f in taken.flags] == [(5, "action", "maybe")]


def test_metrics_keep_every_number_or_say_which_is_none(opened):
    wide = take(opened("date,clicks,sales\n2024-01-01,5,1.5\n2024-01-08,x,2\n2024-01-15,x,\nnever,1,1\n"), "metrics")
    assert wide.rows[["metric", "value"]].values.tolist() == [["clicks", 5.0], ["sales", 1.5], ["sales", 2.0]]
    assert [(f.row, f.column, f.value) for f in wide.flags] == [(3, "clicks", "x")]
    assert [(r.row, r.column) for r in wide.rejected] == [(4, ""), (5, "date")]
    long = take(opened("date,metric,value\n2024-01-01,clicks,5\n2024-01-08,clicks,\n2024-01-15,,4\n"), "metrics")
    assert long.rows["value"].tolist() == [5.0]
    assert [(r.row, r.column) for r in long.rejected] == [(3, "value"), (4, "metric")]
    one = take(opened("date,value\n2024-01-01,5\n"), "metrics")
    assert one.rows[["metric", "value"]].values.tolist() == [["value", 5.0]]


def test_products_with_prices_histories_and_lists(opened):
    text = 'sku;name;price;was_price;was_price_from;materials;stock\nA1;Shirt;"12,99";1.299,00 €;01.02.2024;cotton|linen;3\n'
    taken = take(opened(text), "products", Options(decimal_comma=True, currency="EUR"))
    row = taken.rows.iloc[0]
    assert (row["price"], row["was_price"], row["currency"], row["materials"]) == (12.99, 1299.0, "EUR", "cotton|linen")
    assert row["was_price_from"] == pd.Timestamp("2024-02-01", tz="UTC")


def test_people_born_long_ago_and_missing_incomes_are_kept_and_flagged(opened):
    taken = take(opened("ID,Year_Birth,Income\n1,1893,5\n2,1970,\n3,170,\n"), "profiles")
    assert len(taken.rows) == 3
    assert sorted((f.row, f.column) for f in taken.flags) == [
        (2, "Year_Birth"),
        (3, "Income"),
        (4, "Income"),
        (4, "Year_Birth"),
    ]


def test_endless_names_are_cut_and_links_that_are_none_left_out_of_products(opened):
    text = f"product_id,name,price,url\np1,{'N' * 5000},1,javascript:alert(1)\np2,Lamp,2,HTTPS://shop.example/p\n"
    taken = take(opened(text), "products")
    assert taken.rows["name"].str.len().tolist() == [300, 4]
    assert taken.rows["url"].tolist() == [None, "HTTPS://shop.example/p"]
    assert [(f.row, f.column) for f in taken.flags] == [(2, "name"), (2, "url")]
    assert len(taken.flags[0].value) <= 200
