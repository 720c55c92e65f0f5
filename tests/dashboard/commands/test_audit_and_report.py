"""``digital-persona audit`` and ``report``, as a shell runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dashboard.signed import SCRIPT, signed_workspace

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    opened = signed_workspace(tmp_path_factory.mktemp("commands") / "w")
    opened.database.engine.dispose()
    return opened.folder


@pytest.fixture
def command(folder):
    def run(*arguments):
        line = [sys.executable, "-m", "dashboard.cli", "--workspace", str(folder), *map(str, arguments)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        return subprocess.run(line, capture_output=True, text=True, cwd=ROOT, env=environment)

    return run


def test_consent_and_findings_answer_in_json(command):
    done = command("--json", "audit", "consent")
    assert done.returncode == 0, done.stderr
    assert {c["purpose"]: c["allowed"] for c in json.loads(done.stdout)}["profiling"] == 120
    found = json.loads(command("--json", "audit", "findings").stdout)
    assert found["versions"] == 4
    assert len(found["checks"]) == 6


def test_audits_answer_in_plain_lines(command):
    assert "unknown" in command("audit", "consent").stdout
    assert "authenticity" in command("audit", "findings", "--campaign", 1).stdout


def test_a_report_is_written_as_its_ending_says(command, tmp_path):
    page, book = tmp_path / "r.html", tmp_path / "r.xlsx"
    done = command("report", 1, "--to", page)
    assert done.returncode == 0, done.stderr
    assert "1 exported posts with their evidence" in done.stdout
    assert SCRIPT not in page.read_text(encoding="utf-8")
    assert json.loads(command("--json", "report", 1, "--to", book).stdout)["posts"] == 1
    assert book.read_bytes()[:2] == b"PK"


def test_what_cannot_be_done_ends_with_1_and_a_sentence(command, tmp_path):
    for number, file, words in ((99, "r.html", "no campaign number 99"), (1, "r.doc", "not as “.doc”")):
        done = command("report", number, "--to", tmp_path / file)
        assert done.returncode == 1
        assert words in done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / file).exists()


def test_a_person_is_erased_only_when_told_so_twice(command):
    looked = command("erase", "C9")
    assert (looked.returncode, "Held: 1 profile" in looked.stdout) == (0, True)
    erased = command("--json", "erase", "C9", "--yes")
    assert json.loads(erased.stdout)["removed"]["profiles"] == 1
    again = command("erase", "C9", "--yes")
    assert (again.returncode, "Nothing is held" in again.stderr) == (1, True)
    assert "C9" not in looked.stdout + erased.stdout + again.stderr
    assert "intact" in command("ledger", "verify").stdout
