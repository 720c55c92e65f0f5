"""Files that are broken or built to break a reader: a sentence, or every sound row, never anything else."""

import csv
import gzip
import io
import json
import struct
import zipfile

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.intake import IntakeError, dialect, json_records, open_table, quoted, structured
from tests.analytics.intake.conftest import cells, take

HEAD = "review_id,rating,text\n"


def rows(count, start=0):
    return "".join(f"r{i},{1 + i % 5},a fine thing {i}\n" for i in range(start, start + count))


def parquet(table):
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


@pytest.fixture
def small_fields():
    """The limit that Python's csv module starts with, whatever read a file before."""
    before = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(before)


def test_an_open_quotation_mark_in_the_first_row_of_a_long_file_costs_that_row(opened, small_fields):
    table = opened(HEAD + 'r0,5,"never closed\n' + rows(9000, 1))
    parts = list(table.chunks())
    assert sum(len(part.frame) for part in parts) == 9000
    assert [row.row for part in parts for row in part.ragged] == [2]


def test_a_cell_beyond_all_bounds_is_left_out_and_named(opened, monkeypatch, small_fields):
    for module in (quoted, dialect):
        monkeypatch.setattr(module, "FIELD_CHARACTERS", 300_000)
    monkeypatch.setattr("analytics.intake.delimited.FIELD_CHARACTERS", 300_000)
    monkeypatch.setattr("analytics.intake.delimited.BLOCK_BYTES", 100_000)
    parts = list(opened(HEAD + rows(3) + 'r9,5,"' + "word " * 80_000 + '"\n' + rows(4, 10)).chunks())
    assert sum(len(part.frame) for part in parts) == 7
    assert [(row.row, row.reason) for part in parts for row in part.ragged] == [
        (5, "A cell has more than 300,000 characters. Shorten it.")
    ]


def packed(method=zipfile.ZIP_DEFLATED, claimed=None):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("a.csv", HEAD + rows(30))
    data = bytearray(out.getvalue())
    if claimed is not None:
        struct.pack_into("<H", data, 8, claimed)
        struct.pack_into("<H", data, data.find(b"PK\x01\x02") + 10, claimed)
    return bytes(data)


def no_member():
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (packed(claimed=99), "packed in an unusual way"),
        (no_member(), "holds no file"),
        (gzip.compress(gzip.compress(b"a,b\n1,2\n")), "packed twice"),
        (b"  <!DOCTYPE html><html><body>Please sign in</body></html>", "web page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><rows/>', "web page or XML"),
        (parquet(pa.table([pa.array(["x"])] * 1001, names=["same"] * 1001)), "1,001 columns"),
    ],
    ids=["unknown method", "empty zip", "gzip twice", "html", "xml", "parquet of one name"],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(opened, data, said):
    with pytest.raises(IntakeError, match=said):
        opened(data)


@pytest.mark.parametrize("broken", ["version", "name"])
def test_an_archive_whose_directory_is_damaged_is_refused_in_a_sentence(opened, broken):
    """The directory asks for a version of zip that there is not, or names a member nothing."""
    data = bytearray(packed())
    entry = data.rindex(b"PK\x01\x02")
    if broken == "version":
        data[entry + 6] = 187
    else:
        data[entry + 46] = 0  # a name ends at its first NUL
    with pytest.raises(IntakeError, match=r"[Zz]ip"):
        opened(bytes(data), "in.zip")


def test_a_path_inside_a_zip_leads_nowhere(written, tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../evil.csv", HEAD + rows(3))
    assert len(cells(open_table(written(out.getvalue(), "in.zip")))) == 3
    assert not list(tmp_path.parent.parent.glob("evil.csv"))


JAPANESE = "とても良い商品です。また買います"
CHINESE = "质量很好，下次还会购买。"
TAIWANESE = "品質很好，下次還會購買這個產品。"
KOREAN = "품질이 아주 좋아요 다음에도 살게요"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (CHINESE, "gb18030"),
        (TAIWANESE, "big5"),
        (KOREAN, "euc_kr"),
    ],
)
@pytest.mark.parametrize("times", [1, 40])
def test_east_asian_encodings_are_told_apart(opened, text, encoding, times):
    table = opened((HEAD + f"r1,5,{text}\n" * times).encode(encoding))
    assert set(cells(table)["text"]) == {text}
    assert table.notes[0].startswith("Read as")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Änderung für Österreich, Ärger, Übung", "cp1252"),
        ("Très déçu, la qualité ça allait à peu près", "cp1252"),
        ("Очень хорошее платье, спасибо", "cp1251"),
        ("ДА ДАДА НОРМ ВСЕМ СОВЕТУЮ", "cp1251"),
        ("Bardzo dobra sukienka, polecam każdemu, świetna jakość, książka", "cp1250"),
    ],
)
def test_western_and_cyrillic_text_is_never_taken_for_east_asian(opened, text, encoding):
    assert cells(opened((HEAD + f'r1,5,"{text}"\n' * 20).encode(encoding)))["text"].tolist() == [text] * 20


def test_half_characters_and_nulls_in_json_are_stored_as_text(opened):
    lines = [
        r'{"review_id": "r1", "text": "half \ud83d of an emoji", "x": {"k": "\ud800"}}',
        r'{"review_id": "r2", "text": "nul \u0000 here", "x": ["\u0000"]}',
        r'{"review_id": "r3", "\udfff": "odd key", "text": "whole 👍"}',
    ]
    frame = cells(opened("\n".join(lines)))
    assert frame["text"].tolist() == ["half � of an emoji", "nul  here", "whole 👍"]
    assert frame["�"].tolist() == [None, None, "odd key"]
    for cell in [*frame.columns, *frame["x"].dropna()]:
        cell.encode()
        assert "\\u0000" not in cell


def test_json_is_cut_into_chunks_by_size_too(opened, monkeypatch):
    monkeypatch.setattr(json_records, "CHUNK_BYTES", 1000)
    lines = [json.dumps({"review_id": str(i), "text": "x" * 400}) for i in range(9)]
    sizes = [len(chunk.frame) for chunk in opened("\n".join(lines)).chunks()]
    assert sizes == [3, 3, 3]


def test_a_small_parquet_file_that_stands_for_too_much_text_is_refused(opened, monkeypatch):
    monkeypatch.setattr(structured, "MOST_TEXT", 10 * 2**20)
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 300, pa.int32()), pa.array(["x" * 2**20]))
    with pytest.raises(IntakeError, match="grows to 300 MB in 300 rows"):
        list(opened(parquet(pa.table({"text": texts, "rating": [1] * 300}))).chunks())


def test_parquet_texts_that_repeat_come_back_each_in_its_row(opened):
    said = [None, "b", "a", "b", "", "a"]
    assert cells(opened(parquet(pa.table({"text": said, "n": range(6)}))))["text"].tolist() == [
        None,
        "b",
        "a",
        "b",
        None,
        "a",
    ]


def test_parquet_with_moments_beyond_the_calendar_and_bytes_that_are_no_text(opened):
    odd = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\x04\0\0\0"), pa.py_buffer(b"\xff\xfeab")]
    )
    table = pa.table(
        {
            "text": odd,
            "at": pa.array([2**40], pa.timestamp("s")),
            "day": pa.array([2**30], pa.date32()),
            "nul\0name": ["x"],
        }
    )
    frame = cells(opened(parquet(table)))
    assert frame["text"].tolist() == ["��ab"]
    assert "nulname" in frame
    assert frame["at"].notna().all()


def sheet(*rows, name="book.xlsx"):
    """Return a workbook whose rows have the numbers that are given, as no program would write it."""
    book = openpyxl.Workbook()
    buffer, plain = io.BytesIO(), io.BytesIO()
    book.save(plain)
    cells = "".join(
        f'<row r="{number}">' + "".join(f'<c t="inlineStr"><is><t>{v}</t></is></c>' for v in values) + "</row>"
        for number, values in rows
    )
    text = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            is_sheet = member.filename == "xl/worksheets/sheet1.xml"
            target.writestr(member.filename, text if is_sheet else source.read(member))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("numbers", "shown", "flagged"),
    [
        ((1, 2, 3, 4), [2, 3, 4], []),
        ((1, 5, 9, 20), [5, 9, 20], []),
        ((1, 3, 2, 4), [3, 4, 5], [4]),
        ((1, 2, 2, 2), [2, 3, 4], [3]),
        ((-5, -4, 0, 7), [2, 3, 7], [2]),
        ((1, 2, 10**12, 10**12 + 1), [2, 3, 4], [3]),
        ((1, 1_048_576, 3, 4), [1_048_576, 1_048_577, 1_048_578], [1_048_577]),
    ],
)
def test_rows_of_a_sheet_are_kept_whatever_their_numbers(opened, numbers, shown, flagged):
    values = [("id", "text"), ("a", "1"), ("b", "2"), ("c", "3")]
    table = opened(sheet(*zip(numbers, values, strict=True)))
    chunks = list(table.chunks())
    frame = pd.concat([c.frame for c in chunks])
    assert frame["id"].tolist() == ["a", "b", "c"]
    assert frame.index.tolist() == shown
    assert [f.row for c in chunks for f in c.flags] == flagged


def test_a_sheet_of_names_only_is_refused_and_one_with_rows_beside_it_read(opened):
    with pytest.raises(IntakeError, match="“Sheet” has column names but no rows"):
        opened(sheet((1, ("id", "text")), (2, ("", ""))))
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["only", "names"])
    other = book.create_sheet("Data")
    other.append(["id", "text"])
    other.append(["a", "b"])
    book.save(buffer)
    table = opened(buffer.getvalue())
    assert table.columns == ("id", "text")
    assert "“Data” was read" in table.notes[0]


def test_what_a_mac_puts_into_a_zip_is_passed_over_and_said(opened):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("export/table.csv", "id,text\n1,a\n")
        archive.writestr("__MACOSX/export/._table.csv", b"\0\1")
        archive.writestr("export/.DS_Store", b"\0\1")
    table = opened(buffer.getvalue())
    assert table.notes == ("The zip also holds 2 hidden files that the computer added; passed over.",)
    assert cells(table)["text"].tolist() == ["a"]


def test_objects_that_hold_nothing_are_counted(opened):
    chunks = list(opened('{"id": 1, "text": "a"}\n{}\n\n{"id": null, "text": ""}\n[]\n').chunks())
    assert [(r.row, r.reason) for c in chunks for r in c.ragged] == [
        (2, "The object holds nothing."),
        (4, "The object holds nothing."),
        (5, "The line is no JSON object."),
    ]
    assert sum(len(c.frame) for c in chunks) == 1


def test_a_price_beyond_all_money_is_left_empty_and_said(opened):
    taken = take(opened("sku,name,price\na,Coat,1e300\nb,Hat,999\nc,Bag,2000000000000000\n"), "products")
    assert taken.rows["price"].isna().tolist() == [True, False, True]
    assert [(f.row, f.value) for f in taken.flags] == [(2, "1e300"), (4, "2000000000000000")]
    assert "too large" in taken.flags[0].note
