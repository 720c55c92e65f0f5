"""The documents about the house are short, and equal to the code."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def _script():
    spec = importlib.util.spec_from_file_location("modules_page", ROOT / "docs" / "modules.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = _script()


def test_the_list_of_modules_is_what_the_modules_say():
    assert SCRIPT.PAGE.read_text(encoding="utf-8") == SCRIPT.page(), "run `python docs/modules.py`"


@pytest.mark.parametrize("path", SCRIPT.modules(), ids=SCRIPT.name)
def test_a_module_says_its_one_job_in_a_line(path):
    assert 12 <= len(SCRIPT.job(path)) <= 200, "start the module with a docstring whose first line says its job"
    assert SCRIPT.job(path)[-1] in ".!?"


def test_the_architecture_is_read_in_one_sitting():
    assert len((ROOT / "ARCHITECTURE.md").read_bytes()) <= 9 * 1024
