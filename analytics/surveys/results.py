"""What a comparison of two waves gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.inference import CannotTell, Estimate
from analytics.surveys.closed import Distribution, PanelChange, Superiority
from analytics.surveys.model import Item
from analytics.surveys.odds import OddsRatio
from analytics.surveys.quality import QualityReport
from analytics.surveys.weights import MixShift

Verdict = Literal["higher", "lower", "different"] | CannotTell


@dataclass(frozen=True)
class OptionChange:
    """How one choice changed: its share before and after, the difference and Holm's p over the choices."""

    label: str
    before: Estimate
    after: Estimate
    difference: Estimate
    p: float
    p_holm: float


@dataclass(frozen=True)
class ItemComparison:
    """One item before and after.

    ``test`` compares independent waves, ``panel`` the same people; only one is filled. ``top_box`` is the
    change in the top two boxes, ``top_shares`` their share in each wave. ``p_holm`` is corrected over the items
    of the report. ``odds`` holds the ordinal logit where covariates were asked for.
    """

    item: Item
    verdict: Verdict
    sentence: str
    p: float
    p_holm: float
    before: Distribution | None = None
    after: Distribution | None = None
    test: Superiority | None = None
    panel: PanelChange | None = None
    top_box: Estimate | None = None
    top_shares: tuple[Estimate, Estimate] | None = None
    promoters: tuple[Estimate, Estimate, Estimate] | None = None
    options: tuple[OptionChange, ...] = ()
    odds: tuple[OddsRatio, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class SurveyReport:
    """Two waves compared: every item, what to know about the answers, and how the numbers were made."""

    before: str
    after: str
    n_before: int
    n_after: int
    effective_n: tuple[float, float]
    paired: bool
    weighted: str
    comparisons: tuple[ItemComparison, ...]
    not_compared: tuple[str, ...]
    mix: MixShift | None
    quality: QualityReport
    warnings: tuple[str, ...]
    method: str
