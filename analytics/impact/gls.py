"""Generalised least squares for many short series at once: two inferences, and the more careful of both.

`reml_ar1` and `averaged` err on different sides: the first is too sure of itself where white noise hides the memory,
the second where there is little data and little memory. `dual` takes the larger p-value and the hull of both
intervals. There is no pretest for autocorrelation: pretesting spoils the p-values that follow it.
"""

from dataclasses import dataclass

import numpy as np

from analytics.impact.averaging import averaged
from analytics.impact.covariance import Array
from analytics.impact.regression import CHUNK_CELLS, Inference, Problem, problem
from analytics.impact.reml import reml_ar1

__all__ = ["DualInference", "Inference", "Problem", "averaged", "dual", "problem", "reml_ar1"]


@dataclass(frozen=True)
class DualInference:
    """The larger p-value and the hull of the intervals of two inferences, with both inside."""

    reml: Inference
    averaged: Inference
    p: Array
    low: Array
    high: Array

    @property
    def estimate(self) -> Array:
        """(m,) the restricted-likelihood estimate."""
        return self.reml.estimate

    @property
    def width_ratio(self) -> Array:
        """(m,) width of the hull over the width of the Satterthwaite interval."""
        return (self.high - self.low) / np.maximum(self.reml.high - self.reml.low, 1e-300)


def dual(task: Problem) -> DualInference:
    """Both inferences on every fit of the batch; the larger p-value and the hull of the intervals."""
    parts = [_dual_block(block) for block in _blocks(task)]
    if len(parts) == 1:
        return parts[0]
    return DualInference(
        _join([part.reml for part in parts]),
        _join([part.averaged for part in parts]),
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("p", "low", "high")),
    )


def _dual_block(task: Problem) -> DualInference:
    a, b = reml_ar1(task), averaged(task)
    return DualInference(a, b, np.maximum(a.p, b.p), np.minimum(a.low, b.low), np.maximum(a.high, b.high))


def _blocks(task: Problem) -> list[Problem]:
    """Split a batch so that memory stays flat however many series there are."""
    n, p = task.X.shape[-2:]
    width = max(1, CHUNK_CELLS // (n * (p + 1)))
    m = task.y.shape[1]
    if m <= width:
        return [task]
    out = []
    for start in range(0, m, width):
        block = slice(start, start + width)
        own = task.X.ndim == 3
        out.append(
            Problem(
                task.y[:, block],
                task.X[block] if own else task.X,
                task.contrast[block] if own else task.contrast,
                task.offset[block],
                task.times,
            )
        )
    return out


def _join(parts: list[Inference]) -> Inference:
    names = ("estimate", "se", "df", "p", "low", "high", "rho")
    return Inference(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
