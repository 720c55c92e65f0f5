"""Effects as plain numbers and words: what is kept, exported as JSON and put into reports."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from analytics.impact.ab_tests import ABEffect, ABReport
from analytics.impact.factors import FactorEffect, FactorReport
from analytics.impact.its import Effect
from analytics.impact.report import ImpactReport
from analytics.impact.segments import SegmentReport
from analytics.kept import EFFECT, KeptEffect, KeptReport
from analytics.kept.effect import KeptDeparture, KeptNote, KeptPeriod, KeptPlacebo, KeptWay


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def kept_effect(effect: Effect) -> KeptEffect:
    """Return an effect with its n, interval (95%), p-value and method; what is not known is None."""
    return KeptEffect(
        shape=effect.shape,
        percent=_number(effect.percent),
        low=_number(effect.low),
        high=_number(effect.high),
        p=_number(effect.p),
        n_before=effect.n_before,
        n_after=effect.n_after,
        rho=_number(effect.rho),
        df=_number(effect.df),
        mean_before=_number(effect.mean_before),
        mean_after=_number(effect.mean_after),
        absolute=tuple(_number(v) for v in effect.absolute),
        cumulative=tuple(_number(v) for v in effect.cumulative),
        method=effect.method,
    )


def kept_report(report: ImpactReport) -> KeptReport:
    """Return a report as it is kept: verdict, effect, doubts, checks and the chart's periods."""
    change, departure = report.change, report.departure
    until = change.shape.until
    return KeptReport(
        metric=report.metric,
        on=change.day.isoformat(),
        washout_days=change.washout_days,
        shape=change.shape.kind,
        until=until.isoformat() if until else None,
        ramp_days=change.shape.ramp_days,
        frequency=report.frequency,
        verdict=report.verdict.answer,
        sentence=report.verdict.sentence,
        could_be_wrong=tuple(report.verdict.could_be_wrong),
        next_step=report.verdict.next_step,
        effect=kept_effect(report.effect),
        detectable=_number(report.detectable),
        notes=tuple(KeptNote(n.code, n.level, n.text, n.grave) for n in report.notes),
        placebo=KeptPlacebo(len(report.placebo.days), report.placebo.share),
        departure=KeptDeparture(
            bool(departure.found),
            _number(departure.joint),
            tuple(KeptWay(way, _number(float(p))) for way, p in zip(departure.ways, departure.p, strict=True)),
        ),
        sensitivity=tuple(kept_effect(effect) for effect in report.sensitivity.effects),
        plain_difference=kept_effect(report.difference) if report.difference else None,
        alt_text=report.alt_text,
        chart=tuple(
            KeptPeriod(
                str(row.day),
                _number(row.observed),
                _number(row.counterfactual),
                _number(row.low),
                _number(row.high),
                bool(row.washout),
                bool(row.after),
            )
            for row in report.chart
        ),
    )


def report_plain(report: ImpactReport) -> dict[str, Any]:
    """Return a report as JSON data of the form it is kept in."""
    return EFFECT.write(kept_report(report))


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


def factors_plain(report: FactorReport) -> dict[str, Any]:
    """Return content factors as plain numbers: a row each with n, interval (95%), p and answer; and the doubts."""
    return {
        "rows": [_finite(row) for row in report.rows],
        "n": report.n,
        "clusters": report.clusters,
        "method": report.method,
        "notes": [{"code": n.code, "level": n.level, "text": n.text} for n in report.notes],
    }


def ab_plain(report: ABReport) -> dict[str, Any]:
    """Return A/B tests as plain numbers, the surest differences first."""
    rows = sorted(report.rows, key=lambda row: (not math.isfinite(row.p), row.p))
    return {
        "rows": [_finite(row) for row in rows],
        "dispersion": report.dispersion,
        "family": report.family,
        "notes": [{"code": n.code, "level": n.level, "text": n.text} for n in report.notes],
    }


def _finite(row: FactorEffect | ABEffect) -> dict[str, Any]:
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in asdict(row).items()}
