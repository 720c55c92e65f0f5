"""Before/after effects whose p-values mean what they say.

`analyse` answers for one metric, `analyse_segments` compares groups, `plan_wait` looks ahead; `content_factors`,
`ab_tests`, `analyse_costs` and `return_on_investment` answer the questions beside them. Each raises `ImpactError`, with
a sentence for the reader, where the data cannot carry the question.
"""

from analytics.impact.ab_tests import ABEffect, ABReport, ab_tests
from analytics.impact.comparison import MethodRow, compare_methods
from analytics.impact.cost import CostReport, Return, analyse_costs, return_on_investment
from analytics.impact.design import Intervention
from analytics.impact.errors import ImpactError
from analytics.impact.factors import FactorEffect, FactorReport, content_factors
from analytics.impact.its import ChartRow, Effect
from analytics.impact.notes import Note
from analytics.impact.power import Plan, Wait
from analytics.impact.report import ImpactReport, analyse, analyse_series, plan_wait
from analytics.impact.segments import Percent, SegmentEffect, SegmentReport, analyse_segments
from analytics.impact.series import Kind, MetricSeries, prepare
from analytics.impact.shapes import EffectShape, Shape
from analytics.impact.verdict import Verdict

__all__ = [
    "ABEffect",
    "ABReport",
    "ChartRow",
    "CostReport",
    "Effect",
    "EffectShape",
    "FactorEffect",
    "FactorReport",
    "ImpactError",
    "ImpactReport",
    "Intervention",
    "Kind",
    "MethodRow",
    "MetricSeries",
    "Note",
    "Percent",
    "Plan",
    "Return",
    "SegmentEffect",
    "SegmentReport",
    "Shape",
    "Verdict",
    "Wait",
    "ab_tests",
    "analyse",
    "analyse_costs",
    "analyse_segments",
    "analyse_series",
    "compare_methods",
    "content_factors",
    "plan_wait",
    "prepare",
    "return_on_investment",
]
