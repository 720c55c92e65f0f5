"""What the documents say is what the code does."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest
import typer

from dashboard.cli import app

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def generator():
    spec = importlib.util.spec_from_file_location("fidelity_rules", ROOT / "docs" / "fidelity_rules.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_fidelity_rules_is_current():
    module = generator()
    assert module.PAGE.read_text(encoding="utf-8") == module.page(), "run: python docs/fidelity_rules.py"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document):
    targets = [t.split("#")[0] for t in LINK.findall(document.read_text()) if "://" not in t]
    assert [t for t in targets if t and not (document.parent / t).exists()] == []


def example_commands() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return [line for block in text.split("```")[1::2] for line in block.splitlines() if line.startswith("dp ")]


def test_the_readme_has_the_whole_main_job():
    groups = [shlex.split(line)[1] for line in example_commands()]
    assert list(dict.fromkeys(groups)) == [
        "import",
        "brand",
        "personas",
        "products",
        "campaign",
        "review",
        "export",
        "ledger",
    ]


@pytest.mark.parametrize("line", example_commands())
def test_every_command_of_the_readme_is_understood(line, monkeypatch):
    monkeypatch.chdir(ROOT)
    command, words = typer.main.get_command(app), shlex.split(line)[1:]
    while hasattr(command, "commands"):
        command, words = command.commands[words[0]], words[1:]
    command.make_context("dp", words)
