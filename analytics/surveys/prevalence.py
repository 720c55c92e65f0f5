"""How common a theme is, with intervals that hold although a classifier coded most answers.

The difference (regression) estimator of survey sampling, known in machine learning as prediction-powered
inference: the classifier's share over all answers, corrected by how far it was off on the hand-coded random
sample (Cochran 1977, ch. 7; Angelopoulos et al. 2023, with the power tuning of PPI++, 2024; cross-fitted as in
Zrnic and Candes 2024).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analytics.inference import LEVEL, Estimate, difference, wilson, z_of
from analytics.surveys.classifier import Coding
from analytics.surveys.errors import SurveyError
from analytics.surveys.model import Floats

FEWEST_HITS = 5
"""With fewer hand-coded answers of a theme (or without it) the classifier's help cannot be judged."""


@dataclass(frozen=True)
class CodedSample:
    """One group of answers and one code.

    Attributes
    ----------
    human
        Shape (n,), 1 where a person gave the code, for a random sample.
    predicted
        Shape (n,), the classifier's probability for the same answers, from models that did not see them.
    rest
        Shape (m,), its probabilities for the answers nobody coded.
    rest_counted
        How many of the rest the classifier gives the code.
    """

    human: Floats
    predicted: Floats
    rest: Floats
    rest_counted: int


@dataclass(frozen=True)
class Prevalence:
    """The share of answers with a code, found in three ways; ``best`` is the one to use.

    ``counted`` trusts the classifier blindly: its interval is too narrow and often misses the truth.
    """

    human_only: Estimate
    counted: Estimate
    best: Estimate
    n_human: int
    n_all: int


@dataclass(frozen=True)
class PrevalenceChange:
    """A code's share before and after, the change found in three ways, and its p-value (``best``)."""

    before: Prevalence
    after: Prevalence
    human_only: Estimate
    counted: Estimate
    best: Estimate
    p: float


def sample_of(coding: Coding, code: str, rows: Sequence[int]) -> CodedSample:
    """Return one group's answers for one code.

    Parameters
    ----------
    rows
        Row numbers of the group (one wave, one age group). The hand-coded ones among them must be a random
        sample of the group.

    Raises
    ------
    SurveyError
        The code is unknown.
    """
    if code not in coding.codes:
        raise SurveyError(f'The code "{code}" is not among those that were coded.')
    k = coding.codes.index(code)
    place = {row: i for i, row in enumerate(coding.coded)}
    hand = [r for r in rows if r in place]
    rest = [r for r in rows if r not in place]
    human = coding.human[[place[r] for r in hand], k]
    counted = int(coding.by_machine()[rest, k].sum())
    return CodedSample(human, coding.probabilities[hand, k], coding.probabilities[rest, k], counted)


def _regression(sample: CodedSample) -> tuple[float, float]:
    """Return the corrected share and its variance for the people behind all the answers."""
    y, f = sample.human, sample.predicted
    n, total = y.size, y.size + sample.rest.size
    spread = float(f.var())
    slope = float(np.clip(np.cov(y, f, bias=True)[0, 1] / spread, 0.0, 2.0)) if spread > 1e-12 else 0.0
    everyone = (f.sum() + sample.rest.sum()) / total
    share = float(y.mean() + slope * (everyone - f.mean()))
    left = y - slope * f
    residual = float(((left - left.mean()) ** 2).sum() / max(1, n - 2))
    # The sample is a part of the answers, and the answers are a part of all people one could ask.
    return share, (1 - n / total) * residual / n + share * (1 - share) / total


def _best(sample: CodedSample, level: float) -> Estimate:
    y, n = sample.human, sample.human.size
    hits = min(y.sum(), n - y.sum())
    if hits < FEWEST_HITS or not sample.rest.size:
        return wilson(float(y.sum()), n, level)
    share, variance = _regression(sample)
    share = min(1 - 1 / (2 * n), max(1 / (2 * n), share))
    effective = share * (1 - share) / variance if variance > 0 else n
    found = wilson(share * effective, effective, level)
    return Estimate(share, found.low, found.high, n + sample.rest.size, "prediction-powered, Wilson on effective n")


def prevalence(sample: CodedSample, level: float = LEVEL) -> Prevalence:
    """Return a code's share with intervals: hand-coded alone, classify-and-count, prediction-powered.

    Raises
    ------
    SurveyError
        Nothing was coded by hand in this group.
    """
    n, m = sample.human.size, sample.rest.size
    if n < 2:
        raise SurveyError("No answers of this group were coded by hand. Code a random sample of it first.")
    hits = float(sample.human.sum()) + sample.rest_counted
    counted = wilson(hits, n + m, level)
    counted = Estimate(counted.value, counted.low, counted.high, n + m, "classify and count")
    return Prevalence(wilson(float(sample.human.sum()), n, level), counted, _best(sample, level), n, n + m)


def prevalence_change(before: CodedSample, after: CodedSample, level: float = LEVEL) -> PrevalenceChange:
    """Return how a code's share changed between two independent groups of answers.

    Raises
    ------
    SurveyError
        One of the groups holds no hand-coded answers.
    """
    b, a = prevalence(before, level), prevalence(after, level)
    best = difference(b.best, a.best, "prediction-powered difference")
    return PrevalenceChange(
        b,
        a,
        difference(b.human_only, a.human_only, "Newcombe, hand-coded answers only"),
        difference(b.counted, a.counted, "classify and count"),
        best,
        _p_of(best, level),
    )


def _p_of(change: Estimate, level: float) -> float:
    """Return the two-sided p-value that fits the interval's side towards zero."""
    arm = change.value - change.low if change.value > 0 else change.high - change.value
    if arm <= 0:
        return 1.0
    z = z_of(level) * abs(change.value) / arm
    return float(2 * stats.norm.sf(z))


def answers_to_code(half_width: float, *, share: float = 0.2, r2: float = 0.35, level: float = LEVEL) -> int:
    """Return how many answers of a wave to code by hand so that a share is known within ``half_width``.

    ``r2`` is how much of the hand coding the classifier explains (0: no help).

    Raises
    ------
    SurveyError
        A number lies outside its range.
    """
    if not 0 < half_width < 0.5 or not 0 < share < 1 or not 0 <= r2 < 1:
        raise SurveyError("Give a half width below .5, a share between 0 and 1 and an r2 from 0 to below 1.")
    z = z_of(level)
    return max(30, math.ceil(z * z * share * (1 - share) * (1 - r2) / half_width**2))
