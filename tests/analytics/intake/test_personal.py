"""Columns that say who somebody is are told in many layouts, and no others."""

import pandas as pd
import pytest

from analytics.intake import Fits, Mapping, suggest_mapping, with_personal
from analytics.intake.fields import field_of
from analytics.intake.mapping import SURE_KIND, ColumnMap, detect_kind
from analytics.intake.personal import birth_years, joined, role_by_name, role_of
from analytics.intake.shapes import PERHAPS, UNLIKE


@pytest.mark.parametrize(
    ("column", "role"),
    [
        ("First Name", "first_name"),
        ("billing_last_name", "last_name"),
        ("Vorname", "first_name"),
        ("NACHNAME", "last_name"),
        ("prénom", "first_name"),
        ("Apellido 2", "last_name"),
        ("Фамилия", "last_name"),
        ("Name (Last, First)", "name"),
        ("Anrede", "name_title"),
        ("Default Address Zip", "postcode"),
        ("Kunden-PLZ", "postcode"),
        ("Date of birth", "birth_date"),
        ("N° de commande", "order_number"),
        ("Last Order Number", "order_number"),
        ("Emergency contact", "name"),
        ("Kontakt", "name"),
        ("Nick", "name"),
        ("Owner", "personal_detail"),
        ("Sales Rep", "personal_detail"),
        ("Owner's email", "email"),
        ("Contact date", None),
        ("Card Name", "name"),
        ("Card Address Zip", "postcode"),
        ("Card Last4", None),
        ("Mobile Phone 2", "phone"),
        ("Orders", None),
        ("Last order date", None),
        ("Company name", None),
        ("Product name", None),
        ("Predicted Customer Lifetime Value", None),
        ("City", None),
        ("Lead time", None),
    ],
)
def test_a_name_tells_what_a_column_says_of_a_person(column, role):
    assert role_by_name(column) == role


@pytest.mark.parametrize(
    ("column", "cells", "role"),
    [
        ("Title", ["Mr", "Mrs.", "Dr"], "name_title"),
        ("Title", ["Engineer", "Nurse", "Dr"], None),
        ("Order", ["A-10023", "A-10024"], "order_number"),
        ("Order", ["1", "2"], None),
        ("Kontakt", ["a@b.de", None, "c@d.fr"], "email"),
        ("X", ["+49 151 23456789", "07700 900123"], "phone"),
        ("Where", ["LS1 1AA", "YO10 5DD"], "postcode"),
        ("Mobile", ["yes", "no"], None),
        ("Joined", ["2024-01-02", "2024-03-04"], None),
    ],
)
def test_where_the_name_leaves_it_open_the_values_tell(column, cells, role):
    assert role_of(column, pd.Series(cells, dtype=object)) == role


def test_every_such_column_has_its_field_however_many_there_are():
    columns = ["id", "Vorname", "Nachname", "Email", "E-mail 2", "PLZ", "Alter"]
    sample = pd.DataFrame([["1", "Ann", "Alpha", "a@b.de", "c@d.de", "10115", "33"]], columns=columns)
    found = suggest_mapping("profiles", columns, sample)
    assert found.columns_of("email") == ("Email", "E-mail 2")
    assert (found.column_of("first_name"), found.column_of("last_name")) == ("Vorname", "Nachname")
    assert found.column_of("postcode") == "PLZ"
    found.check("profiles")


def test_an_older_mapping_is_read_with_todays_care_but_for_what_was_settled_by_hand():
    kept = Mapping(
        (ColumnMap("Vorname", None, 0.0), ColumnMap("Nachname", None, 1.0), ColumnMap("PLZ", None, 0.0, True))
    )
    found = with_personal("profiles", kept, pd.DataFrame())
    assert [e.field for e in found.entries] == ["first_name", None, None]


def test_parts_are_put_together_and_things_of_their_own_stand_apart():
    parts = [pd.Series(["García", None, None], dtype=object), pd.Series(["López", "Roy", None], dtype=object)]
    assert joined(parts, one=True).tolist() == ["García López", "Roy", None]
    assert joined(parts, one=False).tolist() == ["García\nLópez", "Roy", None]


def test_of_a_birth_date_only_the_year_is_used():
    dates = pd.Series(["03/04/1985", "1990-12-31", "3. April 1971", "03/04/85", None, "1985-1990"], dtype=object)
    assert birth_years(dates).tolist() == [1985, 1990, 1971, pd.NA, pd.NA, pd.NA]


def test_a_table_with_an_e_mail_a_row_is_never_sure_to_be_posts():
    columns = ["id", "created", "description", "email", "name", "phone"]
    rows = [
        [f"cus_{i}", f"2026-01-{i % 28 + 1:02d} 10:00", "Wholesale", f"p{i}@mail.example", f"Ann {i}", f"+4930{i:07d}"]
        for i in range(30)
    ]
    best, *rest = detect_kind(columns, pd.DataFrame(rows, columns=columns))
    assert best.kind == "profiles"
    assert next(guess for guess in rest if guess.kind == "posts").confidence < SURE_KIND


def test_a_column_of_dates_fits_a_consent_more_than_a_review_whichever_is_asked_first():
    fits = Fits(pd.DataFrame({"date": ["some", "words", "only"]}, dtype=object))
    reviewed, given = field_of("reviews", "reviewed_at"), field_of("consents", "at")
    first = (fits.of("date", reviewed, "reviews"), fits.of("date", given, "consents"))
    assert first == (UNLIKE, PERHAPS) == (fits.of("date", reviewed, "reviews"), fits.of("date", given, "consents"))
