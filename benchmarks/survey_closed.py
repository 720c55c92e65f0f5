"""Simulated surveys of 200 v 200: do the tests of closed answers err as often as they say they do?

Each figure is a rate over many simulated surveys; a rate of 5% over 4,000 draws is itself known within 0.7
points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analytics.inference import ALPHA, holm, newcombe, wilson
from analytics.surveys.closed import brunner_munzel, panel_change, top_box_difference
from analytics.surveys.model import Floats, Item
from analytics.surveys.proportions import net_promoter, net_promoter_change
from analytics.surveys.weights import design_of, post_stratify

N = 200
LIKERT = Item("q", "q", "likert", ("q",), tuple("12345"))
Shares = tuple[float, ...]
CENTRED: Shares = (0.05, 0.2, 0.5, 0.2, 0.05)
SPREAD: Shares = (0.3, 0.15, 0.1, 0.15, 0.3)
HIGHER: Shares = (0.03, 0.12, 0.4, 0.3, 0.15)


@dataclass(frozen=True)
class Figure:
    """One simulated rate, in percent, and what it should be (None: shown for comparison)."""

    what: str
    rate: float
    nominal: float | None

    @property
    def holds(self) -> bool:
        """Whether the rate is within 1.5 points of nominal."""
        return self.nominal is None or abs(self.rate - self.nominal) <= 1.5


def _draw(rng: np.random.Generator, shares: Shares, n: int = N) -> Floats:
    return rng.choice(np.arange(1, len(shares) + 1), n, p=shares).astype(float)


def _chance(x: Shares, y: Shares) -> float:
    return sum(p * (sum(x[:k]) + x[k] / 2) for k, p in enumerate(y))


def _rate(draws: int, seed: int, once: Callable[[np.random.Generator], tuple[bool, ...]]) -> list[float]:
    rng = np.random.default_rng(seed)
    return [float(100 * r) for r in np.mean([once(rng) for _ in range(draws)], axis=0)]


def independent(draws: int, seed: int) -> list[Figure]:
    """Two independent waves: the same answers, answers that only spread, and answers that rise."""
    out = []
    for name, x, y in (("same answers", CENTRED, CENTRED), ("unequal spread", CENTRED, SPREAD)):

        def once(rng: np.random.Generator, x: Shares = x, y: Shares = y) -> tuple[bool, ...]:
            b, a = _draw(rng, x), _draw(rng, y)
            box = top_box_difference(b, a, LIKERT)
            ours = brunner_munzel(b, a)
            mann_whitney = stats.mannwhitneyu(b, a, method="asymptotic").pvalue
            return (
                ours.p < ALPHA,
                mann_whitney < ALPHA,
                box.low > 0 or box.high < 0,
                ours.chance.low <= 0.5 <= ours.chance.high,
            )

        bm, mwu, box, covers = _rate(draws, seed, once)
        out += [
            Figure(f"{name}: Brunner-Munzel calls a change", bm, 5.0),
            Figure(f"{name}: logit interval holds the truth", covers, 95.0),
            Figure(f"{name}: Mann-Whitney calls a change", mwu, None),
            Figure(f"{name}: top two boxes alone call a change", box, 5.0 if x == y else None),
        ]
    truth, gain = _chance(CENTRED, HIGHER), sum(HIGHER[3:]) - sum(CENTRED[3:])

    def rise(rng: np.random.Generator) -> tuple[bool, ...]:
        b, a = _draw(rng, CENTRED), _draw(rng, HIGHER)
        ours, box = brunner_munzel(b, a), top_box_difference(b, a, LIKERT)
        return ours.chance.low <= truth <= ours.chance.high, box.low <= gain <= box.high, ours.p < ALPHA

    chance, top, power = _rate(draws, seed + 1, rise)
    return [
        *out,
        Figure("answers rise: logit interval holds the truth", chance, 95.0),
        Figure("answers rise: Newcombe's interval of the top boxes holds the truth", top, 95.0),
        Figure("answers rise (chance 62%): found", power, None),
    ]


def shifted_mix(draws: int, seed: int) -> list[Figure]:
    """No age group changes its mind, but the mix of age groups does."""
    by_age = (CENTRED, (0.1, 0.25, 0.4, 0.2, 0.05), (0.02, 0.13, 0.45, 0.3, 0.1))
    mixes = ((0.35, 0.4, 0.25), (0.25, 0.3, 0.45))

    def once(rng: np.random.Generator) -> tuple[bool, ...]:
        ages = [rng.choice(3, N, p=m) for m in mixes]
        b, a = (np.array([rng.choice(5, p=by_age[g]) + 1.0 for g in wave]) for wave in ages)
        groups = [pd.Series(wave).astype(str) for wave in ages]
        pooled = pd.concat(groups).value_counts(normalize=True).to_dict()
        w = tuple(post_stratify(g, {str(k): v for k, v in pooled.items()}).values for g in groups)
        both = design_of(pd.concat(groups).to_frame("age"))
        d = (both[:N], both[N:])
        ours = brunner_munzel(b, a, weights=(w[0], w[1]), design=d)
        box = top_box_difference(b, a, LIKERT, weights=(w[0], w[1]), design=d)
        return brunner_munzel(b, a).p < ALPHA, ours.p < ALPHA, box.low <= 0 <= box.high

    plain, weighted, box = _rate(max(400, draws // 4), seed, once)
    return [
        Figure("shifted mix of ages: unweighted test calls a change", plain, None),
        Figure("shifted mix of ages: post-stratified test calls a change", weighted, 5.0),
        Figure("shifted mix of ages: post-stratified top-box interval holds the truth", box, 95.0),
    ]


def panels(draws: int, seed: int) -> list[Figure]:
    """The same 200 people twice, answers correlated, nothing changed."""

    def once(rng: np.random.Generator) -> tuple[bool, ...]:
        person = rng.normal(size=N)
        b, a = (np.digitize(person + 0.7 * rng.normal(size=N), [-1.5, -0.5, 0.5, 1.5]) + 1.0 for _ in range(2))
        found = panel_change(b, a)
        covers = found.difference.low <= 0 <= found.difference.high
        return found.p < ALPHA, covers, brunner_munzel(b, a).p < ALPHA

    paired, covers, wrong = _rate(draws, seed, once)
    return [
        Figure("panel: Wilcoxon with Pratt's zeros calls a change", paired, 5.0),
        Figure("panel: interval of rose minus fell holds the truth", covers, 95.0),
        Figure("panel treated as independent waves: calls a change", wrong, None),
    ]


def shares(draws: int, seed: int) -> list[Figure]:
    """Wilson, Newcombe and the net promoter score."""
    scores = np.array([0.02, 0.01, 0.02, 0.03, 0.04, 0.08, 0.08, 0.16, 0.2, 0.16, 0.2])
    truth = 100 * (scores[9:].sum() - scores[:7].sum())

    def once(rng: np.random.Generator) -> tuple[bool, ...]:
        hits = rng.binomial(N, 0.8, 2)
        w, d = wilson(hits[0], N), newcombe(hits[0], N, hits[1], N)
        b, a = rng.choice(11, (2, N), p=scores).astype(float)
        nps, change = net_promoter(b), net_promoter_change(b, a)
        return (
            w.low <= 0.8 <= w.high,
            d.low <= 0 <= d.high,
            nps.low <= truth <= nps.high,
            change.low <= 0 <= change.high,
        )

    names = ("Wilson's interval of 80%", "Newcombe's interval of no change", "net promoter score", "its change")
    return [Figure(f"{n} holds the truth", r, 95.0) for n, r in zip(names, _rate(draws, seed, once), strict=True)]


def families(draws: int, seed: int, items: int = 8) -> list[Figure]:
    """Eight items, none changed: how often does the report call any change?"""

    def once(rng: np.random.Generator) -> tuple[bool, ...]:
        p = [brunner_munzel(_draw(rng, CENTRED), _draw(rng, CENTRED)).p for _ in range(items)]
        return min(p) < ALPHA, min(holm(p)) < ALPHA

    plain, corrected = _rate(max(400, draws // 4), seed, once)
    return [
        Figure(f"{items} items, none changed: any called, not corrected", plain, None),
        Figure(f"{items} items, none changed: any called, Holm", corrected, 5.0),
    ]


def closed_figures(draws: int, seed: int) -> list[Figure]:
    """Return every figure of the closed items."""
    return [
        *independent(draws, seed),
        *shifted_mix(draws, seed + 10),
        *panels(draws, seed + 20),
        *shares(draws, seed + 30),
        *families(draws, seed + 40),
    ]
