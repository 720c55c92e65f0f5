"""How many people a survey needs: for a difference between waves, a panel, or a share's precision."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analytics.inference import LEVEL, z_of
from analytics.surveys.errors import SurveyError


@dataclass(frozen=True)
class Plan:
    """How many answers each wave needs, how many people to invite, and the sentence that says so."""

    n_per_wave: int
    invite_per_wave: int
    sentence: str


def _plan(n: float, response_rate: float, design_effect: float, goal: str) -> Plan:
    if not 0 < response_rate <= 1:
        raise SurveyError("The response rate is a share above 0 and up to 1.")
    if design_effect < 1:
        raise SurveyError("The design effect is 1 (no weights) or more.")
    needed = max(2, math.ceil(n * design_effect - 1e-9))
    invite = math.ceil(needed / response_rate)
    return Plan(needed, invite, f"To {goal}, ask until {needed} people have answered in each wave (invite {invite}).")


def _power(level: float, power: float) -> float:
    if not 0.5 <= power < 1:
        raise SurveyError("Power is the chance to find a real change: between .5 and 1.")
    return z_of(level) + float(stats.norm.ppf(power))


def n_for_share_difference(
    before: float,
    after: float,
    *,
    level: float = LEVEL,
    power: float = 0.8,
    response_rate: float = 1.0,
    design_effect: float = 1.0,
) -> Plan:
    """Return n a wave to find a change in a share (normal approximation, unpooled; Fleiss 1981, eq. 3.18).

    Raises
    ------
    SurveyError
        The shares are equal or not between 0 and 1.
    """
    if not (0 <= before <= 1 and 0 <= after <= 1) or before == after:
        raise SurveyError("Give two different shares between 0 and 1.")
    spread = before * (1 - before) + after * (1 - after)
    n = _power(level, power) ** 2 * spread / (after - before) ** 2
    return _plan(n, response_rate, design_effect, f"find a change from {before:.0%} to {after:.0%}")


def n_for_superiority(
    chance: float,
    shares: tuple[float, ...] | None = None,
    *,
    level: float = LEVEL,
    power: float = 0.8,
    response_rate: float = 1.0,
    design_effect: float = 1.0,
) -> Plan:
    """Return n a wave to find P(after > before) = ``chance`` (Noether 1987, with ties by Zhao et al. 2008).

    Parameters
    ----------
    chance
        0.5 is no change; 0.56 a small, 0.64 a middling, 0.71 a large one.
    shares
        The expected distribution over the scale's points; ties make a test a little easier.

    Raises
    ------
    SurveyError
        The chance is 0.5 or not between 0 and 1, or the shares do not add up.
    """
    if not 0 < chance < 1 or chance == 0.5:
        raise SurveyError("Give a chance between 0 and 1 other than .5 (no change).")
    ties = 0.0
    if shares is not None:
        p = np.asarray(shares, float)
        if p.min() < 0 or p.sum() <= 0:
            raise SurveyError("The expected shares must not be negative.")
        ties = float(((p / p.sum()) ** 3).sum())
    n = _power(level, power) ** 2 * (1 - ties) / (6 * (chance - 0.5) ** 2)
    goal = f"find a {chance:.0%} chance that an answer after is higher than one before"
    return _plan(n, response_rate, design_effect, goal)


def n_for_share(share: float, half_width: float, *, level: float = LEVEL, response_rate: float = 1.0) -> Plan:
    """Return the n at which Wilson's interval of a share is no wider than twice ``half_width``."""
    if not 0 <= share <= 1 or not 0 < half_width < 0.5:
        raise SurveyError("Give a share between 0 and 1 and a half width between 0 and .5.")
    z = z_of(level)

    def half(n: float) -> float:
        return z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))

    n = 2
    while half(n) > half_width:
        n = max(n + 1, int(n * 1.01))
    while n > 2 and half(n - 1) <= half_width:
        n -= 1
    return _plan(n, response_rate, 1.0, f"know a share near {share:.0%} within {half_width * 100:.0f} points")
