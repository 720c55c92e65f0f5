"""Corrections for many tests at once.

A missing p-value (NaN) is a test that could not be done: too few people, a series that never moved. It could not
have made a false claim, so it is no member of the family: it stays missing, and the family's size counts the
tests done. Counting it would make the others pay for a question that was never put to the data.

That holds only where what was to be tested could not be. A test left out because of what the data seemed to say
stays in its family: give it as 1, which never makes a claim and is counted.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.inference.errors import InferenceError

Floats = NDArray[np.float64]
ROUNDING = 1e-9


def holm(p: Sequence[float] | Floats) -> Floats:
    """Return Holm's (1979) step-down adjusted p-values, in the order given: the chance of any false claim is held.

    Parameters
    ----------
    p : shape (m,)
        Raw p-values; NaN is a test that could not be done.

    Raises
    ------
    InferenceError
        When a value is no p-value.
    """
    out, known, done = _family(p)
    order = known[np.argsort(done, kind="stable")]
    stepped = out[order] * np.arange(len(order), 0, -1)
    out[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return out


def benjamini_hochberg(p: Sequence[float] | Floats) -> Floats:
    """Return Benjamini and Hochberg's (1995) step-up adjusted p-values: the share of false claims is held.

    Parameters and errors are those of ``holm``.
    """
    out, known, done = _family(p)
    order = known[np.argsort(-done, kind="stable")]
    m = len(order)
    stepped = out[order] * m / np.arange(m, 0, -1)
    out[order] = np.minimum(np.minimum.accumulate(stepped), 1.0)
    return out


def _family(p: Sequence[float] | Floats) -> tuple[Floats, NDArray[np.intp], Floats]:
    """Return the p-values as a fresh array, the places of the tests done, and their p-values."""
    values = np.array(p, dtype=float)
    known = np.flatnonzero(~np.isnan(values))
    done = values[known]
    strange = done[(done < 0) | (done > 1 + ROUNDING)]
    if strange.size:
        raise InferenceError(f"A p-value lies between 0 and 1, not at {strange[0]}.")
    # An exact test's sum may end a last digit above 1.
    values[known] = np.minimum(done, 1.0)
    return values, known, values[known]
