"""What leaves for a spreadsheet: no cell and no column name is run as a formula, and numbers stay numbers."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.spreadsheet import safe_cell, safe_csv

FORMULAS = ["=1+1", "+1", "-1+A1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A", "﹦1", "⁺1", "﹫A"]
BLANKS = [
    "",
    " ",
    "   ",
    "\u00a0",
    "\u3000",
    "\ufeff",
    "\u200b",
    "\x00",
    " \u00a0\t ",
    "\u00ad",
    "\u202e",
    "\u2800",
    "\ufe0f",
]


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_text_also_behind_blanks(blank, formula):
    assert safe_cell(blank + formula) == "'" + blank + formula


@pytest.mark.parametrize("plain", ["a=b", "", " ", "5 - 3", "é", 5, -5, -1.5, None, True])
def test_what_is_no_formula_stays_as_it_is(plain):
    assert safe_cell(plain) is plain


@pytest.mark.parametrize("blank", BLANKS[:5])
def test_column_names_are_cells_too(blank):
    frame = pd.DataFrame({blank + "=cmd|' /C calc'!A0": [1], "fine": ["@x"]})
    head, row = csv.reader(io.StringIO(safe_csv(frame).decode("utf-8-sig")))
    assert head == ["'" + blank + "=cmd|' /C calc'!A0", "fine"]
    assert row == ["1", "'@x"]


@given(st.text())
def test_made_safe_twice_is_made_safe_once(text):
    assert safe_cell(safe_cell(text)) == safe_cell(text)
