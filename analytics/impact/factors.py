"""What goes along with better posts: content factors by regression, with errors that allow for related posts.

Unless the posts were randomised the result is an association, and every report says so.
Source of the errors: the bias-reduced cluster variance (CR2) and its degrees of freedom, Bell & McCaffrey 2002;
Pustejovsky & Tipton 2018.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtr, stdtrit

from analytics.impact.covariance import Array
from analytics.impact.errors import ImpactError
from analytics.impact.notes import HAS, Note, counted, info, warning
from analytics.inference import ALPHA, NO_DIFFERENCE, TOO_FEW, UPPER, holm

CAUTION = (
    "This is an association, not proof: the posts were not assigned by chance, so other reasons may lie behind it."
)
Whole = npt.NDArray[np.int64]
MIN_POSTS = 8
MIN_DF = 4.0


@dataclass(frozen=True)
class FactorEffect:
    """One factor: posts with and without it, effect on the metric (%), interval, p-values, and the answer."""

    factor: str
    n_with: int
    n_without: int
    percent: float
    low: float
    high: float
    df: float
    p: float
    p_holm: float
    answer: str


@dataclass(frozen=True)
class FactorReport:
    """Effects of the factors with each other held, n posts in `clusters` related groups, and what to keep in mind."""

    rows: tuple[FactorEffect, ...]
    n: int
    clusters: int
    notes: tuple[Note, ...]
    method: str = "Regression of the logged rate; cluster-robust (CR2) errors with small-sample degrees of freedom."


def content_factors(
    posts: pd.DataFrame,
    factors: Sequence[str],
    *,
    controls: Sequence[str] = ("channel", "format"),
    cluster: str | None = None,
    randomised: bool = False,
) -> FactorReport:
    """Relate yes/no factors of posts (personalised seed, human review, style transfer) to their rate.

    Parameters
    ----------
    posts : columns date, value (clicks, engagements), denominator (impressions), the factors (yes/no) and controls.
        Time is controlled by a straight trend and the day of the week, where posts have dates.
    controls : categorical columns; those not in the table are skipped and said.
    cluster : column of related posts (a campaign, an account); by default the week of publication, or, without any
        dates, each post by itself.
    randomised : whether chance decided which posts got the factor.

    Raises
    ------
    ImpactError
        Where columns are missing or there are too few posts.
    """
    missing = {"date", "value", "denominator", *factors} - set(posts.columns)
    if missing:
        raise ImpactError(f"The posts have no column called {', '.join(sorted(missing))}; map or add it.")
    table, left_out = _complete(posts, factors)
    if (table["value"] < 0).any():
        raise ImpactError("A post has a negative number of clicks or engagements; mend that row.")
    if len(table) < 3 * MIN_POSTS:
        raise ImpactError(
            f"Only {len(table)} posts have impressions, a count and every factor; at least {3 * MIN_POSTS} are needed."
        )
    for factor in factors:
        if not table[factor].isin([0, 1]).all():
            raise ImpactError(f"The column {factor} must say yes or no for every post (true/false or 1/0); mend it.")
    y = np.log((table["value"].to_numpy(float) + 0.5) / (table["denominator"].to_numpy(float) + 0.5))
    groups, notes = _clusters(table, cluster, randomised)
    held, said = _controls(table, controls)
    usable = [f for f in factors if _sides(table[f])[0] >= MIN_POSTS <= _sides(table[f])[1]]
    X = np.column_stack([*(table[f].astype(float).to_numpy() for f in usable), held]).astype(float)
    rows = _rows(table, factors, usable, *clustered(y, X, groups, len(usable)))
    late = [] if randomised else _one_after_other(table, usable)
    return FactorReport(rows, len(table), int(groups.max()) + 1, (*notes, *late, *left_out, *said))


def _complete(posts: pd.DataFrame, factors: Sequence[str]) -> tuple[pd.DataFrame, list[Note]]:
    """Posts with a count, a denominator, every factor and, where any post has one, a date."""
    measured = (posts["denominator"] > 0) & posts["value"].notna()
    known = posts[list(factors)].notna().all(axis=1)
    dated = posts["date"].notna()
    if not (measured & dated).any():
        dated = ~dated
    wanted = ((measured, "no impressions or no count"), (known, "no clear yes or no"), (dated, "no date"))
    notes = [
        info("left_out", f"{counted(int((~kept).sum()), 'post', HAS)} {why}; left out.")
        for kept, why in wanted
        if (~kept).any()
    ]
    return posts[measured & known & dated].reset_index(drop=True), notes


def _one_after_other(table: pd.DataFrame, factors: Sequence[str]) -> list[Note]:
    """Warn where every post with a factor came after every post without it: time and factor are then one."""
    out = []
    for factor in factors:
        yes = table[factor].astype(bool)
        days = pd.to_datetime(table["date"])
        if days[yes].min() > days[~yes].max() or days[yes].max() < days[~yes].min():
            text = (
                f"No post with {factor} was made at the same time as one without it, so anything else that changed "
                "then counts too; read it as a before and after."
            )
            out.append(warning("one_after_other", text))
    return out


def _sides(column: pd.Series) -> tuple[int, int]:
    yes = int(column.astype(bool).sum())
    return yes, len(column) - yes


def _clusters(table: pd.DataFrame, cluster: str | None, randomised: bool) -> tuple[Whole, list[Note]]:
    if cluster is not None and cluster not in table.columns:
        raise ImpactError(f"The posts have no column called {cluster}; choose another grouping.")
    if cluster is not None:
        labels = table[cluster].fillna("none")
    elif table["date"].notna().any():
        labels = pd.to_datetime(table["date"]).dt.strftime("%G-%V")
    else:
        labels = pd.Series(table.index)
    groups = pd.factorize(labels)[0].astype(np.int64)
    notes = [] if randomised else [warning("association", CAUTION)]
    if groups.max() + 1 < 10:
        text = f"There are only {groups.max() + 1} groups of related posts, so the intervals are rough."
        notes.append(warning("few_groups", text))
    return groups, notes


def _controls(table: pd.DataFrame, controls: Sequence[str]) -> tuple[Array, list[Note]]:
    columns = [np.ones(len(table))]
    notes = []
    held: list[tuple[str, pd.Series | None]] = [(c, table.get(c)) for c in controls]
    if table["date"].notna().any():
        days = pd.to_datetime(table["date"])
        age = (days - days.min()).dt.days.to_numpy(float)
        columns.append(age / max(age.max(), 1.0))
        held.insert(0, ("day of the week", days.dt.dayofweek))
    else:
        notes.append(warning("no_dates", "The posts have no dates, so time is not held equal."))
    for name, values in held:
        if values is None or values.isna().all():
            notes.append(info("no_control", f"The posts have no column called {name}, so it is not held equal."))
            continue
        columns += list(pd.get_dummies(values, drop_first=True, dummy_na=bool(values.isna().any())).to_numpy(float).T)
    return np.column_stack(columns), notes


def clustered(y: Array, X: Array, groups: Whole, wanted: int) -> tuple[Array, Array, Array]:
    """Least squares with CR2 errors for the first `wanted` columns.

    Returns
    -------
    (wanted,) coefficients, standard errors and Bell-McCaffrey degrees of freedom. A column that the others explain
    gets NaN.
    """
    keep = _independent(X, wanted)
    Q, R = np.linalg.qr(X[:, keep])
    residual = y - Q @ (Q.T @ y)
    beta, se, df = np.full(wanted, np.nan), np.full(wanted, np.nan), np.full(wanted, np.nan)
    rows = np.linalg.inv(R) @ Q.T
    order = np.argsort(groups, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(groups))[:-1])
    rooted = [_rooted(np.asarray(Q), where) for where in members]
    for place, column in enumerate(keep):
        if column >= wanted:
            break
        pulls = [(where, root @ rows[place, where]) for where, root in rooted]
        variance = sum(float(pull @ residual[where]) ** 2 for where, pull in pulls)
        shared = np.array([Q[where].T @ pull for where, pull in pulls])
        beta[column], se[column] = rows[place] @ y, np.sqrt(variance)
        df[column] = _degrees(np.array([float(pull @ pull) for _, pull in pulls]), shared)
    return beta, se, df


def _degrees(own: Array, shared: Array) -> float:
    """Squared trace over squared norm of diag(own) - shared shared', without ever building that square matrix."""
    sizes = (shared**2).sum(axis=1)
    norm = (own**2).sum() - 2 * own @ sizes + ((shared.T @ shared) ** 2).sum()
    return float((own - sizes).sum() ** 2 / max(float(norm), 1e-300))


def _rooted(Q: Array, where: Whole) -> tuple[Whole, Array]:
    """(I - H)^(-1/2) of one group, by its eigenvalues; directions that the model explains wholly drop out."""
    block = np.eye(len(where)) - Q[where] @ Q[where].T
    values, vectors = np.linalg.eigh(block)
    inverse = np.where(values > 1e-8, 1.0 / np.sqrt(np.maximum(values, 1e-8)), 0.0)
    return where, (vectors * inverse) @ vectors.T


def _independent(X: Array, wanted: int) -> list[int]:
    """Columns that the others do not explain; controls come first, so that a factor never hides behind one."""
    kept: list[int] = []
    basis = np.zeros((len(X), 0))
    for column in [*range(wanted, X.shape[1]), *range(wanted)]:
        left = X[:, column] - basis @ (basis.T @ X[:, column])
        left = left - basis @ (basis.T @ left)
        size = float(np.linalg.norm(left))
        if size > 1e-8 * max(float(np.linalg.norm(X[:, column])), 1e-300):
            basis = np.column_stack([basis, left / size])
            kept.append(column)
    return sorted(kept)


def _rows(
    table: pd.DataFrame, factors: Sequence[str], usable: Sequence[str], beta: Array, se: Array, df: Array
) -> tuple[FactorEffect, ...]:
    told = np.isfinite(se) & (df >= MIN_DF)
    p = np.where(told, 2.0 * stdtr(df, -np.abs(beta) / se), np.nan)
    corrected = holm(p)
    reach = stdtrit(df, UPPER) * se
    out, nan = [], float("nan")
    for factor in factors:
        yes, no = _sides(table[factor])
        if factor not in usable or not told[list(usable).index(factor)]:
            out.append(FactorEffect(factor, yes, no, nan, nan, nan, nan, nan, nan, TOO_FEW))
            continue
        i = list(usable).index(factor)
        lift, low, high = (float(100 * np.expm1(v)) for v in (beta[i], beta[i] - reach[i], beta[i] + reach[i]))
        word = "higher" if beta[i] > 0 else "lower"
        answer = f"goes with {word} rates" if corrected[i] < ALPHA else NO_DIFFERENCE
        out.append(
            FactorEffect(factor, yes, no, lift, low, high, float(df[i]), float(p[i]), float(corrected[i]), answer)
        )
    return tuple(out)
