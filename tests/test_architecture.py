"""ARCHITECTURE.md lists every package and module of the floors, and nothing else."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("pages", "dashboard", "engine", "analytics", "db")
FOLDERS_BY_MODULE = (
    "pages",
    "dashboard",
    "dashboard/services",
    "dashboard/commands",
    "dashboard/sections",
    "db",
    "db/repositories",
)
ROW = re.compile(r"^\| `([a-z_/.0-9]+)` \| (.+) \|$", re.MULTILINE)


def listed() -> list[tuple[str, str]]:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    return ROW.findall(text.split("## The modules")[1])


def existing() -> set[str]:
    packages = {p.parent for floor in FLOORS for p in (ROOT / floor).rglob("__init__.py")}
    modules = {p for folder in FOLDERS_BY_MODULE for p in (ROOT / folder).glob("*.py") if p.name != "__init__.py"}
    return {path.relative_to(ROOT).as_posix() for path in packages | modules}


def test_every_package_and_module_has_a_row():
    assert sorted(existing() - {name for name, _ in listed()}) == []


def test_every_row_names_something_that_exists():
    names = [name for name, _ in listed()]
    assert sorted(set(names) - existing()) == []
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("name", "job"), listed())
def test_a_row_says_one_job_in_a_sentence(name, job):
    assert 12 <= len(job) <= 200
    assert job.rstrip().endswith(".")
