"""`digital-persona impact factors`, `ab` and `costs`: posts one by one, A/B tests, and what it all cost."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analytics.inference import CANNOT_TELL
from dashboard.commands.output import Output, fail, output
from dashboard.components.numbers import with_interval
from dashboard.services.impact import effects, posts
from dashboard.services.impact.effects import Question

if TYPE_CHECKING:
    from analytics.impact.cost import Return
    from analytics.impact.report import ImpactReport

EPILOG = """Examples:

digital-persona impact factors --of "click-through of posts" --factor personalised --factor human_review

digital-persona impact ab --test campaign --variant title

digital-persona impact costs cost --on 2026-05-18 --per engagement --income sales --spent 3000 --margin 0.4
"""
SHOWN = 40


def register(group: typer.Typer) -> None:
    """Add the commands to the group of impact."""
    group.command("factors", epilog=EPILOG)(factors)
    group.command("ab", epilog=EPILOG)(ab)
    group.command("costs", epilog=EPILOG)(costs)


def factors(
    context: typer.Context,
    of: Annotated[str, typer.Option(help=f"{' or '.join(posts.OUTCOMES)}.")] = posts.OUTCOMES[0],
    factor: Annotated[list[str] | None, typer.Option(help="A yes/no column of posts; all of them if none.")] = None,
    cluster: Annotated[str | None, typer.Option(help="A column of related posts; campaign or week if none.")] = None,
    randomised: Annotated[bool, typer.Option(help="Chance decided which posts got the factor.")] = False,
) -> None:
    """Relate yes/no columns of past posts to how they did, with channel, time and format held equal."""
    out = output(context)
    chosen = tuple(factor) if factor else posts.post_columns(out.workspace).factors
    report = posts.factors(out.workspace, of, chosen, randomised=randomised, cluster=cluster)
    from analytics.impact.plain import factors_plain

    plain = factors_plain(report)
    columns = ("factor", "posts with", "without", "effect", "corrected p", "answer")
    rows = [
        (r["factor"], r["n_with"], r["n_without"], _interval(r, "percent"), _p(r["p_holm"]), r["answer"])
        for r in plain["rows"]
    ]
    out.table(f"{of}: {report.n:,} posts in {report.clusters:,} groups", columns, rows, plain)
    _notes(out, plain)


def ab(
    context: typer.Context,
    test: Annotated[str, typer.Option(help="The column of past posts that names the test.")],
    variant: Annotated[str, typer.Option(help="The column that names the variant.")] = posts.EACH_ROW,
    control: Annotated[str | None, typer.Option(help="The control variant; the first of each test if none.")] = None,
    family: Annotated[str, typer.Option(help="What is corrected together: test, campaign or all.")] = "all",
) -> None:
    """Compare clicks over impressions in randomised tests, corrected for their number."""
    out = output(context)
    if family not in posts.FAMILIES:
        fail(ValueError(f"Use --family {', '.join(posts.FAMILIES)}."))
    report = posts.ab_tests(out.workspace, test, variant, control, family)
    from analytics.impact.plain import ab_plain

    plain = ab_plain(report)
    columns = ("test", "variant", "against", "lift", "Holm p", "Benjamini-Hochberg p", "answer")
    rows = [
        (r["test"], r["variant"], r["control"], _interval(r, "lift"), _p(r["p_holm"]), _p(r["q"]), r["answer"])
        for r in plain["rows"][:SHOWN]
    ]
    total = len(plain["rows"])
    title = f"{total:,} comparisons" + (f", the {SHOWN} surest shown (--json for all)" if total > SHOWN else "")
    out.table(title, columns, rows, plain)
    _notes(out, plain)


def costs(
    context: typer.Context,
    expenses: Annotated[str, typer.Argument(help="The metric of expenses, as `impact metrics` lists it.")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Day of the change, such as 2026-05-18.")],
    washout: Annotated[int, typer.Option(help="Days after the change that count as neither before nor after.")] = 0,
    per: Annotated[str | None, typer.Option(help="A metric of engagements: their cost is then measured.")] = None,
    income: Annotated[str | None, typer.Option(help="A metric of income, for the return (with --spent).")] = None,
    spent: Annotated[float, typer.Option(help="What the change cost, in the money of the income.")] = 0.0,
    margin: Annotated[float, typer.Option(help="Part of each sale that is kept, 0 to 1.")] = 1.0,
    shape: Annotated[str, typer.Option(help=f"What the effect looks like: {', '.join(effects.SHAPES)}.")] = "step",
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of a burst.")] = None,
    ramp_days: Annotated[int | None, typer.Option(help="Days that a ramp takes to its full height.")] = None,
) -> None:
    """Measure expenses, cost per engagement and the return on what a change cost."""
    out = output(context)
    question = effects.stated(Question(expenses, on.date(), washout, kind="amount"), shape, until, ramp_days)
    found = effects.costs(out.workspace, question, per)
    reports = [report for report in (found.expenses, found.per_engagement) if report is not None]
    back, refused, sales = None, "", None
    if income is not None:
        sales = effects.analyse(out.workspace, replace(question, metric=income))
        back, refused = _earned(sales, spent, margin)
    if out.as_json:
        from analytics.impact.plain import report_plain

        out.say(
            "",
            {
                "costs": [report_plain(report) for report in reports],
                "return": asdict(back) if back else None,
                "income": report_plain(sales) if sales else None,
                "no_return": refused,
            },
        )
        return
    for report in (*reports, *([sales] if sales else [])):
        out.say(report.verdict.sentence)
        for doubt in report.verdict.could_be_wrong:
            out.say(f"  Could be wrong: {doubt}")
    if refused:
        out.say(refused)
    if back is not None:
        out.say(f"{back.sentence} Return: {with_interval(back.percent, back.low, back.high)} (95%).")


def _earned(sales: ImpactReport, spent: float, margin: float) -> tuple[Return | None, str]:
    """The return, or the sentence that says why there is none."""
    if sales.verdict.answer == CANNOT_TELL:
        return None, "No return is told, because the effect on income cannot be told."
    return effects.earned_back(sales, spent, margin), ""


def _interval(row: dict[str, Any], name: str) -> str:
    return with_interval(row[name], row["low"], row["high"])


def _p(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _notes(out: Output, plain: dict[str, Any]) -> None:
    for note in () if out.as_json else plain["notes"]:
        out.say(note["text"])
