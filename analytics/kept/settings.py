"""What an effect and a build of personas were asked with, as it is kept beside what was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, with_config

from analytics.asking.changes import Question, Shape
from analytics.asking.posts import Kind
from analytics.kept.form import KeptForm

Method = Literal["kmeans", "gmm"]
Basis = Literal["auto", "profiles", "reviews", "both"]
_STRICT = ConfigDict(extra="forbid")


@with_config(_STRICT)
@dataclass(frozen=True)
class EffectSettings:
    """How an effect was asked for, and the SHA-256 of the numbers that answered.

    The fields are those of :class:`~analytics.asking.changes.Question`; metric and segment are columns beside them.
    """

    on: date
    washout_days: int = 0
    kind: Kind | None = None
    held: tuple[int, ...] = ()
    controls: tuple[str, ...] = ()
    shape: Shape = "step"
    until: date | None = None
    ramp_days: int | None = None
    country: str | None = None
    events: tuple[str, ...] = ()
    year_end: bool = True
    data_sha256: str = ""

    def in_words(self) -> str:
        """Say in short how the effect was asked for, for a cell of a table."""
        burst = f"burst until {self.until}"
        shapes = {"step": "step", "slope": "slope", "burst": burst, "ramp": f"ramp of {self.ramp_days} days"}
        parts = [shapes[self.shape]]
        if self.washout_days:
            parts.append(f"{self.washout_days} days to settle")
        if self.controls:
            parts.append(f"beside {', '.join(self.controls)}")
        if self.held:
            parts.append(f"{len(self.held)} other changes held" if len(self.held) > 1 else "1 other change held")
        return "; ".join(parts)


def asked_with(question: Question, data_sha256: str) -> EffectSettings:
    """Return a question's settings as they are kept, with the digest of the numbers that it was asked of."""
    kept = EffectSettings.__dataclass_fields__.keys() - {"data_sha256"}
    return EffectSettings(**{name: getattr(question, name) for name in kept}, data_sha256=data_sha256)


def _several_controls(fields: dict[str, Any]) -> dict[str, Any]:
    """Format 2: several controls instead of one. What was kept before the calendar was held says so."""
    rest = {name: value for name, value in fields.items() if name != "control"}
    one = fields.get("control")
    return {"controls": [one] if one else [], "year_end": False, **rest}


@with_config(_STRICT)
@dataclass(frozen=True)
class BuildOrder:
    """How to build personas: the method, a seed, how many people to look at, and what to go by.

    ``sources`` narrows it to some data sets; "auto" uses profiles and reviews together only where
    they speak of the same people.
    """

    method: Method = "kmeans"
    seed: int = 1
    max_people: int = 8_000
    basis: Basis = "auto"
    sources: tuple[str, ...] = ()


EFFECT_SETTINGS = KeptForm("settings of an effect", EffectSettings, (_several_controls,))
BUILD_ORDER = KeptForm("settings of a persona build", BuildOrder)
