"""An ordinal logit: did answers change when covariates are held equal?"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analytics.inference import LEVEL, Estimate, z_of
from analytics.surveys.errors import SurveyError
from analytics.surveys.model import Floats


@dataclass(frozen=True)
class OddsRatio:
    """How many times the odds of a higher answer change with one term of an ordinal logit."""

    term: str
    ratio: Estimate
    p: float


@dataclass(frozen=True)
class _Fit:
    params: pd.Series
    bse: pd.Series
    pvalues: pd.Series


def ordinal_logit(
    answers: Floats, wave: Floats, covariates: pd.DataFrame | None = None, level: float = LEVEL
) -> tuple[OddsRatio, ...]:
    """Fit a proportional-odds model (McCullagh 1980) of the answer on wave and covariates.

    Parameters
    ----------
    answers
        Shape (n,), codes, NaN missing.
    wave
        Shape (n,), 0 before and 1 after.
    covariates
        One row a respondent; text columns become indicators, rows with gaps are left out.

    Returns
    -------
    tuple of OddsRatio
        The first is ``wave``: how the odds of a higher answer changed, covariates held equal.

    Raises
    ------
    SurveyError
        Too few answers or levels, or the fit does not settle.
    """
    X = _predictors(wave, covariates)
    keep = ~np.isnan(answers) & X.notna().all(axis=1).to_numpy()
    y, X = answers[keep], X[keep]
    X = X.loc[:, X.nunique() > 1]
    levels = np.unique(y)
    if levels.size < 2 or y.size < 10 * (X.shape[1] + 1) or "wave" not in X:
        raise SurveyError(f"Too few answers for a model with covariates ({y.size}). Use fewer covariates.")
    fit = _fitted(np.searchsorted(levels, y), X)
    z, out = z_of(level), []
    for term in X.columns:
        b, se = float(fit.params[term]), float(fit.bse[term])
        if not math.isfinite(se) or se > 50:
            raise SurveyError(f'The model cannot separate "{term}" from the answers. Leave it out or merge its groups.')
        ratio = Estimate(math.exp(b), math.exp(b - z * se), math.exp(b + z * se), y.size, "ordinal logit")
        out.append(OddsRatio(str(term), ratio, float(fit.pvalues[term])))
    return tuple(sorted(out, key=lambda o: o.term != "wave"))


def _predictors(wave: Floats, covariates: pd.DataFrame | None) -> pd.DataFrame:
    X = pd.DataFrame({"wave": np.asarray(wave, float)})
    for name in () if covariates is None else covariates.columns:
        values = covariates[name].reset_index(drop=True)  # type: ignore[index]
        numbers = pd.to_numeric(values, errors="coerce")
        if numbers.notna().sum() == values.notna().sum():
            X[str(name)] = numbers
        else:
            dummies = pd.get_dummies(values.astype(str), drop_first=True, dtype=float).add_prefix(f"{name}: ")
            dummies[values.isna()] = np.nan
            X = X.join(dummies)
    return X


def _fitted(y: np.ndarray, X: pd.DataFrame) -> _Fit:
    scale = X.std().replace(0, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = OrderedModel(pd.Series(y), (X / scale).reset_index(drop=True), distr="logit").fit(
            method="bfgs", disp=False, maxiter=500
        )
    if not fit.mle_retvals["converged"]:
        raise SurveyError("The model with covariates did not settle. Use fewer covariates or merge small groups.")
    terms = list(X.columns)
    return _Fit(fit.params[terms] / scale, fit.bse[terms] / scale, fit.pvalues[terms])
