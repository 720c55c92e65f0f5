"""Wrong and hostile words on the command line: a sentence and an exit code, never a traceback."""

import base64
import os
import sqlite3
import sys

import pytest

from dashboard import cli
from dashboard.commands import products
from db import session as store
from tests.dashboard.conftest import reviews_csv


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run one command as a shell would; return its exit code, what it printed and what it complained of."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments, folder=None):
        line = ["digital-persona", "--workspace", str(folder or tmp_path / "w"), *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", line)
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out, said.err

    return run


@pytest.fixture
def file(tmp_path):
    def write(text, name="reviews.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_markup_and_control_characters_of_a_file_are_shown_and_not_obeyed(command, file):
    cells = ("[/b]", "[bold]x[/bold]", "\x1b[2J\x1b]0;owned\x07")
    rows = "".join(f"r{i},c{i},p1,{cell},fine\n" for i, cell in enumerate(cells))
    path = file("review_id,customer_id,product_id,rating,text\n" + rows)
    assert command("import", path, "--kind", "reviews")[0] == 0
    code, out, _ = command("imports", "problems", "1")
    assert code == 0
    assert "[/b]" in out
    assert "[bold]x[/bold]" in out
    assert "\x1b" not in out
    assert "�[2J" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("personas", "show", "99"), "no persona number 99"),
        (("personas", "rename", "99", "x"), "no persona number 99"),
        (("imports", "undo", "99"), "no import number 99"),
        (("imports", "problems", "99"), "no import number 99"),
        (("campaign", "drafts", "99"), "no campaign number 99"),
        (("imports", "undo", 10**30), "larger than the database can hold"),
        (("imports", "problems", 10**30), "larger than the database can hold"),
        (("jobs", "wait", "none"), "no job"),
        (("export", "--version", "99"), "no draft version number 99"),
        (("brand", "--colour", "red"), "no colour"),
        (("brand", "--disclosure", " "), "disclosure"),
        (("brand", "--tone", "angry"), "Tone: "),
        (("campaign", "create", "x", "--product", "1", "--channel", "x", "--link", "javascript:1"), "no web address"),
        (("campaign", "create", "x", "--product", "1", "--channel", "x", "--objective", "win"), "no objective"),
    ],
)
def test_what_cannot_be_done_ends_with_1_and_a_sentence(command, arguments, said):
    code, out, err = command(*arguments)
    assert (code, out) == (1, "")
    assert said in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--kind", "nonsense"), "no kind of table called “nonsense”. Use one of: profiles"),
        (("--map", "text=rating"), "both mapped to Rating"),
        (("--map", "nosuch=rating"), "no column “nosuch”"),
        (("--consent", "perhaps"), "“perhaps” is no way to consent"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_and_nothing_is_kept(command, file, options, said):
    code, _, err = command("import", file(reviews_csv(3)), *options)
    assert code == 1
    assert said in err
    assert command("--json", "imports", "list")[1].strip() == "[]"


def test_what_was_not_foreseen_is_said_with_a_reference_and_names_nobody(command, monkeypatch):
    def broken(*_):
        raise KeyError("jane@example.org")

    monkeypatch.setattr("dashboard.services.data.imports.listing", broken)
    code, _, err = command("imports", "list")
    assert code == 1
    assert "reference" in err
    assert "commands.log" in err
    assert "jane" not in err


def test_paths_that_cannot_be_are_named(command, file, tmp_path):
    command("import", file(reviews_csv(3)), "--kind", "reviews")
    assert "is a folder" in command("imports", "problems", "1", "--csv", tmp_path)[2]
    assert "no file or folder" in command("imports", "problems", "1", "--csv", tmp_path / "no" / "a.csv")[2]
    assert "is a file" in command("imports", "list", folder=file("x", "plain"))[2]
    assert command("import", tmp_path)[0] == 2


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (base64.b64encode(os.urandom(32)), "does not open this workspace"),
        (b"abc", "holds no base64"),
        (bytes(range(200, 232)), "holds no base64"),
    ],
    ids=["another", "short", "binary"],
)
def test_another_key_is_refused(command, tmp_path, key, said):
    assert command("imports", "list")[0] == 0
    (tmp_path / "w" / "workspace.key").write_bytes(key)
    code, _, err = command("imports", "list")
    assert code == 1
    assert said in err


def test_a_job_store_that_is_locked_or_no_database_leaves_everything_as_it_was(command, file, tmp_path, monkeypatch):
    assert command("import", file(reviews_csv(3)), "--kind", "reviews")[0] == 0
    path = tmp_path / "w" / "digital-persona.db"
    monkeypatch.setattr(store, "BUSY_TIMEOUT_MS", 50)
    other = sqlite3.connect(path, isolation_level=None)
    before = other.execute("SELECT count(*) FROM review").fetchone()
    other.execute("BEGIN EXCLUSIVE")
    code, _, err = command("import", file(reviews_csv(9), "more.csv"), "--kind", "reviews")
    other.execute("ROLLBACK")
    assert code == 1
    assert "busy with another task" in err
    assert other.execute("SELECT count(*) FROM review").fetchone() == before
    other.close()
    jobs_file = tmp_path / "w" / "jobs.db"
    for beside in tmp_path.glob("w/jobs.db-*"):
        beside.unlink()
    jobs_file.write_bytes(os.urandom(50_000))
    assert "damaged or no database" in command("imports", "list")[2]


def test_a_file_whose_kind_cannot_be_told_says_how_to_tell_it(command, file):
    code, _, err = command("import", file("one,two\nx,y\nz,w\n"))
    assert code == 1
    assert "do not tell what the file holds" in err
    assert "--kind (profiles, reviews" in err


def test_what_was_noticed_in_the_file_is_said(command, tmp_path):
    path = tmp_path / "old.csv"
    words = "Très bien, la qualité est là, déjà commandé à Noël pour ma mère"
    path.write_bytes((reviews_csv(3) + f'R9,C9,P1,5,Bon,"{words}",2026-02-01\n').encode("cp1252"))
    assert "Read as Windows-1252." in command("import", path, "--kind", "reviews")[1]


def test_no_more_of_a_picture_is_read_than_tells_that_it_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(products, "MAX_BYTES", 1000)
    path = tmp_path / "huge.jpg"
    path.write_bytes(b"x" * 5000)
    assert len(products.picture_bytes(path)) == 1001
