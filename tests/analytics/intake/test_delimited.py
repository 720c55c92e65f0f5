"""CSV in any dress: every row is kept under its number or answered for."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.intake import IntakeError, Limits, delimited, dialect, open_table
from analytics.intake.sources import Counter, open_bytes
from tests.analytics.intake.conftest import cells

TEXT = st.text(
    st.characters(exclude_characters="\ufeff\ufffd", exclude_categories=("Cs", "Cc"), include_characters="\n\r\t"),
    max_size=12,
)
WESTERN = st.text("abc ,;|\"'éèüñß€0123456789", max_size=12)


def _csv(rows: list[list[str]], delimiter: str, ending: str, quoting: int) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=ending, quoting=quoting).writerows(rows)
    return out.getvalue()


def _read(data: bytes, rows: int = 20_000, encoding: str | None = None) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(data)
        return cells(open_table(path, encoding=encoding), rows)


def _assert_same(frame: pd.DataFrame, body: list[list[str]]) -> None:
    expected = {i: row for i, row in enumerate(body, start=2) if any(row)}
    assert {
        int(i): [c or "" for c in row] for i, row in zip(frame.index, frame.values.tolist(), strict=True)
    } == expected


@settings(max_examples=150, deadline=None)
@given(
    body=st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=12),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_is_read_whatever_the_delimiter_and_encoding(body, delimiter, encoding, ending):
    rows = [["id", "the text", "rating"], *[["k", *row[1:]] for row in body]]
    frame = _read(_csv(rows, delimiter, ending, csv.QUOTE_ALL).encode(encoding))
    assert list(frame.columns) == rows[0]
    _assert_same(frame, rows[1:])


@settings(max_examples=60, deadline=None)
@given(body=st.lists(st.lists(WESTERN, min_size=2, max_size=2), min_size=1, max_size=20))
def test_windows_1252_is_read_where_it_was_said(body):
    rows = [["name", "text"], ["Zoé", "très élégante, à revoir"], *[["x", row[1]] for row in body]]
    _assert_same(_read(_csv(rows, ",", "\n", csv.QUOTE_MINIMAL).encode("cp1252"), encoding="cp1252"), rows[1:])


@settings(max_examples=100, deadline=None)
@given(
    body=st.lists(st.lists(st.text('ab,"\n ', max_size=6), min_size=1, max_size=4), min_size=1, max_size=15),
    rows=st.integers(1, 5),
)
def test_the_fast_and_the_careful_way_agree_and_lose_nothing(body, rows):
    text = _csv(
        [["a", "b", "c"], ["1", "2", "3"], ["1", "2", "3"], ["1", "2", "3"], *body], ",", "\n", csv.QUOTE_MINIMAL
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_text(text, newline="")
        found = dialect.Dialect("utf-8", ",", ("a", "b", "c"), ())
        reopen = lambda: open_bytes(path, Limits(), Counter())  # noqa: E731
        fast = list(delimited.chunks(reopen, found, rows, Limits()))
        slow = list(delimited._careful(reopen(), found, rows, Limits(), after=1))
    kept = [
        {i: r for c in way for i, r in zip(c.frame.index, c.frame.values.tolist(), strict=True)} for way in (fast, slow)
    ]
    rejected = [{r.row for c in way for r in c.ragged} for way in (fast, slow)]
    assert kept[0] == kept[1]
    assert rejected[0] == rejected[1]
    meant = {i for i, row in enumerate(body, start=5) if any(row)}
    assert meant <= set(kept[0]) | rejected[0]


def test_ragged_rows_are_reported_with_the_number_a_spreadsheet_shows(opened):
    table = opened('id,text\n1,a\n\n2,b,c\n"3","two\nlines"\n4\n5,e\n')
    chunks = list(table.chunks())
    assert cells(table).index.tolist() == [2, 5, 7]
    ragged = [r for c in chunks for r in c.ragged]
    assert [(r.row, r.value) for r in ragged] == [(4, "2,b,c"), (6, "4")]
    assert "3 cells, more than the 2 columns" in ragged[0].reason


def test_ragged_rows_keep_their_numbers_across_blocks(written, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 2_000)
    lines = [f"{n},text {n}" + (",more" if n % 7 == 0 else "") for n in range(2, 3_000)]
    table = open_table(written("id,text\n" + "\n".join(lines) + "\n"))
    chunks = list(table.chunks(100))
    for chunk in chunks:
        assert chunk.frame["id"].astype(int).tolist() == chunk.frame.index.tolist()
    assert [r.row for c in chunks for r in c.ragged] == [n for n in range(2, 3_000) if n % 7 == 0]


def test_a_row_larger_than_a_block_is_read_the_careful_way(written, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 2_000)
    rows = [f"{n},short" for n in range(2, 200)] + [f"200,{'x' * 5_000}"] + [f"{n},short" for n in range(201, 300)]
    frame = cells(open_table(written("id,text\n" + "\n".join(rows))))
    assert frame["id"].astype(int).tolist() == frame.index.tolist() == list(range(2, 300))


@pytest.mark.parametrize(
    "text",
    ['id,text,n\n1,"open,5\n2,fine,6\n3,fine,7\n', 'id,text,n\n1,"open,5\n2,"fine",6\n3,fine,7\n'],
    ids=["never closed", "closed by the next row's mark"],
)
def test_an_open_quotation_mark_costs_one_row(opened, text):
    table = opened(text)
    assert cells(table).values.tolist() == [["2", "fine", "6"], ["3", "fine", "7"]]
    (rejected,) = [r for c in table.chunks() for r in c.ragged]
    assert (rejected.row, rejected.value) == (2, '1,"open,5')
    assert "quotation mark" in rejected.reason


def test_marks_inside_text_are_text(opened):
    frame = cells(opened('id,text\n1,a 5" pipe\n2,"she said ""no"""\n3,"x" y\n'))
    assert frame["text"].tolist() == ['a 5" pipe', 'she said "no"', "x y"]


@pytest.mark.parametrize("lead", ["\n\n", "\ufeff", "sep=;\r\n"])
def test_what_stands_before_the_names_is_stepped_over(opened, lead):
    table = opened(f"{lead}id;text\n1;a\n")
    assert table.columns == ("id", "text")
    assert cells(table).values.tolist() == [["1", "a"]]
    assert cells(table).index.tolist() == [2 + lead.count("\n")]


def test_rows_one_cell_longer_than_the_names_have_an_unnamed_index(opened):
    table = opened("text,rating\n0,good,5\n1,bad,1\n2,fine,3\n")
    assert table.columns == ("Unnamed: 0", "text", "rating")
    assert "first column has no name" in table.notes[0]


def test_a_delimiter_at_the_end_of_every_line_is_no_cell_of_its_own(opened):
    assert cells(opened("text,rating\ngood,5,\nbad,1,\n"))["rating"].tolist() == ["5", "1"]
    assert opened("text,rating,\ngood,5\nbad,1\n").columns == ("text", "rating")


def test_columns_of_one_name_are_told_apart(opened):
    table = opened("text,text,\na,b,c\n")
    assert table.columns == ("text", "text (2)", "Unnamed: 2")
    assert "“text (2)”" in table.notes[0]


def test_accents_far_beyond_the_first_rows_are_seen(opened):
    table = opened(b"id,text\n" + b"1,plain\n" * 60_000 + "2,déçue\n".encode("cp1252"))
    assert table.encoding == "cp1252"
    assert cells(table)["text"].iloc[-1] == "déçue"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("La matière est agréable, la coupe élégante, déçue par la fermeture à glissière.", "cp1252"),
        ("Schönes Kleid, fällt größer aus, für den Sommer süß, Rückgabe möglich.", "cp1252"),
        ("Sukienka śliczna, materiał miękki, żółty kolor, jakość świetna, łokieć.", "cp1250"),
        ("Šaty krásné, příjemný materiál, žlutá barva, určitě doporučím, švy.", "cp1250"),
        ("Nagyon szép ruha, jó minőségű, gyönyörű és kényelmes, tökéletes méretű.", "cp1250"),
        ("Платье очень красивое, ткань приятная, размер подошел.", "cp1251"),
    ],
)
@pytest.mark.parametrize("times", [1, 300])
def test_single_byte_encodings_are_told_apart(opened, text, encoding, times):
    table = opened(("id;text\n" + f"1;{text}\n" * times).encode(encoding))
    assert table.encoding == encoding
    assert table.notes == (f"Read as Windows-{encoding[2:]}.",)
    assert set(cells(table)["text"]) == {text}


def test_a_few_odd_bytes_are_shown_noted_and_flagged(opened):
    table = opened("id,text\n1,déjà vu été\n2,naïve façade\n".encode() + b"3,bro\xffken\n4,nul\0byte\n")
    assert table.encoding == "utf-8"
    assert "not UTF-8" in table.notes[0]
    assert cells(table)["text"].tolist() == ["déjà vu été", "naïve façade", "bro�ken", "nulbyte"]
    (flag,) = [f for c in table.chunks() for f in c.flags]
    assert (flag.row, flag.column) == (4, "text")


def test_emoji_right_to_left_formulas_and_markup_stay_plain_text(opened):
    said = ["👗🔥", "فستان جميل", '=HYPERLINK("http://x")', "<script>alert(1)</script>", "‏‎mixed"]
    out = io.StringIO()
    csv.writer(out).writerows([["id", "text"], *[[str(i), s] for i, s in enumerate(said)]])
    assert cells(opened(out.getvalue()))["text"].tolist() == said


def test_500_columns_are_read_and_too_many_refused(opened, written):
    wide = ",".join(f"c{i}" for i in range(500)) + "\n" + ",".join("1" for _ in range(500)) + "\n"
    assert cells(opened(wide)).shape == (1, 500)
    with pytest.raises(IntakeError, match=r"500 columns; at most 400"):
        open_table(written(wide), Limits(max_columns=400))


def test_a_cell_beyond_the_limit_is_cut_and_flagged(written):
    table = open_table(written("id,text\n1," + "x" * 500 + "\n2,short\n"), Limits(max_cell=100))
    (chunk,) = table.chunks()
    assert chunk.frame["text"].str.len().tolist() == [100, 5]
    assert chunk.flags[0].row == 2
    assert "500 characters; the first 100" in chunk.flags[0].note


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"id,text\n", "no rows"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "binary file"),
        (b"%PDF-1.7\n" + bytes(range(32)) * 90, "binary file"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old or locked Excel"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(opened, content, said):
    with pytest.raises(IntakeError, match=said):
        opened(content)


def test_a_table_can_be_read_again_and_sampled_in_pieces(opened):
    table = opened("id,text\n" + "".join(f"{i},t\n" for i in range(100)))
    assert len(table.sample(7)) == 7
    assert [len(c.frame) for c in table.chunks(40)] == [40, 40, 20]
    assert len(cells(table)) == 100
    assert table.bytes_read > 400


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(IntakeError, match="There is no file"):
        open_table(tmp_path / "nothing.csv")
