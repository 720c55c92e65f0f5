"""The register of checks, and what they say of one post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.content import CheckName, CheckResult, PostContent, worst
from engine.fidelity.authenticity import authenticity
from engine.fidelity.check import Check, Depth, RuleCheck
from engine.fidelity.context import CheckContext
from engine.fidelity.identifiability import identifiability
from engine.fidelity.legal import legal
from engine.fidelity.privacy import privacy
from engine.fidelity.wording import bias, safety
from engine.ports import Registry

CHECKS: Registry[Check] = Registry(
    "check",
    RuleCheck(CheckName.BIAS, bias, ("bias.yaml",)),
    RuleCheck(CheckName.PRIVACY, privacy, ("privacy.yaml",), frozenset({"identities"})),
    RuleCheck(CheckName.SAFETY, safety, ("safety.yaml",)),
    RuleCheck(CheckName.AUTHENTICITY, authenticity, ("authenticity.yaml",)),
    RuleCheck(CheckName.LEGAL, legal, ("legal.yaml",)),
    RuleCheck(
        CheckName.IDENTIFIABILITY,
        identifiability,
        ("identifiability.yaml", "../channels/registry.yaml"),
        frozenset({"media"}),
    ),
)


def checks_of(depth: Depth) -> tuple[Check, ...]:
    """Return the cheap or the deep checks, in the order in which they were registered."""
    return tuple(check for check in CHECKS if check.depth == depth)


def check_all(content: PostContent, context: CheckContext, depth: Depth = "cheap") -> tuple[CheckResult, ...]:
    """Return what every check of a depth says, whatever the content: cheap are the six by rules."""
    return tuple(_result(check, content, context) for check in checks_of(depth))


def _result(check: Check, content: PostContent, context: CheckContext) -> CheckResult:
    found = tuple(check.find(content, context))
    return CheckResult(
        name=check.name,
        check=check.kind,
        verdict=worst([f.verdict for f in found]),
        findings=found,
        digest=check.digest,
    )


def outdated(kept: Mapping[str, str], checks: Iterable[Check] = CHECKS) -> tuple[Check, ...]:
    """Return the checks whose kept result does not follow from their rules of today, or is missing.

    Parameters
    ----------
    kept : mapping of str to str
        The name of each check that has a result, and the digest it was made under ("" where none was kept).
    """
    return tuple(check for check in checks if kept.get(check.name) != check.digest)
