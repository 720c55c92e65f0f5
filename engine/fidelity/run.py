"""All six checks on one post."""

from __future__ import annotations

from engine.content import CheckName, CheckResult, Finding, PostContent, worst
from engine.fidelity import authenticity, identifiability, legal, privacy, wording
from engine.fidelity.context import CheckContext


def check_all(content: PostContent, context: CheckContext) -> tuple[CheckResult, ...]:
    """Return the six results, in the order of :class:`CheckName`, whatever the content."""
    found: dict[CheckName, list[Finding]] = {
        CheckName.BIAS: wording.bias(content),
        CheckName.PRIVACY: privacy.privacy(content, context),
        CheckName.SAFETY: wording.safety(content),
        CheckName.AUTHENTICITY: authenticity.authenticity(content, context),
        CheckName.LEGAL: legal.legal(content, context),
        CheckName.IDENTIFIABILITY: identifiability.identifiability(content, context),
    }
    return tuple(
        CheckResult(check=check, verdict=worst([f.verdict for f in found[check]]), findings=tuple(found[check]))
        for check in CheckName
    )
