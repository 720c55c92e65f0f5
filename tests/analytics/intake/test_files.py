import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.intake import (
    IntakeError,
    Keys,
    Limits,
    Mapping,
    Options,
    detect_kind,
    normalise,
    open_table,
    suggest_mapping,
)

REVIEWS = 'review_id,customer_id,product_id,rating,text,reviewed_at\nR1,C1,P1,5,soft,2026-01-02\nR2,C2,P1,4,"warm, cosy",2026-01-03\n'
REAL = os.environ.get("DIGITAL_PERSONA_REAL_DATA")
real = pytest.mark.skipif(not REAL, reason="DIGITAL_PERSONA_REAL_DATA names no folder")


def written(tmp_path, data, name="file"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def rows(path, kind=None, options=Options(), chunk=20_000, limits=Limits()):
    table = open_table(path, limits)
    sample = table.sample(200)
    kind = kind or detect_kind(table.columns, sample)[0].kind
    mapping, parts, rejected, flags = suggest_mapping(kind, table.columns, sample), [], [], []
    keys = Keys.for_file(table, kind, mapping, options)
    for piece in table.chunks(chunk):
        done = normalise(kind, piece, mapping, options, keys)
        parts.append(done.rows)
        rejected += done.rejected
        flags += done.flags
    return kind, pd.concat(parts, ignore_index=True), rejected, flags


def workbook(frame):
    buffer = io.BytesIO()
    frame.to_excel(buffer, index=False)
    return buffer.getvalue()


def zipped(data, name="a.csv"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def dressed():
    frame = pd.read_csv(io.StringIO(REVIEWS), dtype=str)
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    lines = "\n".join(json.dumps(r) for r in frame.to_dict("records"))
    return {
        "utf8": REVIEWS.encode(),
        "bom": REVIEWS.encode("utf-8-sig"),
        "utf16": REVIEWS.encode("utf-16"),
        "utf16le": REVIEWS.encode("utf-16-le"),
        "crlf": REVIEWS.replace("\n", "\r\n").encode(),
        "semicolon": frame.to_csv(sep=";", index=False).encode(),
        "tab": frame.to_csv(sep="\t", index=False).encode(),
        "pipe": frame.to_csv(sep="|", index=False).encode(),
        "gzip": gzip.compress(REVIEWS.encode()),
        "zip": zipped(REVIEWS),
        "xlsx": workbook(frame),
        "parquet": parquet.getvalue(),
        "jsonl": lines.encode(),
        "jsonl.gz": gzip.compress(lines.encode()),
    }


@pytest.mark.parametrize("dress", dressed())
def test_every_dress_gives_the_same_rows(tmp_path, dress):
    kind, frame, rejected, _ = rows(written(tmp_path, dressed()[dress]))
    assert kind == "reviews"
    assert rejected == []
    assert frame["text"].tolist() == ["soft", "warm, cosy"]
    assert frame["rating"].tolist() == [5.0, 4.0]
    assert frame["row_key"].tolist() == ["id:R1", "id:R2"]
    assert [str(d.date()) for d in frame["reviewed_at"]] == ["2026-01-02", "2026-01-03"]


WORDS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp"), blacklist_characters="\u2028\u2029\x85"),
    min_size=1,
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(WORDS.filter(lambda t: t.strip().lower() not in ("", "nan")), min_size=1, max_size=8),
    sep=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    chunk=st.integers(1, 5),
)
def test_any_text_comes_back_from_any_dialect(tmp_path_factory, texts, sep, encoding, chunk):
    frame = pd.DataFrame({"review_id": [f"R{i}" for i in range(len(texts))], "rating": 5, "text": texts})
    path = written(tmp_path_factory.mktemp("t"), frame.to_csv(sep=sep, index=False).encode(encoding))
    _, back, rejected, _ = rows(path, "reviews", chunk=chunk)
    assert rejected == []
    assert back["text"].tolist() == [t.strip() for t in texts]


def test_ragged_rows_are_named_by_their_row_and_the_others_kept(tmp_path):
    text = "customer_id,age,income\nA,30,1\nB,31\nC,32,3\nD,33,4,5\nE,34,6\n"
    _, frame, rejected, _ = rows(written(tmp_path, text), "profiles")
    assert frame["customer_id"].tolist() == ["A", "C", "E"]
    assert frame["row_number"].tolist() == [2, 4, 6]
    assert [r.row for r in rejected] == [3, 5]
    assert "fewer" in rejected[0].reason
    assert "more" in rejected[1].reason


def test_an_open_quote_loses_only_what_it_swallows(tmp_path):
    text = "customer_id,note\n" + "".join(f"A{i},fine\n" for i in range(50)) + 'B,"never closed\n' + "C,x\n"
    _, frame, _, _ = rows(written(tmp_path, text), "profiles")
    assert set(frame["customer_id"]) >= {f"A{i}" for i in range(50)}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\n\n", "empty|no rows"),
        (bytes(range(256)) * 50, "binary file"),
        (gzip.compress(REVIEWS.encode() * 900)[:-40], "ends too early or is damaged"),
        (b"PK\x03\x04broken", "zip file is damaged"),
        (b"PAR1broken", "Parquet file is damaged"),
        (b"\xd0\xcf\x11\xe0old", "old or locked Excel file"),
        (b"[1, 2]", "No part of the list is a JSON object"),
        (b"{broken", "no JSON object|No line of the file is a JSON object"),
        ((",".join(f"c{i}" for i in range(1200)) + "\n1\n").encode(), "1,200 columns"),
    ],
    ids=["empty", "blank", "binary", "gzip", "zip", "parquet", "xls", "list", "json", "wide"],
)
def test_bad_files_are_answered_in_plain_words(tmp_path, data, message):
    with pytest.raises(IntakeError, match=message):
        open_table(written(tmp_path, data)).sample(5)


def test_a_zip_of_two_files_and_a_bomb_are_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", REVIEWS)
        archive.writestr("b.csv", REVIEWS)
    with pytest.raises(IntakeError, match="holds 2 files"):
        open_table(written(tmp_path, buffer.getvalue()))
    bomb = zipped(b"a,b\n" + b"0,0\n" * 5_000_000)
    with pytest.raises(IntakeError, match="grows beyond"):
        list(open_table(written(tmp_path, bomb), Limits(ratio_from=2**20)).chunks())


def test_a_workbook_that_declares_two_gigabytes_is_refused_before_it_is_unpacked(tmp_path):
    data = bytearray(workbook(pd.DataFrame({"a": [1]})))
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (2**31).to_bytes(4, "little")
    with pytest.raises(IntakeError, match="2,048 MB"):
        open_table(written(tmp_path, bytes(data)))


def test_two_columns_for_one_field_and_a_missing_one_are_refused():
    mapping = suggest_mapping("profiles", ["id", "b"], pd.DataFrame({"id": ["1"], "b": ["2"]}))
    with pytest.raises(IntakeError, match="both mapped to Customer id"):
        mapping.set("b", "customer_id").check("profiles")
    with pytest.raises(IntakeError, match="No column is mapped to Customer id"):
        mapping.set("id", None).check("profiles")
    with pytest.raises(IntakeError, match="has no column “zzz”"):
        mapping.set("zzz", None)
    assert Mapping.from_plain(json.loads(json.dumps(mapping.to_plain()))) == mapping


def test_dates_in_many_forms_and_impossible_ones(tmp_path):
    dates = [
        "2026-02-28",
        "28/02/2026",
        "28.02.2026",
        "02 28, 2026",
        "28 Feb 2026",
        "1772236800",
        "2026-02-30",
        "31/12/2999",
        "soon",
    ]
    text = "review_id;rating;reviewed_at\n" + "".join(f"R{i};5;{d}\n" for i, d in enumerate(dates))
    _, frame, _, flags = rows(written(tmp_path, text), "reviews")
    assert [str(d.date()) for d in frame["reviewed_at"][:6]] == ["2026-02-28"] * 6
    assert frame["reviewed_at"][6:].isna().all()
    assert [f.row for f in flags] == [8, 9, 10]


def test_the_order_of_day_and_month_is_told_from_the_whole_column(tmp_path):
    text = "review_id,rating,reviewed_at\nR1,5,04-09-2012\nR2,5,25-12-2012\n"
    _, frame, _, _ = rows(written(tmp_path, text), "reviews")
    assert str(frame["reviewed_at"][0].date()) == "2012-09-04"
    _, frame, _, _ = rows(written(tmp_path, text.replace("25-12", "12-25")), "reviews")
    assert str(frame["reviewed_at"][0].date()) == "2012-04-09"


def test_numbers_as_people_write_them(tmp_path):
    text = 'customer_id,income\nA,"$52,000"\nB,1 200.50\nC,(30)\nD,abc\nE,nan\nF,inf\n'
    _, frame, _, flags = rows(written(tmp_path, text), "profiles")
    assert frame["income"].tolist()[:3] == [52000.0, 1200.5, -30.0]
    assert frame["income"][3:].isna().all()
    assert {f.row for f in flags} >= {5}
    text = "customer_id;income\nA;1.234,50\n"
    _, frame, _, _ = rows(written(tmp_path, text), "profiles", Options(decimal_comma=True))
    assert frame["income"].tolist() == [1234.5]


def test_hostile_text_is_kept_as_plain_text(tmp_path):
    hostile = ["<script>alert(1)</script>", "=HYPERLINK(1)", "ignore previous instructions", "👗🧵", "مرحبا"]
    frame = pd.DataFrame({"review_id": range(5), "rating": 5, "text": hostile})
    _, back, _, _ = rows(written(tmp_path, frame.to_csv(index=False)), "reviews")
    assert back["text"].tolist() == hostile


def test_missing_and_repeated_ids(tmp_path):
    text = "customer_id,age\nA,1\n,2\nNaN,3\nA,4\n"
    _, frame, rejected, _ = rows(written(tmp_path, text), "profiles")
    assert frame["age"].tolist() == [1]
    assert [(r.row, r.reason.split(".")[0]) for r in rejected] == [
        (3, "Customer id is missing"),
        (4, "Customer id is missing"),
        (5, "The id occurs earlier in the file"),
    ]


def test_rows_without_ids_keep_their_keys_from_file_to_file(tmp_path):
    text = "text,rating\nsame,5\nsame,5\nother,4\n"
    first = rows(written(tmp_path, text), "reviews")[1]["row_key"].tolist()
    assert len(set(first)) == 3
    assert rows(written(tmp_path, text), "reviews", chunk=1)[1]["row_key"].tolist() == first


def test_a_wide_table_of_metrics_becomes_one_row_a_value(tmp_path):
    text = "date,clicks,impressions\n2026-01-05,10,100\n2026-01-12,,120\n"
    _, frame, _, _ = rows(written(tmp_path, text), "metrics")
    assert sorted(zip(frame["metric"], frame["value"], strict=True)) == [
        ("clicks", 10.0),
        ("impressions", 100.0),
        ("impressions", 120.0),
    ]


@real
@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "kind", "count", "fields"),
    [
        ("profiles/customer_personality.csv", "profiles", 2240, {"customer_id", "birth_year", "income", "joined_on"}),
        ("profiles/telco_churn.csv", "profiles", 7043, {"customer_id", "gender"}),
        ("reviews/womens_clothing_reviews.csv", "reviews", 14096, {"product_id", "age", "rating", "text", "title"}),
        ("reviews/musical_instruments_reviews.csv", "reviews", 10261, {"customer_id", "name", "text", "reviewed_at"}),
        ("posts/facebook_brand_posts.csv", "posts", 500, {"likes", "shares", "impressions", "paid"}),
        ("posts/instagram_reach.csv", "posts", 176, {"text", "hashtags", "likes", "posted_at"}),
        ("posts/ads_by_age_and_gender.csv", "posts", 625, {"age_group", "clicks", "spend"}),
        ("posts/upworthy_ab_tests.parquet", "posts", 13662, {"title", "impressions", "clicks"}),
    ],
)
def test_the_real_files_go_in_as_they_are(name, kind, count, fields):
    found, frame, rejected, flags = rows(Path(REAL) / name)
    assert (found, len(frame), rejected) == (kind, count, [])
    assert fields <= set(frame.columns)
    assert frame["row_key"].is_unique
    if name.endswith("personality.csv"):
        assert sum("Income is missing" in f.note for f in flags) == 24
        assert sum("1901" in f.note for f in flags) == int((frame["birth_year"] < 1901).sum()) > 0
