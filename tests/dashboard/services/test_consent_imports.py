"""A person's no in the files of real tools, from the file to the gate."""

import pytest
from sqlmodel import select

from analytics.intake import Options
from dashboard.services.audits import tallies
from dashboard.services.data import imports
from dashboard.services.data.imports import Consent
from db.tables import ProfileRow

STATED = Consent("statement", ("profiling", "personalisation"), "newsletter")


def said(workspace, purpose="personalisation"):
    found = next(one for one in tallies.consent(workspace) if one.purpose == purpose)
    return found.allowed, found.refused


def people(column, *cells):
    return f"customer_id,age,{column}\n" + "".join(f"P{i},{30 + i},{cell}\n" for i, cell in enumerate(cells))


def test_the_weekly_refresh_of_a_stale_column_undoes_no_withdrawal(workspace, bring_in):
    crm = "customer_id,age,consent_personalisation,consent_profiling\nk1,51,yes,yes\nk2,28,yes,yes\n"
    bring_in(crm, "profiles", name="monday.csv", consent=Consent("column"))
    assert said(workspace) == (2, 0)
    bring_in("customer_id,purpose,action\nk2,marketing,withdraw\nk2,profiling,withdraw\n", "consents", name="w.csv")
    assert said(workspace) == (1, 1)
    bring_in(crm.replace("28", "29"), "profiles", name="tuesday.csv", consent=Consent("column"))
    assert said(workspace) == said(workspace, "profiling") == (1, 1)
    later = "customer_id,purpose,action,at\nk2,marketing,grant,2020-01-01\n"
    bring_in(later, "consents", name="old.csv")
    assert said(workspace) == (1, 1), "an older yes is no later yes"


@pytest.mark.parametrize(
    ("column", "cells", "allowed", "refused"),
    [
        ("Email Marketing Consent", ("SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED", "subscribed"), 2, 2),
        ("Accepts Email Marketing", ("yes", "no", "no", ""), 2, 2),
        ("doNotContact", ("0", "1", "3", ""), 2, 2),
        ("Unsubscribed from all email", ("true", "false", "", ""), 3, 1),
        ("Opted out at", ("2023-04-05", "", "", "a while ago"), 2, 2),
        ("email_opt_in", ("CLEANED", "PENDING", "bounced", "opted-in"), 1, 3),
        ("consent_personalisation", ("perhaps", "yes", "?", "no"), 1, 3),
        ("Status", ("Active", "Unsubscribed", "Opted out", "Active"), 2, 2),
        ("Email Subscription Status", ("Subscribed", "nonSubscribed", "", "Unsubscribed"), 2, 2),
        ("Contact Status", ("Subscribed", "Cleaned", "Unsubscribed", "Subscribed"), 2, 2),
        ("Abmeldedatum", ("", "04.03.2025", "", ""), 3, 1),
        ("Widerruf", ("nein", "ja", "", "nein"), 3, 1),
        ("Désabonné", ("non", "oui", "", "non"), 3, 1),
        ("Statut", ("actif", "Désabonné", "", "actif"), 3, 1),
        ("sms_status", ("nonSubscribed", "unsubscribed", "", ""), 4, 0),
    ],
)
def test_a_no_in_a_tools_words_counts_whatever_the_statement_says(workspace, bring_in, column, cells, allowed, refused):
    record = bring_in(people(column, *cells), "profiles", consent=STATED)
    assert said(workspace) == (allowed, refused)
    neither = [f for f in imports.problems(workspace, record.id)["reason"] if "neither yes nor no" in f]
    assert len(neither) == sum(cell in ("perhaps", "?", "3", "a while ago") for cell in cells)


def test_a_no_to_marketing_is_one_to_profiling_unless_that_is_asked_apart(workspace, bring_in):
    bring_in(people("Email Marketing Consent", "SUBSCRIBED", "UNSUBSCRIBED"), "profiles", consent=STATED)
    assert said(workspace, "profiling") == (1, 1)
    apart = people("consent_personalisation,consent_profiling", "no,yes").replace("P0", "Q0")
    bring_in(apart, "profiles", name="apart.csv", consent=STATED)
    assert said(workspace, "profiling") == (2, 1)


def test_an_expiry_that_most_rows_write_in_words_is_read_all_the_same(workspace, bring_in):
    bring_in(people("Spent", "1", "2", "3"), "profiles", consent=Consent())
    rows = "P0,marketing,grant,2024-05-01,end of contract\nP1,marketing,grant,2024-05-01,\n"
    rows += "P2,marketing,grant,2024-05-01,2024-06-01\n"
    record = bring_in("customer_id,purpose,action,date,expires\n" + rows, "consents", name="c.csv")
    assert said(workspace)[0] == 1
    assert "The expiry of this yes cannot be read" in " ".join(imports.problems(workspace, record.id)["reason"])


def test_a_date_of_a_consent_that_is_not_known_is_asked(workspace, tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("customer_id,purpose,action,date,Until\nP1,marketing,grant,2024-05-01,2024-06-01\n")
    preview = imports.look(workspace, path, path.name, "consents")
    (question,) = preview.questions("consents", preview.mapping, Options())
    assert (question.column, question.about) == ("Until", "consent")
    settled = preview.mapping.set("Until", "expires_at")
    assert preview.questions("consents", settled, Options()) == ()


def test_a_status_without_a_date_takes_no_date_from_a_no(workspace, bring_in):
    text = (
        "customer_id,age,Status,Unsubscribed date\nP1,30,Unsubscribed,2023-04-05\nP2,31,Unsubscribed,\nP3,32,Active,\n"
    )
    bring_in(text, "profiles", consent=STATED)
    assert said(workspace) == (1, 2)
    later = "customer_id,purpose,action,at\nP1,marketing,grant,2024-01-01\nP2,marketing,grant,2024-01-01\n"
    bring_in(later, "consents", name="later.csv")
    assert said(workspace)[0] == 2, "a later yes counts after a dated no, and not after one of today"


def test_two_opt_out_columns_both_count(workspace, bring_in):
    bring_in(people("Opted out of email,Unsubscribed", "0,1", "1,0", "0,0"), "profiles", consent=STATED)
    assert said(workspace) == (1, 2)


def test_a_date_or_expiry_that_cannot_be_read_never_widens(workspace, bring_in):
    rows = (
        "a,marketing,withdraw,2024-03-01,\n"  # stands: the yes has a date nobody can read
        "a,marketing,grant,soon,\n"
        "b,marketing,grant,2024-03-01,some day\n"  # never for ever
        "c,marketing,withdraw,2024-03-01,\n"  # a yes without a date is no later yes
        "c,marketing,grant,,\n"
        "d,marketing,withdraw,2024-03-01,\n"  # the same day, the hour of the no is not known
        "d,marketing,grant,2024-03-01 09:00,\n"
        "e,marketing,grant,2024-03-01,2099-01-01\n"
        "f,marketing,perhaps,,\n"
        "g,world peace,withdraw,2024-03-01,\n"
    )
    record = bring_in("customer_id,purpose,action,at,expires_at\n" + rows, "consents")
    assert said(workspace) == (1, 5)
    found = imports.problems(workspace, record.id)
    left_out = found[found["outcome"] == "left out"]
    assert left_out["row"].tolist() == [3, 4]
    assert all("the yes does not count" in reason for reason in left_out["reason"])
    assert any("no date" in reason for reason in found["reason"])


def test_a_no_without_a_date_in_another_file_is_another_no(workspace, bring_in):
    no = "customer_id,purpose,action\nz,marketing,withdraw\n"
    bring_in(no, "consents")
    assert said(workspace) == (0, 1)
    bring_in(no + "y,marketing,grant\n", "consents", name="next.csv")
    assert said(workspace) == (1, 1)


@pytest.mark.parametrize("order", [("yes", "no"), ("no", "yes")])
def test_of_two_rows_of_one_id_the_stricter_counts(workspace, bring_in, order):
    head = "customer_id,age,consent_personalisation\n"
    first, second = order
    record = bring_in(f"{head}k1,51,{first}\nk2,30,yes\nk1,51,{second}\n", "profiles", consent=Consent("column"))
    assert (record.rows_new, record.rows_rejected) == (2, 1)
    assert said(workspace) == (1, 1)


def test_a_yes_in_a_second_row_of_one_id_grants_nothing(workspace, bring_in):
    bring_in("customer_id,age,consent_survey\nk1,51,\nk1,51,yes\n", "profiles", consent=Consent("column"))
    assert said(workspace, "survey") == (0, 0)


def test_of_two_columns_for_one_purpose_the_stricter_counts(workspace, bring_in):
    text = "customer_id,age,Accepts Email Marketing,Newsletter opt-in\nk1,51,yes,no\nk2,30,yes,yes\nk3,30,yes,\n"
    bring_in(text, "profiles", consent=Consent("column"))
    assert said(workspace) == (2, 1)


def test_a_column_of_consent_to_something_unsaid_is_asked_and_one_of_text_messages_grants_nothing(workspace, tmp_path):
    path = tmp_path / "crm.csv"
    path.write_text("customer_id,age,Accepts SMS Marketing,GDPR consent,Consent date\nk1,51,yes,yes,2024-01-02\n")
    preview = imports.look(workspace, path, path.name, "profiles")
    asked = preview.questions("profiles", preview.mapping, Options())
    assert [q.column for q in asked] == ["Accepts SMS Marketing", "GDPR consent"]
    assert not [f for f in preview.mapping.fields() if f.startswith("consent_")]
    settled = preview.mapping.set("Accepts SMS Marketing", None, skip=True).set("GDPR consent", "consent_profiling")
    assert preview.questions("profiles", settled, Options()) == ()


def test_who_opted_out_is_no_attribute(workspace, bring_in):
    bring_in("customer_id,age,doNotContact,Unsubscribed from all email,Colour\nk1,51,1,,red\n", "profiles")
    with workspace.database.reading() as session:
        [kept] = session.exec(select(ProfileRow.attributes)).all()
    assert kept == {"Colour": "red"}


def test_a_no_to_marketing_is_one_to_recommendation_which_can_be_granted_apart(workspace, bring_in):
    text = "customer_id,age,consent_personalisation,consent_recommendation\nk1,51,no,yes\n"
    bring_in(text, "profiles", consent=Consent("column"))
    assert said(workspace, "recommendation") == (1, 0)
    bring_in("customer_id,age,consent_personalisation\nk2,51,no\n", "profiles", name="b.csv", consent=Consent("column"))
    assert said(workspace, "recommendation") == (1, 1)
    bring_in("customer_id,purpose,action\nk1,recommendations,withdraw\n", "consents", name="c.csv")
    assert said(workspace, "recommendation") == (0, 2)
