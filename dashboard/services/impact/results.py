"""Effects as plain numbers and words: what is kept, exported as JSON and put into reports."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics.impact.its import Effect
    from analytics.impact.report import ImpactReport
    from analytics.impact.segments import SegmentReport


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def effect_plain(effect: Effect) -> dict[str, Any]:
    """Return an effect with its n, interval (95%), p-value and method; what is not known is None."""
    return {
        "shape": effect.shape,
        "percent": _number(effect.percent),
        "low": _number(effect.low),
        "high": _number(effect.high),
        "p": _number(effect.p),
        "stated_percent": None if effect.stated is None else _number(effect.stated),
        "n_before": effect.n_before,
        "n_after": effect.n_after,
        "rho": _number(effect.rho),
        "df": _number(effect.df),
        "mean_before": _number(effect.mean_before),
        "mean_after": _number(effect.mean_after),
        "absolute": [_number(v) for v in effect.absolute],
        "cumulative": [_number(v) for v in effect.cumulative],
        "method": effect.method,
    }


def report_plain(report: ImpactReport) -> dict[str, Any]:
    """Return a report as it is kept: verdict, effect, doubts, checks and the chart's rows."""
    return {
        "metric": report.metric,
        "on": report.change.day.isoformat(),
        "washout_days": report.change.washout_days,
        "shape": report.change.shape.kind,
        "until": until.isoformat() if (until := report.change.shape.until) else None,
        "ramp_days": report.change.shape.ramp_days,
        "frequency": report.frequency,
        "verdict": report.verdict.answer,
        "sentence": report.verdict.sentence,
        "could_be_wrong": list(report.verdict.could_be_wrong),
        "next_step": report.verdict.next_step,
        "effect": effect_plain(report.effect),
        "detectable": _number(report.detectable),
        "notes": [{"code": n.code, "level": n.level, "text": n.text, "grave": n.grave} for n in report.notes],
        "placebo": {"dates": len(report.placebo.days), "share_with_effect": report.placebo.share},
        "departure": {
            "found": report.departure.found,
            "p": _number(report.departure.joint),
            "ways": [
                {"way": way, "p": _number(float(p))}
                for way, p in zip(report.departure.ways, report.departure.p, strict=True)
            ],
        },
        "sensitivity": [effect_plain(effect) for effect in report.sensitivity.effects],
        "plain_difference": effect_plain(report.difference) if report.difference else None,
        "alt_text": report.alt_text,
        "chart": [
            {
                "day": str(row.day),
                "observed": _number(row.observed),
                "counterfactual": _number(row.counterfactual),
                "low": _number(row.low),
                "high": _number(row.high),
                "left_out": row.washout,
                "after": row.after,
            }
            for row in report.chart
        ],
    }


def segments_plain(report: SegmentReport) -> dict[str, Any]:
    """Return a comparison of segments: one row each, the number of tests, and what was found."""
    rows = [
        {
            "metric": row.metric,
            "segment": row.segment,
            "n_before": row.n_before,
            "n_after": row.n_after,
            "own": [_number(v) for v in (row.own.value, row.own.low, row.own.high)],
            "against_others": [_number(v) for v in (row.difference.value, row.difference.low, row.difference.high)],
            "p": _number(row.p),
            "p_holm": _number(row.p_holm),
            "answer": row.answer,
        }
        for row in report.rows
    ]
    notes = [{"code": n.code, "level": n.level, "text": n.text} for n in report.notes]
    return {"rows": rows, "tests": report.tests, "notes": notes}
