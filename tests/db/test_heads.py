"""A ledger against heads that were noted elsewhere, and the lines that are handed over as they are verified."""

import hashlib
import json

import pytest
import sqlalchemy as sa

from db import ledger
from db.heads import NEW_HEAD, Head
from db.ledger import GENESIS, LedgerLine
from db.tables import LedgerHeadRow, LedgerRow
from db.vault import Vault


@pytest.fixture
def session(database, vault):
    """A transaction with three lines in the ledger."""
    with database.writing() as session:
        for number in (1, 2, 3):
            kind = "export" if number % 2 else "decision"
            ledger.append(session, vault, kind, f"Ada {number}", {"export": number, "é": [None, True]})
        yield session
        session.rollback()


def noted(session, vault, sequence):
    """Return the head as it was after a line."""
    found = session.get(LedgerRow, sequence).hash if sequence else GENESIS
    return Head(sequence, found, vault.sign(f"{sequence}:{found}"))


def problem(session, vault, *heads):
    return ledger.verify(session, vault, [(f"File {n}", head) for n, head in enumerate(heads, 1)]).problem


def test_a_line_is_the_keyed_hash_of_all_that_it_says_and_of_the_line_before(session, vault):
    previous = GENESIS
    for row in session.query(LedgerRow).order_by(LedgerRow.sequence):
        payload = '{"export":' + str(row.sequence) + ',"é":[null,true]}'
        assert (row.payload, row.previous_hash) == (payload, previous)
        said = json.dumps([row.sequence, row.at, row.kind, row.actor, payload, previous], ensure_ascii=False)
        assert row.hash == vault.sign(said)
        previous = row.hash
    head = session.get(LedgerHeadRow, 1)
    assert (head.sequence, head.hash, head.signature) == (3, previous, vault.sign(f"3:{previous}"))
    assert ledger.present_head(session) == session.info[NEW_HEAD] == noted(session, vault, 3)


def test_what_json_does_not_know_is_written_as_text_and_one_value_is_one_text():
    assert ledger.canonical({"b": 1, "a": {"d": "ö", "c": (1, 2)}}) == '{"a":{"c":[1,2],"d":"ö"},"b":1}'
    assert ledger.canonical({"on": GENESIS.__class__, "x": None}) == '{"on":"<class \'str\'>","x":null}'


def test_every_head_that_was_true_once_fits(session, vault):
    heads = [noted(session, vault, n) for n in range(4)]
    assert heads[0] == ledger.beginning(vault)
    assert all(ledger.fits(head, vault) and not ledger.fits(head, Vault(bytes(32))) for head in heads)
    report = ledger.verify(session, vault, [("File", head) for head in heads])
    assert (report.lines, report.head, report.problem, report.others, report.intact) == (3, heads[3].hash, "", (), True)


def test_a_head_that_does_not_fit_is_named_with_where_it_was_noted(session, vault):
    good, older = noted(session, vault, 2), noted(session, vault, 1)
    strange = Head(2, good.hash, older.signature)
    assert problem(session, vault, good, strange) == "File 2 was not signed with this workspace's key."
    ahead = Head(4, "a" * 64, vault.sign("4:" + "a" * 64))
    message = "The ledger has 3 lines, but File 2 knows of 4: it was emptied or put back."
    assert problem(session, vault, good, ahead) == message
    other = Head(2, "a" * 64, vault.sign("2:" + "a" * 64))
    message = "Line 2 is not the one that File 2 knows of: an older state was put back and went on."
    assert problem(session, vault, older, other) == message
    last = Head(3, "a" * 64, vault.sign("3:" + "a" * 64))
    assert "Line 3 is not the one that File 1 knows of" in problem(session, vault, last)


def test_only_lines_that_are_as_they_were_written_are_handed_over(session, vault):
    seen = []
    assert ledger.walk(session, vault, seen.append).intact
    rows = session.query(LedgerRow).order_by(LedgerRow.sequence).all()
    assert seen == [
        LedgerLine(n, row.at, "export" if n % 2 else "decision", f"Ada {n}", {"export": n, "é": [None, True]}, row.hash)
        for n, row in enumerate(rows, 1)
    ]
    strange = []
    report = ledger.walk(session, Vault(bytes(32)), strange.append)
    assert (strange, report.lines, report.head) == ([], 1, GENESIS)
    assert report.problem == "Line 1 is not as it was written."


def test_lines_come_the_newest_first_of_one_kind_and_so_many(session, vault):
    assert [line.sequence for line in ledger.lines(session)] == [3, 2, 1]
    assert [line.sequence for line in ledger.lines(session, kind="export")] == [3, 1]
    assert [line.sequence for line in ledger.lines(session, kind="export", limit=1)] == [3]
    for _ in range(199):
        ledger.append(session, vault, "more", "Ada", {})
    assert [line.sequence for line in ledger.lines(session)] == list(range(202, 2, -1))


def older_lines(session, count=2):
    """Put lines of an older version into an empty ledger: their hashes need no key."""
    previous = GENESIS
    for number in range(1, count + 1):
        said = json.dumps([number, "2025", "export", "Ada", "{}", previous], ensure_ascii=False)
        digest = hashlib.sha256(said.encode()).hexdigest()
        values = {"sequence": number, "at": "2025", "kind": "export", "actor": "Ada", "payload": "{}"}
        session.add(LedgerRow(**values, previous_hash=previous, hash=digest))
        previous = digest
    session.flush()
    return previous


@pytest.fixture
def older(database, vault):
    """A transaction with two lines of an older version and their head."""
    with database.writing() as session:
        last = older_lines(session)
        session.add(LedgerHeadRow(id=1, sequence=2, hash=last, signature=vault.sign(f"2:{last}")))
        session.flush()
        yield session
        session.rollback()


def test_lines_of_an_older_version_hold_until_the_first_keyed_one_seals_them(older, vault):
    assert ledger.verify(older, vault).intact
    assert not ledger.is_keyed(older, vault)
    ledger.append(older, vault, "export", "Ada", {})
    assert ledger.is_keyed(older, vault)
    assert not ledger.is_keyed(older, Vault(bytes(32)))
    ledger.append(older, vault, "export", "Ada", {})
    assert ledger.verify(older, vault).intact
    last = older.get(LedgerRow, 4).hash
    said = json.dumps([5, "2026", "export", "Eve", "{}", last], ensure_ascii=False)
    digest = hashlib.sha256(said.encode()).hexdigest()
    older.add(
        LedgerRow(sequence=5, at="2026", kind="export", actor="Eve", payload="{}", previous_hash=last, hash=digest)
    )
    older.flush()
    assert ledger.verify(older, vault).problem == "Line 5 is not as it was written."


def test_a_line_that_names_another_line_before_it_is_not_as_it_was_written(older, vault):
    last = older.get(LedgerRow, 2).hash
    said = json.dumps([3, "2026", "export", "Ada", "{}", last], ensure_ascii=False)
    values = {"sequence": 3, "at": "2026", "kind": "export", "actor": "Ada", "payload": "{}"}
    older.add(LedgerRow(**values, previous_hash=GENESIS, hash=vault.sign(said)))
    older.flush()
    assert ledger.verify(older, vault).problem == "Line 3 is not as it was written."


def test_an_empty_ledger_has_no_head_no_key_and_no_problem(database, vault):
    with database.writing() as session:
        assert ledger.present_head(session) is None
        assert not ledger.is_keyed(session, vault)
        report = ledger.verify(session, vault)
        assert (report.lines, report.head, report.problem) == (0, GENESIS, "")
        assert ledger.verify(session, vault, [("File", ledger.beginning(vault))]).intact
        session.add(LedgerHeadRow(id=1, sequence=0, hash=GENESIS, signature=vault.sign(f"1:{GENESIS}")))
        session.flush()
        assert problem(session, vault) == "The signed head was not signed with this workspace's key."
        session.rollback()


def test_a_line_too_few_or_too_many_and_a_missing_head_are_told_in_words(session, vault):
    row, head = session.get(LedgerRow, 3), session.get(LedgerHeadRow, 1)
    session.add(head)
    head.sequence, head.hash, head.signature = 2, row.previous_hash, vault.sign(f"2:{row.previous_hash}")
    session.flush()
    assert problem(session, vault) == "The ledger ends at line 3, but 2 were written."
    session.connection().execute(sa.delete(LedgerHeadRow))
    session.expire_all()
    assert problem(session, vault) == "The signed head is missing."


def test_the_report_ends_where_a_line_is_missing(session, vault):
    values = {"at": "2026", "kind": "export", "actor": "Ada", "payload": "{}"}
    session.add(LedgerRow(sequence=5, previous_hash=GENESIS, hash=GENESIS, **values))
    session.flush()
    report = ledger.verify(session, vault)
    assert (report.lines, report.head, report.problem) == (4, noted(session, vault, 3).hash, "Line 4 is missing.")
