import pandas as pd
import pytest

from analytics.intake import suggest_mapping
from analytics.intake.consent_words import is_opt_out, to_actions, to_opt_outs
from analytics.intake.naming import plain_name


def column(*cells):
    return pd.Series(cells, dtype=object)


@pytest.mark.parametrize(
    ("word", "action"),
    [
        *(
            (w, "grant")
            for w in ("SUBSCRIBED", "Opted-in", "yes", "1", "1.0", "Confirmed", " accepted ", "ja", "Opt in")
        ),
        *((w, "withdraw") for w in ("UNSUBSCRIBED", "NEVER_SUBSCRIBED", "never subscribed", "CLEANED", "Bounced")),
        *((w, "withdraw") for w in ("PENDING", "no", "0", "Opted‑out", "not_subscribed", "Hard bounced", "nein")),
        *((w, "unclear") for w in ("perhaps", "?", "n/a", "2", "yes, but", "2024-05-01", "unknown")),
        *((w, None) for w in ("", "  ", "NaN", "NULL", None)),
        ("Objected", "object"),
    ],
)
def test_a_status_is_a_yes_a_no_or_neither(word, action):
    assert to_actions(column(word)).tolist() == [action]


def test_what_an_opt_out_column_says():
    cells = column("1", "0", "true", "No", "2", "2024-05-06 10:00", "05/06/2024", "unsubscribed", "opt-in", "", "maybe")
    actions, since = to_opt_outs(cells)
    no = "withdraw"
    assert actions.tolist() == [no, None, no, None, "unclear", no, no, no, None, None, "unclear"]
    assert since.notna().tolist() == [False] * 5 + [True, True] + [False] * 4
    assert str(since[6].date()) == "2024-06-05", "of two readings the later"


@pytest.mark.parametrize(
    "name",
    [
        "doNotContact",
        "Unsubscribed from all email",
        "Opted out at",
        "UNSUB_TIME",
        "HasOptedOutOfEmail",
        "DNC",
        "Email opt-out",
        "do_not_email",
        "Consent withdrawn",
        "Suppressed",
        "Opt Out Date",
        "Marketing consent revoked on",
    ],
)
def test_a_column_of_refusals_is_never_read_as_consent(name):
    assert is_opt_out(plain_name(name))
    table = pd.DataFrame({"customer_id": ["a", "b"], name: ["1", "0"]})
    assert suggest_mapping("profiles", list(table), table).column_of("opt_out") == name


@pytest.mark.parametrize(
    "name", ["Unsubscribe link", "opt_out_token", "Accepts Email Marketing", "Country", "Unsub count"]
)
def test_other_columns_are_none(name):
    assert not is_opt_out(plain_name(name))


@pytest.mark.parametrize(
    "name", ["Accepts Email Marketing", "Accepts Marketing", "Email Marketing Consent", "email_opt_in"]
)
def test_columns_of_consent_to_marketing(name):
    table = pd.DataFrame({"customer_id": ["a", "b"], name: ["yes", "no"]})
    assert suggest_mapping("profiles", list(table), table).column_of("consent_personalisation") == name
