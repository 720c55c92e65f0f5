import hashlib
import json

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from db import ledger
from db.errors import StoreError, WrongKeyError
from db.heads import Head
from db.vault import Vault


def fill(database, vault, count=5):
    for number in range(count):
        with database.writing() as session:
            ledger.append(session, vault, "export", "Ada", {"export": number, "ö": "ü"})


def drop_triggers(database):
    with database.engine.begin() as connection:
        if database.is_sqlite:
            connection.execute(sa.text("DROP TRIGGER ledger_no_update"))
            connection.execute(sa.text("DROP TRIGGER ledger_no_delete"))
        else:
            connection.execute(sa.text("ALTER TABLE ledger DISABLE TRIGGER USER"))


def report(database, vault):
    with database.reading() as session:
        return ledger.verify(session, vault)


def test_an_untouched_ledger_verifies(database, vault):
    assert report(database, vault).intact
    fill(database, vault)
    found = report(database, vault)
    assert found.intact
    assert found.lines == 5
    with database.reading() as session:
        assert [line.payload["export"] for line in ledger.lines(session, limit=2)] == [4, 3]


@pytest.mark.parametrize("statement", ["UPDATE ledger SET actor = 'Eve'", "DELETE FROM ledger"])
def test_the_database_refuses_changes(database, vault, statement):
    fill(database, vault, 1)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), database.engine.begin() as connection:
        connection.execute(sa.text(statement))
    assert report(database, vault).intact


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE ledger SET payload = '{}' WHERE sequence = 3", "Line 3 is not as it was written"),
        ("UPDATE ledger SET actor = 'Eve' WHERE sequence = 4", "Line 4 is not as it was written"),
        ("UPDATE ledger SET kind = 'decision' WHERE sequence = 2", "Line 2 is not as it was written"),
        ("UPDATE ledger SET at = '2020-01-01' WHERE sequence = 1", "Line 1 is not as it was written"),
        ("DELETE FROM ledger WHERE sequence = 2", "Line 2 is missing"),
        ("DELETE FROM ledger WHERE sequence > 3", "ends at line 3, but 5 were written"),
        ("DELETE FROM ledger_head", "signed head is missing"),
        ("UPDATE ledger_head SET sequence = 4", "not signed with this workspace's key"),
    ],
)
def test_verification_finds_any_edit(database, vault, statement, message):
    fill(database, vault)
    drop_triggers(database)
    with database.engine.begin() as connection:
        connection.execute(sa.text(statement))
    assert message in report(database, vault).problem


def test_nothing_is_appended_when_the_head_was_removed(database, vault):
    fill(database, vault)
    with database.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM ledger_head"))
    with pytest.raises(StoreError, match="signed head is missing"):
        fill(database, vault, 1)


def test_no_line_of_ours_seals_lines_that_somebody_without_the_key_put_before_it(database, vault):
    line = (1, "2026-11-25T08:00:00+00:00", "decision", "Eve", '{"version":1}', ledger.GENESIS)
    digest = hashlib.sha256(json.dumps(line).encode()).hexdigest()
    names = "sequence, at, kind, actor, payload, previous_hash, hash"
    values = dict(zip(names.split(", "), (*line, digest), strict=True))
    with database.engine.begin() as connection:
        marks = ", ".join(f":{name}" for name in values)
        connection.execute(sa.text(f"INSERT INTO ledger ({names}) VALUES ({marks})"), values)
        connection.execute(sa.text("INSERT INTO ledger_head VALUES (1, 1, :h, :h)"), {"h": digest})
    with pytest.raises(StoreError, match="not signed with this key"):
        fill(database, vault, 1)


@pytest.mark.parametrize("words", ['[2,"at","decision","Eve","{}","0"]', f"7:{'a' * 64}"])
def test_what_people_type_is_never_signed_as_a_line_or_a_head(vault, words):
    assert vault.mark("words", words) != vault.sign(words)
    assert not ledger.fits(Head(7, "a" * 64, vault.mark("words", words)), vault)


def test_a_failed_transaction_leaves_no_line(database, vault):
    with pytest.raises(RuntimeError), database.writing() as session:
        ledger.append(session, vault, "export", "Ada", {})
        raise RuntimeError
    assert report(database, vault).lines == 0


@given(st.dictionaries(st.text(), st.text(), max_size=4), st.text())
def test_an_envelope_opens_for_its_owner_only(values, owner):
    vault = Vault(bytes(32))
    sealed = vault.seal(values, owner)
    assert vault.unseal(sealed, owner) == values
    with pytest.raises(WrongKeyError):
        vault.unseal(sealed, owner + "x")
    with pytest.raises(WrongKeyError):
        Vault(bytes([1] * 32)).unseal(sealed, owner)


def test_pseudonyms_depend_on_the_key_and_tokens_ignore_case():
    one, two = Vault(bytes(32)), Vault(bytes([1] * 32))
    assert one.pseudonym("42") == one.pseudonym("42") != two.pseudonym("42")
    assert one.token(" Ada  Lovelace") == one.token("ada lovelace")
    assert one.pseudonym("42") != one.token("42")
