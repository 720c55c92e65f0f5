"""Numbers from profiles and review vectors, in blocks of equal weight."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from analytics.personas.model import PersonaBuildError, PersonaInputs

MAX_LEVELS = 12
RARE = 0.03
MAX_ATTRIBUTES = 60
TEXT_COMPONENTS = 10
PROFILE_COMPONENTS = 12


@dataclass(frozen=True)
class Features:
    """Matrix (people x features), the people in order, the typed attributes, and notes."""

    matrix: NDArray[np.float64]
    people: pd.Index
    attributes: pd.DataFrame
    notes: tuple[str, ...]


def typed_attributes(profiles: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Return usable attributes: floats for numbers, text for levels; what says nothing is dropped.

    Dropped: columns with one value, ids (nearly every value its own), and free text.
    """
    kept: dict[str, pd.Series] = {}
    dropped = []
    for name in profiles.columns:
        values = profiles[name]
        if values.dropna().empty:
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
        notes.append(f"Left out because they tell nothing about groups: {', '.join(dropped[:12])}.")
    return pd.DataFrame(dict(list(kept.items())[:MAX_ATTRIBUTES]), index=profiles.index)


def _is_flag(values: pd.Series) -> bool:
    return bool(values.dropna().map(lambda v: isinstance(v, bool)).all())


def _looks_like_id(name: str, numbers: pd.Series) -> bool:
    whole = bool((numbers.dropna() % 1 == 0).all())
    unique = numbers.nunique() > 0.98 * numbers.notna().sum()
    return whole and unique and bool(re.search(r"(^|_|\b)(id|key|code|no|number)(_|\b|$)", name, re.IGNORECASE))


def _pooled(levels: pd.Series) -> pd.Series:
    """Pool rare levels, and all beyond the twelve commonest."""
    share = levels.value_counts(normalize=True)
    common = set(share[share >= RARE].index[:MAX_LEVELS])
    return levels.map(lambda v: v if v is None or v in common else "other")


def build_features(inputs: PersonaInputs) -> Features:
    """Return one row a person over profile attributes and the mean of their review vectors.

    Each block is reduced by PCA and divided by the square root of its total variance, so that a
    block of many columns weighs no more than another. Skewed amounts enter as logarithms.

    Raises
    ------
    PersonaBuildError
        When no attribute and no review vector is left.
    """
    notes: list[str] = []
    people = inputs.profiles.index.union(
        pd.Index(inputs.reviews["customer"].unique()) if len(inputs.reviews) else pd.Index([])
    )
    attributes = typed_attributes(inputs.profiles.reindex(people), notes)
    attributes = attributes.join(_review_attributes(inputs.reviews, people))
    blocks = []
    profile = _profile_block(attributes)
    if profile is not None:
        blocks.append(profile)
    if inputs.vectors is not None and len(inputs.reviews):
        blocks.append(_text_block(inputs, people))
    if not blocks:
        raise PersonaBuildError("The profiles have no attribute that differs between people. Map more columns.")
    return Features(np.hstack(blocks), people, attributes, tuple(notes))


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
        found["Reviews written"] = counts.astype(float)
    if "category" in reviews and reviews["category"].nunique() > 1:
        found["Category reviewed"] = _pooled(grouped["category"].first().astype(object))
    return pd.DataFrame(found).reindex(people)


def _profile_block(attributes: pd.DataFrame) -> NDArray[np.float64] | None:
    columns = []
    for name in attributes.columns:
        values = attributes[name]
        if pd.api.types.is_float_dtype(values.dtype):
            columns.append(_number_column(values))
        else:
            columns.append(_level_columns(values))
        missing = values.isna().to_numpy(dtype=float)
        if 0.02 < missing.mean() < 0.5:
            columns.append(0.5 * (missing - missing.mean())[:, None])
    if not columns:
        return None
    return _weighted(np.hstack(columns), PROFILE_COMPONENTS)


def _number_column(values: pd.Series) -> NDArray[np.float64]:
    numbers = values.fillna(values.median()).to_numpy(dtype=float)
    spread = np.std(numbers)
    skew = np.mean(((numbers - numbers.mean()) / spread) ** 3) if spread else 0.0
    if numbers.min() >= 0 and skew > 1:
        numbers = np.log1p(numbers)
    low, high = np.percentile(numbers, [1, 99])
    clipped = np.clip(numbers, low, high)
    deviation = clipped.std()
    return ((clipped - clipped.mean()) / (deviation if deviation else 1.0))[:, None]


def _level_columns(values: pd.Series) -> NDArray[np.float64]:
    """Return centred indicators whose variances add up to one."""
    dummies = pd.get_dummies(values.astype(object), dtype=float).to_numpy()
    centred = dummies - dummies.mean(axis=0)
    total = np.sqrt((centred**2).mean(axis=0).sum())
    scaled: NDArray[np.float64] = centred / (total if total else 1.0)
    return scaled


def _text_block(inputs: PersonaInputs, people: pd.Index) -> NDArray[np.float64]:
    assert inputs.vectors is not None
    codes = people.get_indexer(pd.Index(inputs.reviews["customer"]))
    sums = np.zeros((len(people), inputs.vectors.shape[1]))
    np.add.at(sums, codes, inputs.vectors)
    counts = np.bincount(codes, minlength=len(people))[:, None]
    means = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
    means[counts[:, 0] == 0] = means[counts[:, 0] > 0].mean(axis=0)
    return _weighted(means, TEXT_COMPONENTS)


def _weighted(block: NDArray[np.float64], components: int) -> NDArray[np.float64]:
    """Reduce a block by PCA and give it a total variance of one."""
    components = min(components, block.shape[1], block.shape[0] - 1)
    scores = PCA(components, svd_solver="full" if block.shape[1] < 200 else "randomized", random_state=0).fit_transform(
        block
    )
    total = np.sqrt(scores.var(axis=0).sum())
    weighted: NDArray[np.float64] = scores / (total if total else 1.0)
    return weighted
