"""How sure is sure enough: the 5% level of the house and the coverage of its intervals."""

from statistics import NormalDist

from analytics.inference.errors import InferenceError

ALPHA = 0.05
"""The chance of a false claim that one family of tests may have."""

LEVEL = 1 - ALPHA
"""The coverage of intervals: they agree with the tests."""

UPPER = 1 - ALPHA / 2
"""The upper quantile of a two-sided interval."""


def z_of(level: float) -> float:
    """Return the two-sided normal quantile of a coverage level such as 0.95.

    Raises
    ------
    InferenceError
        When the level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise InferenceError(f"An interval's level is a share between 0 and 1, not {level}.")
    return NormalDist().inv_cdf(0.5 + level / 2)
