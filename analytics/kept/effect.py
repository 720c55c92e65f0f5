"""A measured effect as it is kept, exported as JSON and put into reports."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ConfigDict, with_config

from analytics.kept.form import KeptForm

_STRICT = ConfigDict(extra="forbid")


@with_config(_STRICT)
@dataclass(frozen=True)
class KeptEffect:
    """One estimate with its n, 95% interval, p-value and method; what is not known is None.

    ``percent``, ``low`` and ``high`` are in percent; ``absolute`` and ``cumulative`` are value, low and high in the
    metric's own unit.
    """

    shape: str = "step"
    percent: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    n_before: int = 0
    n_after: int = 0
    rho: float | None = None
    df: float | None = None
    mean_before: float | None = None
    mean_after: float | None = None
    absolute: tuple[float | None, ...] = ()
    cumulative: tuple[float | None, ...] = ()
    method: str = ""


@with_config(_STRICT)
@dataclass(frozen=True)
class KeptNote:
    """One thing that the reader should know; a grave one leaves no verdict."""

    code: str
    level: str
    text: str
    grave: bool = False


@with_config(_STRICT)
@dataclass(frozen=True)
class KeptPlacebo:
    """On how many made-up dates the effect was looked for, and on which share of them one was found."""

    dates: int
    share_with_effect: float | None = None


@with_config(_STRICT)
@dataclass(frozen=True)
class KeptWay:
    """One way in which an effect may depart from its stated shape, and its p-value."""

    way: str
    p: float | None = None


@with_config(_STRICT)
@dataclass(frozen=True)
class KeptDeparture:
    """Whether the effect departs from the shape that was stated, over all ways (``p``) and in each."""

    found: bool
    p: float | None = None
    ways: tuple[KeptWay, ...] = ()


@with_config(_STRICT)
@dataclass(frozen=True)
class KeptPeriod:
    """One period of the chart: what was seen, and what was to be expected without the change."""

    day: str
    observed: float | None = None
    counterfactual: float | None = None
    low: float | None = None
    high: float | None = None
    left_out: bool = False
    after: bool = False


@with_config(_STRICT)
@dataclass(frozen=True)
class KeptReport:
    """One analysis as it was shown: verdict, effect, doubts, checks and the chart's periods.

    Fields that an older version did not keep have defaults.
    """

    metric: str
    on: str
    verdict: str
    sentence: str
    effect: KeptEffect
    washout_days: int = 0
    shape: str = "step"
    until: str | None = None
    ramp_days: int | None = None
    frequency: str = ""
    could_be_wrong: tuple[str, ...] = ()
    next_step: str = ""
    detectable: float | None = None
    notes: tuple[KeptNote, ...] = ()
    placebo: KeptPlacebo | None = None
    departure: KeptDeparture | None = None
    sensitivity: tuple[KeptEffect, ...] = ()
    plain_difference: KeptEffect | None = None
    alt_text: str = ""
    chart: tuple[KeptPeriod, ...] = ()


EFFECT = KeptForm("effect", KeptReport)
