"""``digital-persona impact``: what can be measured, what a design could show, effects, segments."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.commands import impact_posts
from dashboard.commands.output import Output, output
from dashboard.components.numbers import with_interval
from dashboard.services.impact import effects, records
from dashboard.services.impact.effects import ImpactServiceError, Kind, Question

if TYPE_CHECKING:
    from analytics.impact.report import ImpactReport

EPILOG = """Examples:

digital-persona impact metrics

digital-persona impact plan sales --target 10

digital-persona impact analyse sales --on 2026-05-18 --shape burst --until 2026-06-14

digital-persona impact analyse sales --on 2026-05-18 --country DE --event "Sale = 2026-02-02..2026-02-08"

digital-persona impact note "Price cut" --on 2026-07-06 --shape ramp --ramp-days 28

digital-persona impact analyse engagement --on 2026-05-18 --washout 14 --save "New posts"

digital-persona --json impact segments engagement --on 2026-05-18 --by "age group"
"""
Metric = Annotated[str, typer.Argument(help="The metric's name, as `impact metrics` lists it.")]
On = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Day of the change, such as 2026-05-18.")]
Washout = Annotated[int, typer.Option(help="Days after the change that count as neither before nor after.")]
KindOption = Annotated[str | None, typer.Option(help=f"{', '.join(effects.KINDS)}; guessed when left out.")]


ShapeOption = Annotated[
    str,
    typer.Option(help=f"What you expect the effect to look like: {', '.join(effects.SHAPES)}. Say so before you look."),
]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of a burst.")]
RampDays = Annotated[int | None, typer.Option(help="Days that a ramp takes to its full height.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Before and after a change.", no_args_is_help=True, epilog=EPILOG)
    group.command("metrics")(metrics)
    group.command("plan", epilog=EPILOG)(plan)
    group.command("analyse", epilog=EPILOG)(analyse)
    group.command("segments", epilog=EPILOG)(segments)
    group.command("note", epilog=EPILOG)(note)
    group.command("changes", epilog=EPILOG)(changes)
    impact_posts.register(group)
    app.add_typer(group, name="impact")


def _kind(name: str | None) -> Kind | None:
    if name is None:
        return None
    found = next((kind for kind in effects.KINDS if kind == name), None)
    if found is None:
        raise ImpactServiceError(f"“{name}” is no kind of number. Use {', '.join(effects.KINDS)}.")
    return found


def metrics(context: typer.Context) -> None:
    """List what can be measured."""
    out = output(context)
    found = effects.measurable(out.workspace)
    rows = [(m.metric, m.kind, m.n, m.first, m.last, ", ".join(m.segment_kinds)) for m in found]
    out.table("Metrics", ("metric", "kind", "points", "from", "to", "segments"), rows, found)


def note(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What changed, such as “New way of making posts”.")],
    on: On,
    washout: Washout = 0,
    shape: ShapeOption = "step",
    until: Until = None,
    ramp_days: RampDays = None,
) -> None:
    """Note a change, so that it can be measured or allowed for."""
    out = output(context)
    end = until.date() if until else None
    number = records.add_intervention(
        out.workspace, out.user, name, on.date(), washout, shape=shape, until=end, ramp_days=ramp_days
    )
    out.say(f"Noted as change {number}.", {"change_id": number})


def changes(context: typer.Context) -> None:
    """List the changes that were noted."""
    out = output(context)
    found = records.interventions(out.workspace)
    rows = [(c.id, c.on, c.washout_days, c.shape.kind, c.name, c.author) for c in found]
    out.table("Changes", ("number", "day", "days to settle", "expected shape", "name", "by"), rows, found)


def plan(
    context: typer.Context,
    metric: Metric,
    on: On | None = None,
    target: Annotated[float, typer.Option(help="The effect to look for, in percent.")] = 10.0,
    washout: Washout = 0,
    kind: KindOption = None,
    shape: ShapeOption = "step",
    until: Until = None,
    ramp_days: RampDays = None,
) -> None:
    """Say how long to wait after a change to see an effect of this size."""
    out = output(context)
    day = on.date() if on else effects.find(out.workspace, metric).last
    question = effects.stated(Question(metric, day, washout, kind=_kind(kind)), shape, until, ramp_days)
    found = effects.plan(out.workspace, question, target)
    if out.as_json:
        out.say("", found)
        return
    out.say(found.sentence)
    rows = [(f"{w.periods} {found.frequency}s", f"{w.detectable:.1f}%") for w in found.waits]
    out.table("Smallest effect that 4 of 5 analyses would find", ("wait", "effect"), rows, found)


def analyse(
    context: typer.Context,
    metric: Metric,
    on: On,
    washout: Washout = 0,
    kind: KindOption = None,
    by: Annotated[str | None, typer.Option(help="A kind of segment, with --segment.")] = None,
    segment: Annotated[str | None, typer.Option(help="Look at this segment only.")] = None,
    control: Annotated[list[str] | None, typer.Option(help="A metric that the change did not touch.")] = None,
    held: Annotated[list[int] | None, typer.Option(help="Number of another noted change to allow for.")] = None,
    shape: ShapeOption = "step",
    until: Until = None,
    ramp_days: RampDays = None,
    country: Annotated[str | None, typer.Option(help="Hold the public holidays of: DE, FR, GB, US …")] = None,
    event: Annotated[
        list[str] | None, typer.Option(help="Hold an event: “Sale = 2024-05-02, 2024-11-25..2024-12-02”.")
    ] = None,
    year_end: Annotated[bool, typer.Option(help="Hold the weeks around Christmas.")] = True,
    others: Annotated[bool, typer.Option(help="Show what other common methods would say.")] = False,
    save: Annotated[str, typer.Option(help="Keep the result under this name.")] = "",
) -> None:
    """Measure the effect of a change on a metric, with every check."""
    out = output(context)
    label = save.strip() or "the change"
    question = Question(
        metric, on.date(), washout, label, _kind(kind), by, segment, tuple(held or ()), tuple(control or ())
    )
    question = effects.stated(question, shape, until, ramp_days)
    question = replace(question, country=country, events=tuple(event or ()), year_end=year_end)
    report = effects.analyse(out.workspace, question)
    kept = records.save(out.workspace, out.user, question, report) if save.strip() else None
    if out.as_json:
        from analytics.impact.plain import report_plain

        rows = {"other_methods": [asdict(m) for m in effects.other_methods(out.workspace, question)]} if others else {}
        out.say("", {**report_plain(report), **rows, "effect_id": kept})
        return
    _say(out, report)
    if others:
        found = effects.other_methods(out.workspace, question)
        lines = [(m.method, with_interval(m.percent, m.low, m.high), f"{m.p:.3g}", m.weakness) for m in found]
        out.table("What other methods would say", ("method", "effect", "p", "known weakness"), lines, found)
    if kept:
        out.say(f"Kept as effect {kept}.")


def _say(out: Output, report: ImpactReport) -> None:
    from analytics.impact.design import MIN_SIDE

    effect = report.effect
    judged = effect.n_before >= MIN_SIDE and (effect.shape == "burst" or effect.n_after >= MIN_SIDE)
    out.say(report.verdict.sentence)
    during = "in the burst" if effect.shape == "burst" else "after"
    if judged:
        out.say(
            f"Effect: {with_interval(effect.percent, effect.low, effect.high)} (95%), n={effect.n_before} "
            f"{report.frequency}s before and {effect.n_after} {during}, p={effect.p:.3g}. {effect.method}"
        )
    if report.difference is not None:
        plain = with_interval(report.difference.percent, report.difference.low, report.difference.high)
        out.say(f"The plain difference to the control would say {plain}.")
    for doubt in report.verdict.could_be_wrong:
        out.say(f"  Could be wrong: {doubt}")
    out.say(f"Next: {report.verdict.next_step}")


def segments(
    context: typer.Context,
    metric: Metric,
    on: On,
    by: Annotated[str, typer.Option(help="The kind of segment, such as age group.")],
    washout: Washout = 0,
    kind: KindOption = None,
    also: Annotated[list[str] | None, typer.Option(help="Another metric to look at with it.")] = None,
    shape: ShapeOption = "step",
    until: Until = None,
    ramp_days: RampDays = None,
) -> None:
    """Compare the effect between segments, corrected for the number of comparisons (Holm)."""
    from analytics.impact.plain import segments_plain

    out = output(context)
    question = effects.stated(Question(metric, on.date(), washout, kind=_kind(kind)), shape, until, ramp_days)
    report = effects.by_segment(out.workspace, question, by, (metric, *(also or [])) if also else ())
    plain = segments_plain(report)
    columns = ("metric", "segment", "own effect", "against the others", "corrected p", "answer")
    out.table(f"Effect by {by}", columns, [_row(row) for row in plain["rows"]], plain)
    for note in () if out.as_json else report.notes:
        out.say(note.text)


def _row(row: dict[str, Any]) -> tuple[object, ...]:
    p = row["p_holm"]
    own, other = with_interval(*row["own"]), with_interval(*row["against_others"])
    return row["metric"], row["segment"], own, other, "" if p is None else f"{p:.3g}", row["answer"]
