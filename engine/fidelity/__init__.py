"""The six fidelity checks of GeneRec, section 4.4, on the exact content of a post."""

from engine.fidelity.check import Check, Depth
from engine.fidelity.context import CheckContext, MediaInfo
from engine.fidelity.rules import RuleInfo, catalogue
from engine.fidelity.run import CHECKS, check_all, checks_of, outdated

__all__ = [
    "CHECKS",
    "Check",
    "CheckContext",
    "Depth",
    "MediaInfo",
    "RuleInfo",
    "catalogue",
    "check_all",
    "checks_of",
    "outdated",
]
