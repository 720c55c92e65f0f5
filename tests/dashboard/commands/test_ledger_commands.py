"""``digital-persona ledger``: it verifies, gives its head to be kept elsewhere, and never makes what it should verify."""

import json
import shutil
import sqlite3

import pytest
from typer.testing import CliRunner

from dashboard.cli import app
from dashboard.services.people import LOCAL_USER, save_user
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from db import ledger

FILES = ("digital-persona.db", "digital-persona.db-wal", "digital-persona.db-shm")


@pytest.fixture
def folder(tmp_path):
    """Return a workspace's folder with three lines in its ledger, closed."""
    opened = open_workspace(Settings(workspace=tmp_path / "w", demo=False))
    add(opened, 3)
    opened.database.engine.dispose()
    return tmp_path / "w"


def add(workspace, count):
    for number in range(count):
        with workspace.database.writing() as session:
            ledger.append(session, workspace.vault, "test", "you", {"number": number})


def said(folder, *command):
    done = CliRunner().invoke(app, ["--workspace", str(folder), "ledger", *map(str, command)])
    return done.exit_code, f"{done.stdout}{done.stderr}{done.exception or ''}"


def contents(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*")) if folder.exists() else None


def without_database(folder):
    for name in FILES:
        (folder / name).unlink(missing_ok=True)


def test_it_is_intact(folder):
    assert said(folder, "verify") == (
        0,
        "The ledger is intact: 3 lines; decisions, exports and pictures are as it says.\n",
    )


def test_a_new_workspace_is_intact(tmp_path):
    open_workspace(Settings(workspace=tmp_path / "new", demo=False))
    assert said(tmp_path / "new", "verify")[0] == 0


def no_folder(folder):
    shutil.rmtree(folder)


def no_database(folder):
    without_database(folder)


def empty_file(folder):
    without_database(folder)
    (folder / FILES[0]).touch()


def empty_database(folder):
    without_database(folder)
    sqlite3.connect(folder / FILES[0]).execute("CREATE TABLE x (y)")


def no_key(folder):
    (folder / "workspace.key").unlink()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (no_folder, "there is no key"),
        (no_database, "there is no database at .* 3 lines had been written"),
        (empty_file, "there is no database at .* 3 lines had been written"),
        (empty_database, "the database is empty. 3 lines had been written"),
        (no_key, "there is no key .* 3 lines had been written"),
    ],
)
def test_what_is_missing_is_not_intact_and_nothing_is_made_in_its_place(folder, harm, words):
    import re

    harm(folder)
    before = contents(folder)
    code, text = said(folder, "verify")
    assert code == 1
    assert re.search(f"Not intact: {words}", text)
    after = contents(folder)
    assert after == before or {*after} - {*before} <= {"digital-persona.db-wal", "digital-persona.db-shm"}


def test_a_database_made_anew_in_place_of_one_is_not_intact(folder):
    without_database(folder)
    open_workspace(Settings(workspace=folder, demo=False)).database.engine.dispose()
    code, text = said(folder, "verify")
    assert code == 1
    assert "The ledger has 0 lines, but the file ledger.head beside the database knows of 3" in text


def test_an_older_copy_of_the_database_is_not_intact_until_it_is_accepted(folder, tmp_path):
    shutil.copy(folder / FILES[0], tmp_path / "older.db")
    opened = open_workspace(Settings(workspace=folder, demo=False))
    add(opened, 2)
    opened.database.engine.dispose()
    without_database(folder)
    shutil.copy(tmp_path / "older.db", folder / FILES[0])
    code, text = said(folder, "verify")
    assert code == 1
    assert "knows of 5" in text
    assert said(folder, "anchor")[0] == 1
    assert said(folder, "accept")[0] == 0
    assert said(folder, "verify")[0] == 0


def test_without_the_noted_head_it_is_not_intact_until_it_is_accepted(folder):
    (folder / "ledger.head").unlink()
    code, text = said(folder, "verify")
    assert code == 1
    assert "ledger.head beside the database is missing" in text
    assert said(folder, "accept")[0] == 0
    assert said(folder, "verify")[0] == 0


@pytest.mark.parametrize("garbage", ["", "{}", "[1]", "not json", '{"format": "digital-persona/ledger-head/1"}'])
def test_a_noted_head_that_is_none_is_said_and_never_written_over(folder, garbage):
    (folder / "ledger.head").write_text(garbage)
    opened = open_workspace(Settings(workspace=folder, demo=False))
    add(opened, 1)
    opened.database.engine.dispose()
    assert (folder / "ledger.head").read_text() == garbage
    assert said(folder, "verify")[0] == 1


def test_a_head_of_another_key_is_no_head_of_ours(folder):
    head = json.loads((folder / "ledger.head").read_text())
    (folder / "ledger.head").write_text(json.dumps({**head, "signature": "0" * 64}))
    code, text = said(folder, "verify")
    assert code == 1
    assert "was not signed with this workspace's key" in text


def test_the_anchor_is_kept_elsewhere_and_told_when_the_whole_folder_was_put_back(folder, tmp_path):
    older = tmp_path / "older"
    shutil.copytree(folder, older)
    opened = open_workspace(Settings(workspace=folder, demo=False))
    add(opened, 2)
    opened.database.engine.dispose()
    assert said(folder, "anchor", "--to", tmp_path / "a.json")[0] == 0
    assert said(folder, "verify", "--anchor", tmp_path / "a.json")[0] == 0
    code, text = said(older, "verify", "--anchor", tmp_path / "a.json")
    assert code == 1
    assert "The ledger has 3 lines, but the anchor knows of 5" in text
    (tmp_path / "b.json").write_text("{}")
    code, text = said(folder, "verify", "--anchor", tmp_path / "b.json")
    assert code == 1
    assert "The file b.json is no head of a ledger" in text


def test_a_ledger_of_an_older_version_is_taken_over_once_and_sealed_by_the_next_line(tmp_path):
    """Its lines carry a plain SHA-256. Whoever writes such a line later, or rewrites the old ones, is found."""
    import hashlib

    opened = open_workspace(Settings(workspace=tmp_path / "w", demo=False))
    previous = ledger.GENESIS
    with opened.database.writing() as session:
        from db.tables import LedgerHeadRow, LedgerRow

        for number in (1, 2):
            raw = json.dumps([number, "2026-01-01", "test", "you", "{}", previous], ensure_ascii=False)
            digest = hashlib.sha256(raw.encode()).hexdigest()
            session.add(LedgerRow(sequence=number, at="2026-01-01", kind="test", actor="you", payload="{}",
                                  previous_hash=previous, hash=digest))  # fmt: skip
            previous = digest
        session.add(LedgerHeadRow(id=1, sequence=2, hash=previous, signature=opened.vault.sign(f"2:{previous}")))
    opened.database.engine.dispose()
    (tmp_path / "w" / "ledger.head").unlink()
    again = open_workspace(Settings(workspace=tmp_path / "w", demo=False))
    assert again.database.heads.read().sequence == 2
    assert said(tmp_path / "w", "verify")[0] == 0
    add(again, 1)
    assert said(tmp_path / "w", "verify")[0] == 0
    (tmp_path / "w" / "ledger.head").unlink()
    open_workspace(Settings(workspace=tmp_path / "w", demo=False)).database.engine.dispose()
    assert not (tmp_path / "w" / "ledger.head").exists()
    assert said(tmp_path / "w", "verify")[0] == 1
    again.database.engine.dispose()


def test_what_was_not_kept_is_not_noted(folder):
    opened = open_workspace(Settings(workspace=folder, demo=False))
    with pytest.raises(RuntimeError), opened.database.writing() as session:
        ledger.append(session, opened.vault, "test", "you", {})
        raise RuntimeError
    assert opened.database.heads.read().sequence == 3
    save_user(opened, LOCAL_USER, "Ada", "admin", "a long enough password")
    assert opened.database.heads.read().sequence == 4
    opened.database.engine.dispose()
