"""Every benchmark is in the one table, and says what it could not do."""

from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks.__main__ import BENCHMARKS, REAL, Benchmark, Outcome

# Parts of other benchmarks: they print nothing of their own.
PARTS = {"__main__", "bare_page", "survey_closed", "survey_open"}


def test_every_script_is_in_the_table():
    scripts = {path.stem for path in Path(benchmarks.__file__).parent.glob("*.py")}
    assert {b.name for b in BENCHMARKS} == scripts - PARTS


def test_a_benchmark_whose_needs_are_not_there_is_left_out_and_says_so(monkeypatch):
    monkeypatch.delenv(REAL, raising=False)
    assert benchmarks.run(Benchmark("composer_quality", (), REAL), short=True).said == f"it needs {REAL}"


def test_a_script_that_breaks_is_told_apart_from_one_that_ends(monkeypatch, tmp_path):
    monkeypatch.setattr(benchmarks, "KEPT", tmp_path)
    broken = benchmarks.run(Benchmark("no_such_script", ()), short=True)
    assert broken.ended == "stopped with 1"
    assert "no_such_script" in broken.said
    assert "no_such_script" in (tmp_path / "no_such_script.txt").read_text()


def test_the_table_is_one_line_a_benchmark():
    said = benchmarks.table([Outcome("a", "ended", 1.4, "| x | y |"), Outcome("b", "left out", 0, "long " * 50)])
    assert [line.count("|") for line in said.splitlines()] == [5, 5, 5, 5]


def test_an_unknown_name_is_refused(monkeypatch):
    monkeypatch.setattr("sys.argv", ["benchmarks", "nothing"])
    with pytest.raises(SystemExit, match="2"):
        benchmarks.main()
