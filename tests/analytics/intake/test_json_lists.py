"""One JSON list of records is read as the same records one a line; nothing of a damaged one is lost silently."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.intake import IntakeError, json_records, open_table
from tests.analytics.intake.conftest import cells

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.text(max_size=8), st.lists(st.integers(), max_size=2)
)
RECORDS = st.lists(
    st.dictionaries(st.sampled_from(["id", "text", "größe"]), VALUES, min_size=1), min_size=1, max_size=12
)


def read(path, data: bytes):
    path.write_bytes(data)
    table = open_table(path)
    chunks = list(table.chunks(3))
    rows = [tuple(row) for c in chunks for row in c.frame[list(table.columns)].itertuples(index=False)]
    return table.columns, rows, [r for c in chunks for r in c.ragged]


@pytest.mark.parametrize("read_bytes", [1, 7, 2**20])
@settings(max_examples=60, deadline=None)
@given(records=RECORDS, indent=st.sampled_from([None, 2]), ascii_only=st.booleans())
def test_a_list_reads_as_its_lines(tmp_path_factory, read_bytes, records, indent, ascii_only):
    folder = tmp_path_factory.mktemp("json")
    lines = "\n".join(json.dumps(r, ensure_ascii=ascii_only) for r in records).encode("utf-8", "surrogatepass")
    listed = json.dumps(records, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    before, json_records.READ_BYTES = json_records.READ_BYTES, read_bytes
    try:
        try:
            expected = read(folder / "lines.json", lines)
        except IntakeError:
            return  # no column, or nothing in any of them: the list says the same in its own words
        columns, rows, refused = read(folder / "list.json", listed)
    finally:
        json_records.READ_BYTES = before
    assert (columns, [str(r) for r in rows]) == (expected[0], [str(r) for r in expected[1]])
    assert len(rows) + len(refused) == len(records)


@pytest.mark.parametrize(
    ("data", "kept", "reasons"),
    [
        (b'[{"id": 1}, 7, {"id": 2}]', 2, ["no JSON object"]),
        (b'[{"id": 1}, {"id": 2}, {"id": 3', 2, ["breaks off"]),
        (b'[{"id": 1}, {"id": 2}', 2, ["breaks off"]),
        (b'[{"id": 1}, {"id": ]', 1, ["breaks off"]),
        (b'[{"id": 1}] [{"id": 2}]', 1, ["goes on after the end"]),
        (b'\xef\xbb\xbf [\n{"id": "caf\xe9"},\n{}\n]', 1, ["holds nothing"]),
    ],
)
def test_what_a_damaged_list_loses_is_said(tmp_path, data, kept, reasons):
    _, rows, refused = read(tmp_path / "list.json", data)
    assert len(rows) == kept
    assert len(refused) == len(reasons)
    assert all(reason in r.reason for reason, r in zip(reasons, refused, strict=True))


def test_a_review_export_in_one_list_is_read(opened):
    records = [{"review_id": i, "text": f"“Quoted”, and more\n{i}", "rating": 5, "tags": ["a"]} for i in range(2_000)]
    table = opened(json.dumps(records).encode(), "reviews.json")
    assert cells(table)["text"].tolist() == [r["text"] for r in records]
