"""Workbooks, Parquet, JSON lines and what is packed inside gzip and zip."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from datetime import datetime

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.intake import IntakeError, Limits, json_records, open_table
from tests.analytics.intake.conftest import cells


def _workbook(**sheets: list[list]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _parquet(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_parquet(out)
    return out.getvalue()


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_sheet_keeps_the_row_numbers_that_excel_shows(opened):
    rows = [
        [],
        ["id", "bought", "n", "ok"],
        ["a", datetime(2024, 5, 1), 3.0, True],
        [],
        ["b", datetime(2024, 5, 1, 9, 30), 2.5, None],
    ]
    table = opened(_workbook(Data=rows), "upload")
    assert (table.format, table.columns, table.notes) == ("xlsx", ("id", "bought", "n", "ok"), ())
    frame = cells(table)
    assert frame.index.tolist() == [3, 5]
    assert frame.values.tolist() == [["a", "2024-05-01", "3", "true"], ["b", "2024-05-01T09:30:00", "2.5", None]]


def test_the_first_sheet_with_anything_is_read_and_another_can_be_asked_for(written):
    path = written(_workbook(Empty=[], First=[["a"], ["1"]], Second=[["b"], ["2"]]))
    table = open_table(path)
    assert table.columns == ("a",)
    assert table.notes == ("The workbook has 3 sheets; “First” was read.",)
    assert open_table(path, sheet="Second").columns == ("b",)
    with pytest.raises(IntakeError, match=r"no sheet “Third”\. It has: Empty, First, Second"):
        open_table(path, sheet="Third")
    with pytest.raises(IntakeError, match="is empty"):
        open_table(path, sheet="Empty")


def test_cells_beyond_the_named_columns_are_not_lost_silently(opened):
    (chunk,) = opened(_workbook(A=[["a", "b"], [1, 2], [1, 2, None, "extra"], [3]])).chunks()
    assert chunk.frame.index.tolist() == [2, 4]
    assert [(r.row, r.value) for r in chunk.ragged] == [(3, "extra")]


def test_a_damaged_workbook_is_refused(opened):
    good = _workbook(A=[["a", "b"], *[[i, "x" * 50] for i in range(500)]])
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:20_000]
    table = opened(_zip(**parts))
    with pytest.raises(IntakeError, match=r"damaged after row \d+"):
        list(table.chunks())
    parts["xl/workbook.xml"] = b"<broken"
    with pytest.raises(IntakeError, match="damaged or locked"):
        opened(_zip(**parts))


def test_parquet_types_become_the_text_of_a_csv(opened):
    frame = pd.DataFrame(
        {
            "n": pd.array([1, None], dtype="Int64"),
            "x": [1.5, 2.0],
            "when": pd.to_datetime(["2024-01-01", "2024-01-02 10:00"], format="ISO8601"),
            "tags": [["a", "b"], None],
            "text": ["nul\0", "é"],
            "kind": pd.Categorical(["p", "q"]),
        }
    )
    table = opened(_parquet(frame))
    assert cells(table).values.tolist() == [
        ["1", "1.5", "2024-01-01", '["a", "b"]', "nul", "p"],
        [None, "2", "2024-01-02T10:00:00", None, "é", "q"],
    ]
    assert cells(table, rows=1).index.tolist() == [2, 3]
    assert table.bytes_read > 0


def test_parquet_that_is_empty_or_declares_too_much_is_refused(written):
    with pytest.raises(IntakeError, match="no rows"):
        open_table(written(_parquet(pd.DataFrame({"a": pd.Series([], dtype=str)}))))
    with pytest.raises(IntakeError, match="says it holds"):
        open_table(written(_parquet(pd.DataFrame({"a": range(100_000)}))), Limits(max_uncompressed=1000))


def test_parquet_with_two_columns_of_one_name_keeps_both(opened):
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([pa.array(["1"]), pa.array(["2"])], names=["a", "a"]), out)
    assert cells(opened(out.getvalue())).to_dict("list") == {"a": ["1"], "a (2)": ["2"]}


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: _zip(inner=data)], ids=["gzip", "zip"])
@pytest.mark.parametrize(
    "inner",
    [_workbook(A=[["id", "t"], ["1", "x"]]), _parquet(pd.DataFrame({"id": ["1"], "t": ["x"]}))],
    ids=["xlsx", "parquet"],
)
def test_packed_workbooks_and_parquet_are_read(opened, pack, inner):
    table = opened(pack(inner), "upload")
    assert cells(table).values.tolist() == cells(table).values.tolist() == [["1", "x"]]


def test_what_is_packed_twice_is_refused(opened):
    with pytest.raises(IntakeError, match="packed twice"):
        opened(gzip.compress(_zip(a=b"id,t\n1,x\n")))


def test_json_lines_with_odd_lines_nested_values_and_late_keys(opened, monkeypatch):
    monkeypatch.setattr(json_records, "RECORDS_FOR_KEYS", 2)
    lines = [
        '\ufeff{"a": 1, "b": {"x": "é"}}',
        "",
        "[1]",
        '{"a": 2.0, "late": "y"}',
        "not json",
        '{"b": null, "a": "z"}',
    ]
    table = opened("\n".join(lines))
    chunks = list(table.chunks(2))
    assert table.columns == ("a", "b")
    assert pd.concat(c.frame for c in chunks).to_dict("index") == {
        1: {"a": "1", "b": json.dumps({"x": "é"}, ensure_ascii=False)},
        4: {"a": "2", "b": None},
        6: {"a": "z", "b": None},
    }
    assert [r.row for c in chunks for r in c.ragged] == [3, 5]
    assert [(f.row, f.column, f.value) for c in chunks for f in c.flags] == [(4, "late", "y")]


def test_a_json_line_without_end_is_refused(opened, monkeypatch):
    monkeypatch.setattr(json_records, "RECORD_BYTES", 1_000)
    with pytest.raises(IntakeError, match="A line is longer"):
        opened('{"a": "' + "x" * 5_000)


def _without_its_end(book: bytes) -> bytes:
    """Return a workbook that does not say its size, and whose sheet and shared strings break off."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = re.sub(rb"<dimension[^>]*/>", b"", old.read(name))
            broken = name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml")
            new.writestr(name, data[: len(data) * 9 // 10] if broken else data)
    return out.getvalue()


def test_a_sheets_first_rows_are_shown_without_reading_its_rest(opened):
    rows = [["id", "text"], *([f"R{i}", f"words number {i} of a review"] for i in range(4_000))]
    table = opened(_without_its_end(_workbook(data=rows)))
    assert table.sample(2)["text"].tolist() == ["words number 0 of a review", "words number 1 of a review"]
    with pytest.raises(IntakeError, match="is damaged after row"):
        list(table.chunks())
