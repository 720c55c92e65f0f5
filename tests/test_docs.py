"""What the documents say is what the code does."""

import importlib.util
import re
from pathlib import Path

import pytest

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
