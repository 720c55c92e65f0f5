"""Weighting a sample to known margins: post-stratification, raking, what it costs, and when it is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analytics.inference import ALPHA
from analytics.surveys.errors import SurveyError
from analytics.surveys.model import Floats


@dataclass(frozen=True)
class Weights:
    """Weights of mean 1, what they cost (Kish 1965) and how they were made.

    ``design_effect`` is n * sum(w^2) / sum(w)^2, ``effective_n`` is n over it.
    """

    values: Floats
    design_effect: float
    effective_n: float
    method: str
    warning: str = ""


@dataclass(frozen=True)
class MixShift:
    """How much the make-up of two waves differs: Cramer's V, a chi-square p-value and a plain warning."""

    shifted: bool
    v: float
    p: float
    warning: str
    unknown: int = 0


def kish(weights: np.ndarray) -> tuple[float, float]:
    """Return Kish's design effect and effective number of answers for weights of shape (n,)."""
    w = np.asarray(weights, float)
    if w.size == 0 or w.sum() <= 0:
        return float("nan"), 0.0
    effective = float(w.sum() ** 2 / (w**2).sum())
    return w.size / effective, effective


def _wrapped(values: np.ndarray, method: str) -> Weights:
    scaled = values / values.mean()
    effect, effective = kish(scaled)
    warning = ""
    if effect > 2 or scaled.max() > 5:
        warning = (
            f"The weights are very uneven: {len(scaled)} answers now tell as much as {effective:.0f}. "
            "Merge small groups or use fewer margins."
        )
    return Weights(scaled, effect, effective, method, warning)


def _target(name: str, margin: Mapping[str, float], seen: pd.Series) -> dict[str, float]:
    total = sum(margin.values())
    if total <= 0 or min(margin.values()) < 0:
        raise SurveyError(f'The margin of "{name}" needs shares above zero.')
    unknown = sorted(set(seen.astype(str)) - set(margin))
    if unknown:
        raise SurveyError(f'The margin of "{name}" has no share for {", ".join(unknown)}. Add it or merge the groups.')
    empty = [k for k, share in margin.items() if share > 0 and k not in set(seen.astype(str))]
    if empty:
        raise SurveyError(
            f'Nobody in the sample is in {", ".join(empty)} ("{name}"): no weight can stand for them. Merge groups.'
        )
    return {k: share / total for k, share in margin.items()}


def post_stratify(groups: pd.Series, margin: Mapping[str, float]) -> Weights:
    """Weight each respondent so that the groups have the given shares.

    Parameters
    ----------
    groups
        Shape (n,), each respondent's group, none missing.
    margin
        Group -> share (any positive scale).

    Raises
    ------
    SurveyError
        A group has no share, or nobody is in a group that has one.
    """
    names = groups.astype(str)
    target = _target(str(groups.name), margin, names)
    share = names.value_counts(normalize=True)
    values = names.map({k: target[k] / share[k] for k in share.index}).to_numpy(float)
    return _wrapped(values, "post-stratified")


def rake(
    frame: pd.DataFrame,
    margins: Mapping[str, Mapping[str, float]],
    *,
    tolerance: float = 1e-8,
    most_rounds: int = 500,
) -> Weights:
    """Weight respondents to several margins at once by iterative proportional fitting (Deming-Stephan 1940).

    Parameters
    ----------
    frame
        One row a respondent, one column a margin, none missing.
    margins
        Column -> group -> share.
    tolerance
        Stop when no group's share is further than this from its target.

    Raises
    ------
    SurveyError
        A margin does not fit the sample, or the margins contradict each other.
    """
    if not margins:
        raise SurveyError("Raking needs at least one margin.")
    columns = {c: frame[c].astype(str) for c in margins}
    targets = {c: _target(c, margins[c], columns[c]) for c in margins}
    w = np.ones(len(frame))
    for _ in range(most_rounds):
        gap = 0.0
        for name, values in columns.items():
            share = pd.Series(w).groupby(values.to_numpy()).sum() / w.sum()
            gap = max(gap, max(abs(share[k] - targets[name][k]) for k in share.index))
            w = w * values.map({k: targets[name][k] / share[k] for k in share.index}).to_numpy(float)
        if gap < tolerance:
            return _wrapped(w, "raked")
    raise SurveyError("The margins cannot all be met in this sample. Merge small groups or drop a margin.")


def residuals(values: Floats, weights: Floats, design: Floats | None) -> Floats:
    """Return values less what the weighting margins explain (Deville and Sarndal 1992), shape (n,).

    ``design`` holds one column a margin group; without it only the weighted mean is taken off.
    """
    root = np.sqrt(weights)
    X = np.ones((values.size, 1)) if design is None else np.column_stack([np.ones(values.size), design])
    fitted, *_ = np.linalg.lstsq(X * root[:, None], values * root, rcond=None)
    return values - X @ fitted


def mean_variance(values: Floats, weights: Floats, design: Floats | None = None) -> tuple[float, float]:
    """Return a weighted mean and its linearised variance; equal weights give s^2 / n."""
    total = weights.sum()
    left = residuals(values, weights, design)
    free = values.size - 1 - (0 if design is None else np.linalg.matrix_rank(design))
    scale = values.size / max(1, free)
    return float((weights * values).sum() / total), float(scale * ((weights * left) ** 2).sum() / total**2)


def design_of(frame: pd.DataFrame) -> Floats:
    """Return indicator columns (n, groups - 1 summed over margins) for ``mean_variance``."""
    return pd.get_dummies(frame.astype(str), drop_first=True).to_numpy(float)


def mix_shift(before: pd.Series, after: pd.Series, *, what: str = "age groups", alpha: float = ALPHA) -> MixShift:
    """Test whether two waves hold the same mix of groups and say so when they do not.

    A missing group counts as unknown and is left out of the test.
    """
    b, a = before.dropna().astype(str), after.dropna().astype(str)
    unknown = int(before.isna().sum() + after.isna().sum())
    table = pd.concat([b.value_counts(), a.value_counts()], axis=1).fillna(0).to_numpy(float).T
    if min(b.size, a.size) == 0 or table.shape[1] < 2:
        return MixShift(False, 0.0, float("nan"), "", unknown)
    found = stats.chi2_contingency(table, correction=False)
    v = float(np.sqrt(found.statistic / table.sum()))
    if found.pvalue >= alpha:
        return MixShift(False, v, float(found.pvalue), "", unknown)
    shares = table / table.sum(axis=1, keepdims=True)
    names = pd.concat([b.value_counts(), a.value_counts()], axis=1).index
    most = int(np.abs(shares[1] - shares[0]).argmax())
    warning = (
        f"The mix of {what} shifted between the waves ({names[most]}: {shares[0, most]:.0%} before, "
        f"{shares[1, most]:.0%} after). Unweighted, a different mix can look like a change of mind."
    )
    return MixShift(True, v, float(found.pvalue), warning, unknown)
