"""Inference, once for the whole house: intervals, corrections for many tests, the level, the words of a verdict.

NumPy only: the web process shows some of these numbers and does without SciPy, which would cost it 100 MiB.
"""

from analytics.inference.bootstrap import bootstrap_interval, percentile_interval
from analytics.inference.errors import InferenceError
from analytics.inference.level import ALPHA, LEVEL, UPPER, z_of
from analytics.inference.multiplicity import benjamini_hochberg, holm
from analytics.inference.proportions import Estimate, difference, newcombe, wilson
from analytics.inference.words import CANNOT_TELL, NO_DIFFERENCE, TOO_FEW, CannotTell, NoDifference, TooFew

__all__ = [
    "ALPHA",
    "CANNOT_TELL",
    "LEVEL",
    "NO_DIFFERENCE",
    "TOO_FEW",
    "UPPER",
    "CannotTell",
    "Estimate",
    "InferenceError",
    "NoDifference",
    "TooFew",
    "benjamini_hochberg",
    "bootstrap_interval",
    "difference",
    "holm",
    "newcombe",
    "percentile_interval",
    "wilson",
    "z_of",
]
