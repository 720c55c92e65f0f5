"""Scales of several items: reverse keys, Cronbach's alpha and McDonald's omega with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats

from analytics.inference import LEVEL, Estimate, bootstrap_interval
from analytics.surveys.errors import SurveyError
from analytics.surveys.model import Floats


@dataclass(frozen=True)
class Reliability:
    """How well items hang together: alpha, omega, and alpha with each item left out."""

    alpha: Estimate
    omega: Estimate
    loadings: dict[str, float]
    without: dict[str, float]
    warnings: tuple[str, ...] = ()


def reverse_keyed(answers: pd.DataFrame, keys: Mapping[str, int], low: int, high: int) -> pd.DataFrame:
    """Turn round the items whose key is -1, so that high always means more.

    Parameters
    ----------
    answers
        One row a respondent, one column an item: codes, NaN missing.
    keys
        Item -> 1 or -1.
    low, high
        The ends of the answer scale.

    Raises
    ------
    SurveyError
        An answer lies outside the scale, or a key names no column.
    """
    strangers = [k for k in keys if k not in answers.columns]
    if strangers:
        raise SurveyError(f"No item is called {', '.join(strangers)}.")
    picked = answers[list(keys)].astype(float)
    if picked.size and (picked.min().min() < low or picked.max().max() > high):
        raise SurveyError(f"Some answers lie outside the scale from {low} to {high}.")
    for name, key in keys.items():
        if key < 0:
            picked[name] = low + high - picked[name]
    return picked


def _alpha(cov: Floats) -> float:
    k = cov.shape[0]
    return float(k / (k - 1) * (1 - np.trace(cov) / cov.sum()))


def cronbach_alpha(answers: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """Return Cronbach's (1951) alpha with Feldt's (1965) F interval.

    Parameters
    ----------
    answers
        One row a respondent, one column an item, already keyed; only complete rows count.

    Raises
    ------
    SurveyError
        Fewer than two items or three respondents, or an item without spread.
    """
    _check(answers)
    complete = answers.dropna()
    value = _alpha(complete.cov().to_numpy(float))
    n, k = complete.shape
    df1, df2 = n - 1, (n - 1) * (k - 1)
    tail = (1 - level) / 2
    low = 1 - (1 - value) * stats.f.ppf(1 - tail, df1, df2)
    high = 1 - (1 - value) * stats.f.ppf(tail, df1, df2)
    return Estimate(value, float(low), float(high), n, "Cronbach's alpha, Feldt interval")


def _check(answers: pd.DataFrame) -> None:
    complete = answers.dropna()
    if answers.shape[1] < 2 or len(complete) < 3:
        raise SurveyError("Reliability needs at least two items and three people who answered all of them.")
    flat = [str(c) for c in answers.columns if not complete[c].std() > 0]
    if flat:
        raise SurveyError(f"Everybody gave the same answer to {', '.join(flat)}: leave it out of the scale.")


def one_factor(correlations: Floats, start: Floats | None = None) -> tuple[Floats, Floats]:
    """Fit one factor by maximum likelihood (Joreskog 1967).

    Parameters
    ----------
    correlations
        Shape (k, k).
    start
        Loadings (k,) to begin from.

    Returns
    -------
    tuple
        Loadings (k,), mostly positive, and unique variances (k,).
    """
    k = correlations.shape[0]
    values, vectors = np.linalg.eigh(correlations)
    first = vectors[:, -1] * np.sqrt(values[-1]) * 0.8 if start is None else start
    first = np.clip(first, -0.95, 0.95)

    def loss(p: Floats) -> tuple[float, Floats]:
        a, unique = p[:k], np.exp(p[k:])
        implied = np.outer(a, a) + np.diag(unique)
        inverse = np.linalg.inv(implied)
        gradient = inverse - inverse @ correlations @ inverse
        value = float(np.linalg.slogdet(implied)[1] + (inverse * correlations).sum())
        return value, np.concatenate([2 * gradient @ a, np.diag(gradient) * unique])

    bounds = [(-1.0, 1.0)] * k + [(np.log(0.005), 0.5)] * k
    options = {"ftol": 1e-14, "gtol": 1e-9, "maxiter": 1000}
    at = np.concatenate([first, np.log(1 - first**2)])
    p = optimize.minimize(loss, at, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    a = p[:k]
    return (a if a.sum() >= 0 else -a), np.exp(p[k:])


def _omega(loadings: Floats, unique: Floats) -> float:
    common = loadings.sum() ** 2
    return float(common / (common + unique.sum()))


def mcdonald_omega(answers: pd.DataFrame, level: float = LEVEL, *, draws: int = 400, seed: int = 7) -> Estimate:
    """Return McDonald's (1999) omega of one factor with a bootstrap interval.

    The factor is fitted by maximum likelihood to the correlations of complete answers.

    Parameters
    ----------
    answers
        As for ``cronbach_alpha``.
    draws, seed
        Bootstrap samples of respondents and their seed.

    Raises
    ------
    SurveyError
        As ``cronbach_alpha``; also with two items, where one factor is not determined.
    """
    _check(answers)
    if answers.shape[1] < 3:
        raise SurveyError("Omega needs three items or more; with two, report alpha.")
    raw = answers.dropna().to_numpy(float)
    loadings, unique = one_factor(np.corrcoef(raw, rowvar=False))

    def again(drawn: NDArray[np.int64]) -> float:
        people = raw[drawn]
        if not (people.std(axis=0) > 0).all():
            return np.nan
        return _omega(*one_factor(np.corrcoef(people, rowvar=False), loadings))

    low, high = bootstrap_interval(again, len(raw), draws=draws, seed=seed, level=level)
    method = f"McDonald's omega, bootstrap of {draws}"
    return Estimate(_omega(loadings, unique), low, high, len(raw), method)


def reliability(answers: pd.DataFrame, level: float = LEVEL, *, seed: int = 7) -> Reliability:
    """Return alpha, omega, loadings and alpha without each item, and warn of items keyed the wrong way."""
    alpha, omega = cronbach_alpha(answers, level), mcdonald_omega(answers, level, seed=seed)
    loadings, _ = one_factor(answers.dropna().corr().to_numpy(float))
    names = [str(c) for c in answers.columns]
    without = {}
    if len(names) > 2:
        without = {str(c): _alpha(answers.drop(columns=c).dropna().cov().to_numpy(float)) for c in answers.columns}
    turned = [name for name, a in zip(names, loadings, strict=True) if a < 0]
    warnings = []
    if turned:
        warnings.append(f"{', '.join(turned)} runs against the other items. Is it worded the other way round?")
    if alpha.value < 0.6:
        warnings.append("The items do not hang together well enough (alpha below .60) to be read as one score.")
    return Reliability(alpha, omega, dict(zip(names, map(float, loadings), strict=True)), without, tuple(warnings))


def scale_scores(answers: pd.DataFrame, least: float = 0.5) -> pd.Series:
    """Return each respondent's mean over answered items; NaN where fewer than ``least`` were answered."""
    means = answers.mean(axis=1)
    return means.where(answers.notna().mean(axis=1) >= least)
