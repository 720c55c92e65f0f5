"""Rows that are no rows: titles above the header, units below it, totals and footers."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.intake import IntakeError, Keys, Mapping, Options, normalise, open_table, suggest_mapping
from analytics.intake.headers import header_index
from tests.analytics.intake.conftest import cells

ADS = "Day,Campaign name,Impressions,Amount spent (USD)\n2024-05-06,Coats,100,10.5\n2024-05-07,Hats,200,4.5\n2024-05-08,Coats,300,5\n"


def read(table, kind, **fields):
    mapping = suggest_mapping(kind, table.columns, table.sample(200))
    for name, column in fields.items():
        held = mapping.column_of(name)
        mapping = (mapping.set(held, None) if held else mapping).set(column, name)
    keys = Keys.for_file(table, kind, mapping, Options())
    parts = [normalise(kind, chunk, mapping, Options(), keys) for chunk in table.chunks(2)]
    return (
        pd.concat([p.rows for p in parts]),
        [r for p in parts for r in p.rejected],
        [f for p in parts for f in p.flags],
    )


def ads(opened, text, kind="posts"):
    return read(opened(text), kind, posted_at="Day", spend="Amount spent (USD)")


PREAMBLES = {
    "comment lines": "# ------\n# Report\n# Start date: 20240501\n",
    "title and dates": 'Campaign report\n"May 1, 2024 - May 31, 2024"\n',
    "padded by a spreadsheet": "Campaign report,,,\n,,,\nAll time,,,\n",
    "names and values": "Account,Example\nCurrency,USD\n\n",
    "a title over two lines": '"Campaign\nreport"\n',
}


@pytest.mark.parametrize("above", PREAMBLES.values(), ids=PREAMBLES)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_below_a_report_title_is_found_and_the_title_left_out(opened, above, delimiter):
    text = (above + ADS).replace(",", delimiter) if '"' not in above else above + ADS.replace(",", delimiter)
    table = opened(text)
    assert table.columns == ("Day", "Campaign name", "Impressions", "Amount spent (USD)")
    assert any("was read as the column names" in note for note in table.notes)
    assert cells(table)["Impressions"].tolist() == ["100", "200", "300"]
    left = [r for chunk in table.chunks() for r in chunk.ragged]
    assert left
    assert all("above the column names" in r.reason for r in left)


def test_a_report_title_in_a_workbook_is_left_out(opened):
    buffer = io.BytesIO()
    frame = pd.read_csv(io.StringIO(ADS))
    with pd.ExcelWriter(buffer) as writer:
        frame.to_excel(writer, index=False, startrow=2)
        writer.sheets["Sheet1"].cell(1, 1, "All the posts of your page in the time range that you chose.")
    table = opened(buffer.getvalue(), "posts.xlsx")
    assert table.columns == tuple(frame.columns)
    (chunk,) = table.chunks()
    assert chunk.frame.index.tolist() == [4, 5, 6]
    assert [r.row for r in chunk.ragged] == [1]


def test_the_header_row_can_be_named_and_a_wrong_one_is_refused(written):
    path = written("a,b,c\nx,y,z\n1,2,3\n")
    assert open_table(path).columns == ("a", "b", "c")
    named = open_table(path, header_row=2)
    assert named.columns == ("x", "y", "z")
    assert cells(named).index.tolist() == [3]
    with pytest.raises(IntakeError, match="Row 9 cannot hold the column names"):
        open_table(path, header_row=9)


@pytest.mark.parametrize(
    "rows",
    [
        [["customer_id", "age", "income"], ["A", "30"], ["B", "31", "1"]],
        [["Respondent ID", "Q1", "", "", "Q2", "", ""], ["", "yes", "no", "maybe", "a", "b", "c"]] * 2,
        [["value"], ["2024-01-01", "5"], ["2024-01-02", "6"]],
        [["name"], ["a"], ["b"]],
        [["a", "b"], ["1", "2", "3", "4", "5", "6"], ["1", "2", "3", "4", "5", "6"]],
    ],
    ids=["ragged", "two header rows", "index", "one column", "numbers only below"],
)
def test_a_header_on_top_stays_the_header(rows):
    assert header_index(rows) == 0


TOTALS = {
    "first, naming nothing": ("2024-05-06,,600,20\n", "top"),
    "last, named": ("Total,,600,20\n", "end"),
    "in other words": ("Gesamt: Konto, --,600,20\n", "end"),
    "last, dated": ("2024-05-08,Grand total,600,20\n", "end"),
    "a subtotal": (",Total: Coats,400,15.5\n", "end"),
    "without a date": (",,600,20\n", "end"),
}


@pytest.mark.parametrize(("row", "where"), TOTALS.values(), ids=TOTALS)
def test_a_total_is_left_out_with_its_number_and_reason(opened, row, where):
    head, _, body = ADS.partition("\n")
    text = f"{head}\n{row}{body}" if where == "top" else ADS + row
    rows, rejected, _ = ads(opened, text)
    assert rows["spend"].sum() == 20
    assert rows["impressions"].sum() == 600
    assert [(r.row, "total" in r.reason) for r in rejected] == [(2 if where == "top" else 5, True)]


def test_what_only_looks_like_a_total_is_kept(opened):
    rows, rejected, flags = ads(opened, ADS + "2024-05-09,,77,1\n")
    assert len(rows) == 4
    assert rejected == []
    assert [(f.row, "If it is a total" in f.note) for f in flags] == [(5, True)]
    rows, rejected, _ = ads(opened, ADS + "2024-05-09,Total comfort,77,1\n")
    assert (len(rows), rejected) == (4, [])


def test_units_descriptions_and_repeated_headers_are_left_out(opened):
    units = ADS.replace("\n", "\n,,count,USD\n", 1)
    assert [(r.row, "describes the columns" in r.reason) for r in ads(opened, units)[1]] == [(2, True)]
    questions = "ResponseId,Finished,Score,Q1\nResponse,Done,Points,Why?\n" + "".join(
        f'"{{""ImportId"":""{n}""}}",' if n < 3 else f'"{{""ImportId"":""{n}""}}"\n' for n in range(4)
    )
    table = opened(questions + "R1,1,5,nice\nR2,1,4,fine\n")
    _, rejected, _ = read(table, "reviews", review_id="ResponseId", rating="Score", text="Q1")
    assert [r.row for r in rejected] == [2, 3]
    _, rejected, _ = ads(opened, ADS + ADS)
    assert (5, "The row repeats the column names, so it was left out.") in [(r.row, r.reason) for r in rejected]


def test_one_odd_first_value_is_no_description(opened):
    rows, rejected, _ = read(opened("customer_id,age\na,unknown\nb,30\nc,31\n"), "profiles")
    assert (len(rows), rejected) == (3, [])


@pytest.mark.parametrize("remark", ["Generated on 2024-05-01", "* Preliminary figures", "Source: our shop", "Total"])
def test_a_footer_is_no_person(opened, remark):
    people = "customer_id,age,city\na,30,Leeds\nb,31,York\n"
    rows, rejected, _ = read(opened(people + f"{remark},,\n"), "profiles")
    assert rows["customer_id"].tolist() == ["a", "b"]
    assert [(r.row, "remark below" in r.reason) for r in rejected] == [(4, True)]


@settings(max_examples=60, deadline=None)
@given(
    above=st.integers(0, 4),
    total=st.sampled_from(["", "2024-05-06,,600,20\n", "Total,,600,20\n", "Generated on Monday,,,\n"]),
    short=st.integers(0, 2),
)
def test_rows_in_are_rows_kept_or_refused(tmp_path_factory, above, total, short):
    path = tmp_path_factory.mktemp("t") / "a.csv"
    path.write_text("A remark\n" * above + ADS + total + "2024-05-09,Hats\n" * short)
    table = open_table(path)
    mapping = Mapping(()) if not table.columns else suggest_mapping("posts", table.columns, table.sample(200))
    keys = Keys.for_file(table, "posts", mapping)
    kept, refused = 0, set()
    for chunk in table.chunks():
        done = normalise("posts", chunk, mapping, Options(), keys)
        kept += len(done.rows)
        refused |= {r.row for r in done.rejected}
    assert kept + len(refused) == above + 3 + bool(total) + short
    assert kept == 3
