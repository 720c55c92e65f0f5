"""The six fidelity checks of GeneRec, section 4.4, on the exact content of a post."""

from engine.fidelity.context import CheckContext, MediaInfo
from engine.fidelity.rules import RuleInfo, catalogue
from engine.fidelity.run import check_all

__all__ = ["CheckContext", "MediaInfo", "RuleInfo", "catalogue", "check_all"]
