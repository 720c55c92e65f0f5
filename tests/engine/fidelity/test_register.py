"""The register of checks: which verdicts no longer follow from the rules."""

from pathlib import Path

import pytest

from engine import fidelity
from engine.content import CheckName, PostContent, Verdict
from engine.digests import digest_of
from engine.fidelity import CHECKS, CheckContext, check_all, checks_of, outdated
from engine.fidelity.check import RuleCheck
from engine.fidelity.places import Place, Rule
from engine.fidelity.wording import bias
from tests.engine.fidelity.test_checks import brief

FOLDER = Path(fidelity.__file__).parent
DECIDE_NOTHING = {"__init__.py", "check.py", "run.py", "context.py"}
NEWS = Rule("truth.news", CheckName.AUTHENTICITY, Verdict.NEEDS_HUMAN, "No news.", "House rule", "Take it out.")


class SecondLook:
    """A deep check that a model would do."""

    name, kind, depth, version = "second-look", CheckName.AUTHENTICITY, "deep", "1"
    needs = frozenset()
    digest = "d" * 64

    def find(self, content, context):
        at = content.text.find("news")
        return [] if at < 0 else [NEWS.at(Place("text", 0, content.text), at, at + 4)]


def test_the_six_checks_are_cheap_and_each_has_its_rules():
    assert [check.name for check in CHECKS] == [name.value for name in CheckName]
    assert checks_of("deep") == ()
    digests = {check.digest for check in CHECKS}
    assert len(digests) == 6
    assert all(len(digest) == 64 for digest in digests)


def test_every_file_that_decides_is_in_the_digest_of_a_check():
    deciding = {p.name for p in FOLDER.iterdir() if p.suffix in (".py", ".yaml")} - DECIDE_NOTHING
    followed = {p.name for check in CHECKS for p in check.sources()}
    followed |= {Path(name).name for check in CHECKS for name in check.files}
    assert deciding <= followed


def test_a_check_follows_what_it_uses_and_not_the_other_checks():
    names = {p.name for p in CHECKS["legal"].sources()}
    assert {"legal.py", "rules.py", "places.py", "claims.py", "money.py"} <= names
    assert not names & {"wording.py", "privacy.py", "known.py", "identifiability.py"}


def test_a_changed_rule_file_changes_the_digest_and_how_lines_end_does_not(tmp_path):
    rules = tmp_path / "bias.yaml"
    rules.write_bytes((FOLDER / "bias.yaml").read_bytes().replace(b"\n", b"\r\n"))
    as_shipped = RuleCheck(CheckName.BIAS, bias, (str(rules),)).digest
    assert as_shipped == CHECKS["bias"].digest
    rules.write_text(rules.read_text().replace("needs_human", "block", 1))
    assert RuleCheck(CheckName.BIAS, bias, (str(rules),)).digest != as_shipped


def test_what_stands_in_one_file_is_not_mistaken_for_what_stands_in_another(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("ab")
    other.write_text("c")
    before = digest_of(one, other)
    one.write_text("a")
    other.write_text("bc")
    assert digest_of(one, other) != before


def test_outdated_are_results_of_other_rules_and_those_that_are_missing():
    kept = {check.name: check.digest for check in CHECKS}
    assert outdated(kept) == ()
    kept |= {"bias": "0" * 64, "legal": "", "gone": "1" * 64}
    del kept["privacy"]
    assert [check.name for check in outdated(kept)] == ["bias", "privacy", "legal"]


def test_deep_checks_are_asked_for_by_their_depth(monkeypatch):
    monkeypatch.setitem(CHECKS.entries, SecondLook.name, SecondLook())
    content = PostContent(channel="facebook", text="Big news.", disclosure="Made with AI.")
    context = CheckContext(brief())
    assert [r.name for r in check_all(content, context)] == [name.value for name in CheckName]
    (deep,) = check_all(content, context, "deep")
    assert (deep.name, deep.check, deep.verdict) == ("second-look", CheckName.AUTHENTICITY, Verdict.NEEDS_HUMAN)
    assert deep.digest == SecondLook.digest
    assert [f.excerpt for f in deep.findings] == ["news"]


@pytest.mark.parametrize("name", [name.value for name in CheckName])
def test_a_result_carries_the_digest_it_follows_from(name):
    content = PostContent(channel="facebook", text="A coat.", disclosure="Made with AI.")
    (result,) = [r for r in check_all(content, CheckContext(brief())) if r.name == name]
    assert result.digest == CHECKS[name].digest
