"""Numbers from profiles and review vectors, in blocks of equal weight."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import skew
from sklearn.decomposition import PCA
from sklearn.metrics.pairwise import nan_euclidean_distances
from sklearn.preprocessing import PowerTransformer

from analytics.intake.consent_words import is_opt_out
from analytics.intake.naming import plain_name
from analytics.intake.personal import role_by_name
from analytics.personas.model import PersonaBuildError, PersonaInputs

MAX_LEVELS = 12
RARE = 0.03
NEARLY_CONSTANT = 0.02
NOTED = 12
SKEWED = 0.75
OUTLIER = 4.0
MAX_ATTRIBUTES = 60
WRITTEN = "Reviews written"
DONORS = 1_000
NEAREST = 5
TEXT_COMPONENTS = 10
PROFILE_COMPONENTS = 12


@dataclass(frozen=True)
class Features:
    """People in numbers.

    Parameters
    ----------
    units : tuple of ndarray, each of shape (people, columns)
        The columns of one attribute each, scaled; what may be shuffled on its own.
    text : ndarray of shape (people, components), or None
        Vectors of reviews, and of people where they were supplied, each reduced and weighted.
    people : Index
        Whom the rows describe, in the order of their pseudonyms.
    attributes : DataFrame, shape (people, attributes)
        Floats and levels, to describe people by.
    notes : tuple of str
        What was left out, and why.
    """

    units: tuple[NDArray[np.float64], ...]
    text: NDArray[np.float64] | None
    people: pd.Index
    attributes: pd.DataFrame
    notes: tuple[str, ...]

    @cached_property
    def matrix(self) -> NDArray[np.float64]:
        """Return all blocks side by side, shape (people, features)."""
        return combined(self.units, self.text)

    def of(self, rows: NDArray[np.int64]) -> Features:
        """Return some of the people, in the same space as all of them."""
        part = Features(
            tuple(u[rows] for u in self.units),
            None if self.text is None else self.text[rows],
            self.people[rows],
            self.attributes.iloc[rows],
            self.notes,
        )
        part.__dict__["matrix"] = self.matrix[rows]
        return part


def combined(units: Sequence[NDArray[np.float64]], text: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Reduce the attributes to one block of total variance one and put the text block beside it."""
    blocks = [_weighted(np.hstack(list(units)), PROFILE_COMPONENTS)] if units else []
    return np.hstack([*blocks, text] if text is not None else blocks)


def typed_attributes(profiles: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Return usable attributes: floats for numbers, text for levels; what says nothing is dropped.

    Dropped: columns with one value, ids (nearly every value its own), free text, and what says who somebody
    is or what they allow, as older imports may hold it.
    """
    kept: dict[str, pd.Series] = {}
    dropped = []
    for name in profiles.columns:
        values = profiles[name]
        if values.dropna().empty:
            continue
        if role_by_name(str(name)) or is_opt_out(plain_name(str(name))):
            dropped.append(str(name))
            continue
        if values.dropna().astype(str).nunique() < 2:
            dropped.append(str(name))
            continue
        numbers = pd.to_numeric(values.astype(object).where(values.notna(), None), errors="coerce")
        if not _is_flag(values) and numbers.notna().sum() >= 0.95 * values.notna().sum():
            if _looks_like_id(str(name), numbers):
                dropped.append(str(name))
            elif numbers.nunique() <= 2:
                kept[str(name)] = numbers.map(lambda v: None if pd.isna(v) else f"{v:g}").astype(object)
            else:
                kept[str(name)] = numbers.astype(float)
            continue
        levels = values.map(lambda v: None if pd.isna(v) else str(v)).astype(object)
        if levels.nunique() > max(40, 0.3 * levels.notna().sum()):
            dropped.append(str(name))
        else:
            kept[str(name)] = _pooled(levels)
    if dropped:
        notes.append(f"Left out because they tell nothing about groups: {_listed(dropped)}.")
    beyond = list(kept)[MAX_ATTRIBUTES:]
    if beyond:
        notes.append(f"Only the first {MAX_ATTRIBUTES} attributes were used. Left out: {_listed(beyond)}.")
    return pd.DataFrame({name: kept[name] for name in list(kept)[:MAX_ATTRIBUTES]}, index=profiles.index)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NOTED} more" if len(names) > NOTED else ""
    return ", ".join(names[:NOTED]) + more


def _is_flag(values: pd.Series) -> bool:
    return bool(values.dropna().map(lambda v: isinstance(v, bool)).all())


def _looks_like_id(name: str, numbers: pd.Series) -> bool:
    """Say whether whole numbers that are nearly all different are named like ids, or count the rows."""
    given = numbers.dropna()
    if not bool((given % 1 == 0).all()) or given.nunique() <= 0.98 * len(given):
        return False
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    counts_rows = given.max() - given.min() < 1.05 * len(given)
    return counts_rows or bool(re.search(r"(^|_|\b)(id|key|code|no|number)(_|\b|$)", words, re.IGNORECASE))


def _pooled(levels: pd.Series) -> pd.Series:
    """Pool rare levels, and all beyond the twelve commonest."""
    share = levels.value_counts(normalize=True)
    common = set(share[share >= RARE].index[:MAX_LEVELS])
    return levels.map(lambda v: v if v is None or v in common else "other")


def build_features(inputs: PersonaInputs) -> Features:
    """Return one row a person over profile attributes and the mean of their review vectors.

    Each block is reduced by PCA and divided by the square root of its total variance, so that a
    block of many columns weighs no more than another. Skewed amounts enter as logarithms. Whoever lacks
    a value gets that of somebody alike, for the grouping only.

    Raises
    ------
    PersonaBuildError
        When no attribute and no review vector is left.
    """
    notes: list[str] = []
    known = inputs.profiles.index if inputs.latent is None else inputs.profiles.index.union(inputs.latent.index)
    people = known.union(
        pd.Index(inputs.reviews["customer"].unique()) if len(inputs.reviews) else pd.Index([])
    ).sort_values()
    attributes = typed_attributes(inputs.profiles.reindex(people), notes)
    attributes = attributes.join(_review_attributes(inputs.reviews, people), rsuffix=" (reviews)")
    given = _profile_units(attributes, notes)
    enough = len(inputs.reviews) and inputs.reviews["customer"].nunique() > TEXT_COMPONENTS
    blocks = [_text_block(inputs, people)] if inputs.vectors is not None and enough else []
    blocks += [_latent_block(inputs.latent, people)] if inputs.latent is not None else []
    rng = np.random.default_rng(0)
    units = [_filled(unit, [*given[:i], *given[i + 1 :]], rng) for i, unit in enumerate(given)]
    text = np.hstack([_filled(block, given, rng) for block in blocks]) if blocks else None
    if not units and text is None:
        raise PersonaBuildError("The profiles have no attribute that differs between people. Map more columns.")
    return Features(tuple(units), text, people, attributes, tuple(notes))


def _review_attributes(reviews: pd.DataFrame, people: pd.Index) -> pd.DataFrame:
    """Return what reviews say in numbers: mean rating, age, how many, commonest category."""
    if reviews.empty:
        return pd.DataFrame(index=people)
    grouped = reviews.groupby("customer")
    found: dict[str, pd.Series] = {}
    if "rating" in reviews and reviews["rating"].nunique() > 1:
        found["Rating given"] = grouped["rating"].mean()
    if "age" in reviews and reviews["age"].notna().any():
        found["Age"] = grouped["age"].mean()
    counts = grouped.size()
    if counts.nunique() > 1:
        found[WRITTEN] = counts.astype(float)
    if "category" in reviews and reviews["category"].nunique() > 1:
        found["Category reviewed"] = _pooled(_commonest(reviews))
    return pd.DataFrame(found).reindex(people)


def _commonest(reviews: pd.DataFrame) -> pd.Series:
    """Return the category that each customer reviewed most, the first by name where several tie."""
    counts = reviews.groupby(["customer", "category"], observed=True).size().rename("n").reset_index()
    counts = counts.sort_values(["customer", "n", "category"], ascending=[True, False, True])
    return counts.drop_duplicates("customer").set_index("customer")["category"].astype(object)


def _profile_units(attributes: pd.DataFrame, notes: list[str]) -> list[NDArray[np.float64]]:
    """Return the scaled columns of each attribute; NaN where somebody has none.

    An attribute in which nearly all people agree describes a persona but does not make one: scaled
    like the others, a handful of people would be far from everybody else. Nor does the number of reviews,
    which says how the data came about rather than what people are like.
    """
    units, uneven = [], []
    for name in attributes.columns:
        values = attributes[name]
        given = values.dropna()
        if len(given) and given.value_counts(normalize=True).iloc[0] > 1 - NEARLY_CONSTANT:
            uneven.append(str(name))
        elif name != WRITTEN:
            number = pd.api.types.is_float_dtype(values.dtype)
            columns = _number_column(values) if number else _level_columns(values)
            columns[values.isna().to_numpy()] = np.nan
            units.append(columns)
    if uneven:
        notes.append(f"Described but not grouped by, because nearly everybody is the same: {_listed(uneven)}.")
    return units


def _filled(
    unit: NDArray[np.float64], others: Sequence[NDArray[np.float64]], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Give those who lack a value that of somebody alike, so that lacking one makes no group.

    A nearest-neighbour hot deck (Andridge & Little 2010): one of the five donors nearest in the other
    attributes, drawn at random. A mean would put all of them in one place, tighter than any real group.
    """
    lacking = np.isnan(unit).any(axis=1)
    if not lacking.any() or lacking.all():
        return np.nan_to_num(unit)
    donors = rng.permutation(np.flatnonzero(~lacking))[:DONORS]
    near = np.tile(np.arange(len(donors)), (int(lacking.sum()), 1))
    if others:
        beside = np.hstack(list(others))
        distance = nan_euclidean_distances(beside[lacking], beside[donors])
        near = np.argsort(np.nan_to_num(distance, nan=np.inf), axis=1, kind="stable")[:, :NEAREST]
    chosen = near[np.arange(len(near)), rng.integers(near.shape[1], size=len(near))]
    filled = unit.copy()
    filled[lacking] = unit[donors[chosen]]
    return filled


def _number_column(values: pd.Series) -> NDArray[np.float64]:
    """Return a column of mean zero and variance one, outliers cut off and skew taken out.

    Skewed amounts are made symmetric by the power transformation of Yeo & Johnson (2000): a long tail
    would otherwise pass for a group of its own.
    """
    numbers = values.fillna(values.median()).to_numpy(dtype=float)
    if numbers.std() and abs(float(skew(numbers))) > SKEWED:
        # In units of a small amount, for the transformation to reach the logarithm.
        unit = np.percentile(np.abs(numbers[numbers != 0]), 10)
        numbers = PowerTransformer("yeo-johnson").fit_transform((numbers / unit)[:, None])[:, 0]
    for _ in range(2):
        deviation = numbers.std()
        numbers = np.clip((numbers - numbers.mean()) / (deviation if deviation else 1.0), -OUTLIER, OUTLIER)
    return numbers[:, None]


def _level_columns(values: pd.Series) -> NDArray[np.float64]:
    """Return centred indicators whose variances add up to one."""
    dummies = pd.get_dummies(values.astype(object), dtype=float).to_numpy()
    centred = dummies - dummies.mean(axis=0)
    total = np.sqrt((centred**2).mean(axis=0).sum())
    scaled: NDArray[np.float64] = centred / (total if total else 1.0)
    return scaled


def _text_block(inputs: PersonaInputs, people: pd.Index) -> NDArray[np.float64]:
    """Return each person's mean review vector, reduced; NaN for those who wrote none."""
    assert inputs.vectors is not None
    codes = people.get_indexer(pd.Index(inputs.reviews["customer"]))
    sums = np.zeros((len(people), inputs.vectors.shape[1]))
    np.add.at(sums, codes, inputs.vectors)
    counts = np.bincount(codes, minlength=len(people))[:, None]
    wrote = counts[:, 0] > 0
    block = np.full((len(people), min(TEXT_COMPONENTS, sums.shape[1], int(wrote.sum()) - 1)), np.nan)
    block[wrote] = _weighted(sums[wrote] / counts[wrote], TEXT_COMPONENTS)
    return block


def _latent_block(latent: pd.DataFrame, people: pd.Index) -> NDArray[np.float64]:
    """Return each person's supplied vector, reduced; NaN for those who have none."""
    rows = people.get_indexer(latent.index)
    scores = _weighted(latent.to_numpy(dtype=float), TEXT_COMPONENTS)
    block = np.full((len(people), scores.shape[1]), np.nan)
    block[rows] = scores
    return block


def _weighted(block: NDArray[np.float64], components: int) -> NDArray[np.float64]:
    """Reduce a block by PCA and give it a total variance of one."""
    components = min(components, block.shape[1], block.shape[0] - 1)
    scores = PCA(components, svd_solver="full" if block.shape[1] < 200 else "randomized", random_state=0).fit_transform(
        block
    )
    total = np.sqrt(scores.var(axis=0).sum())
    weighted: NDArray[np.float64] = scores / (total if total else 1.0)
    return weighted
