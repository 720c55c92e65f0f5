"""Do two people code alike? Cohen's kappa, Krippendorff's alpha, and where they disagree."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analytics.inference import LEVEL, Estimate, bootstrap_interval, wilson, z_of
from analytics.surveys.codebook import Codebook
from analytics.surveys.errors import SurveyError
from analytics.surveys.model import Floats

Level = Literal["nominal", "ordinal", "interval"]


@dataclass(frozen=True)
class Disagreement:
    """One answer that coders coded differently: coder -> the names of the codes given."""

    answer: str
    given: dict[str, tuple[str, ...]]
    resolved: bool


@dataclass(frozen=True)
class CoderAgreement:
    """How well two coders agree: on each code, overall, and answer by answer where they do not."""

    coders: tuple[str, str]
    n: int
    by_code: dict[str, Estimate]
    alpha: Estimate
    disagreements: tuple[Disagreement, ...]
    sentence: str


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable], level: float = LEVEL) -> Estimate:
    """Return Cohen's (1960) kappa with the interval of Fleiss, Cohen and Everitt (1969).

    Parameters
    ----------
    first, second
        One label an answer, in the same order.

    Raises
    ------
    SurveyError
        The two differ in length or hold fewer than two answers.
    """
    if len(first) != len(second) or len(first) < 2:
        raise SurveyError("Agreement needs two coders' labels of the same two or more answers.")
    names = {x: i for i, x in enumerate(dict.fromkeys([*first, *second]))}
    n = len(first)
    p = np.zeros((len(names), len(names)))
    for a, b in zip(first, second, strict=True):
        p[names[a], names[b]] += 1 / n
    rows, columns = p.sum(1), p.sum(0)
    observed, chance = float(np.trace(p)), float(rows @ columns)
    if chance >= 1 - 1e-12:
        return Estimate(math.nan, -1.0, 1.0, n, "Cohen's kappa: everybody used one label, chance explains all")
    kappa = (observed - chance) / (1 - chance)
    if observed > 1 - 1e-12:
        # The formula gives perfect agreement no error at all; Wilson's bound on the agreement itself does.
        low = (wilson(n, n, level).low - chance) / (1 - chance)
        return Estimate(1.0, max(-1.0, low), 1.0, n, "Cohen's kappa, Wilson on the agreement")
    pull = 1 - kappa
    diagonal = sum(p[i, i] * (1 - (rows[i] + columns[i]) * pull) ** 2 for i in range(len(names)))
    spread = (p * (columns[:, None] + rows[None, :]) ** 2).sum()
    spread -= sum(p[i, i] * (columns[i] + rows[i]) ** 2 for i in range(len(names)))
    variance = (diagonal + pull**2 * spread - (kappa - chance * pull) ** 2) / (n * (1 - chance) ** 2)
    half = z_of(level) * math.sqrt(max(0.0, float(variance)))
    return Estimate(kappa, max(-1.0, kappa - half), min(1.0, kappa + half), n, "Cohen's kappa, Fleiss-Cohen-Everitt")


def _coincidences(values: Floats, levels: Floats) -> Floats:
    counts = np.stack([(values == v).sum(axis=0) for v in levels], axis=1).astype(float)
    m = counts.sum(axis=1)
    kept = counts[m >= 2]
    scale = 1 / (m[m >= 2] - 1)
    together = (kept * scale[:, None]).T @ kept
    return together - np.diag((kept * scale[:, None]).sum(axis=0))


def _distances(levels: Floats, totals: Floats, level: Level) -> Floats:
    if level == "nominal":
        return 1.0 - np.eye(levels.size)
    if level == "interval":
        return (levels[:, None] - levels[None, :]) ** 2
    middle = np.cumsum(totals) - totals / 2
    return (middle[:, None] - middle[None, :]) ** 2


def _alpha(values: Floats, levels: Floats, level: Level) -> float:
    o = _coincidences(values, levels)
    totals = o.sum(axis=1)
    n = totals.sum()
    if n < 2:
        return math.nan
    d = _distances(levels, totals, level)
    expected = float((np.outer(totals, totals) * d).sum() / (n - 1))
    return 1 - float((o * d).sum()) / expected if expected > 0 else math.nan


def krippendorff_alpha(
    ratings: Floats, *, level_of: Level = "nominal", level: float = LEVEL, draws: int = 1000, seed: int = 7
) -> Estimate:
    """Return Krippendorff's (2011) alpha with a bootstrap interval over answers.

    Parameters
    ----------
    ratings
        Shape (coders, answers), codes as numbers, NaN where a coder did not rate.
    level_of
        Whether the codes are names, ranks or distances.
    draws, seed
        Bootstrap samples of answers and their seed.

    Raises
    ------
    SurveyError
        Fewer than two coders, or no answer that two of them rated.
    """
    values = np.asarray(ratings, float)
    if values.ndim != 2 or values.shape[0] < 2 or not ((~np.isnan(values)).sum(axis=0) >= 2).any():
        raise SurveyError("Krippendorff's alpha needs answers that two coders or more rated.")
    levels = np.unique(values[~np.isnan(values)])
    value = _alpha(values, levels, level_of)
    low, high = bootstrap_interval(
        lambda drawn: _alpha(values[:, drawn], levels, level_of),
        values.shape[1],
        draws=draws,
        seed=seed,
        level=level,
        unknown=(-1.0, 1.0),
    )
    rated = int(((~np.isnan(values)).sum(axis=0) >= 2).sum())
    return Estimate(value, low, high, rated, f"Krippendorff's alpha ({level_of}), bootstrap of {draws}")


def coder_agreement(book: Codebook, first: str, second: str, *, level: float = LEVEL, seed: int = 7) -> CoderAgreement:
    """Compare two coders over the answers both coded: every code as a yes/no, and all of them together.

    ``alpha`` is Krippendorff's over every (answer, code) pair, so that an answer may have several codes.

    Raises
    ------
    SurveyError
        They share fewer than two answers, or the book has no accepted code.
    """
    one, two = book.codings(first), book.codings(second)
    shared = [a for a in one if a in two]
    codes = [c for c in book.codes if not c.draft]
    if len(shared) < 2 or not codes:
        raise SurveyError(
            f"{first} and {second} share {len(shared)} coded answers. Let both code the same answers. "
            f"Who coded so far: {', '.join(book.coders) or 'nobody'}."
        )
    by_code = {}
    stacked: list[list[float]] = [[], []]
    for code in codes:
        yes = [[code.id in given[a] for a in shared] for given in (one, two)]
        if any(yes[0]) or any(yes[1]):
            by_code[code.id] = cohen_kappa(yes[0], yes[1], level)
            for row, more in zip(stacked, yes, strict=True):
                row += map(float, more)
    alpha = _over_answers(np.array(stacked), len(shared), level, seed)
    apart = disagreements(book, {first: one, second: two}, shared)
    sentence = _sentence(first, second, len(shared), alpha, len(apart))
    return CoderAgreement((first, second), len(shared), by_code, alpha, apart, sentence)


def _over_answers(stacked: Floats, n: int, level: float, seed: int, draws: int = 500) -> Estimate:
    """Return alpha over (answer, code) pairs; whole answers are drawn again, as their codes hang together."""
    method = f"Krippendorff's alpha, bootstrap of {draws} over answers"
    if stacked.size == 0:
        return Estimate(math.nan, -1.0, 1.0, n, method)
    cube = stacked.reshape(2, -1, n)
    levels = np.array([0.0, 1.0])
    value = _alpha(stacked, levels, "nominal")
    low, high = bootstrap_interval(
        lambda drawn: _alpha(cube[:, :, drawn].reshape(2, -1), levels, "nominal"),
        n,
        draws=draws,
        seed=seed,
        level=level,
        unknown=(-1.0, 1.0),
    )
    return Estimate(value, low, high, n, method)


def disagreements(
    book: Codebook, given: Mapping[str, Mapping[str, frozenset[str]]], answers: Sequence[str]
) -> tuple[Disagreement, ...]:
    """List the answers that coders coded differently, unresolved ones first."""
    settled = book.resolved()
    out = []
    for answer in answers:
        sets = {coder: codings[answer] for coder, codings in given.items() if answer in codings}
        if len(set(sets.values())) > 1:
            names = {coder: tuple(sorted(book.code(c).name for c in codes)) for coder, codes in sets.items()}
            out.append(Disagreement(answer, names, answer in settled))
    return tuple(sorted(out, key=lambda d: d.resolved))


def _sentence(first: str, second: str, n: int, alpha: Estimate, apart: int) -> str:
    if n < 30 or math.isnan(alpha.value):
        verdict = "too few shared answers to tell how well they agree"
    elif alpha.low >= 0.8:
        verdict = "they agree well"
    elif alpha.low >= 0.667:
        verdict = "they agree well enough for tentative conclusions"
    elif alpha.value >= 0.667:
        verdict = "they may agree well enough, but code more answers to be sure"
    else:
        verdict = "they do not agree well enough: sharpen the codes' definitions and code again"
    return (
        f"{first} and {second} both coded {n} answers and differ on {apart}; {verdict} "
        f"(alpha {alpha.value:.2f} [{alpha.low:.2f}, {alpha.high:.2f}])."
    )
