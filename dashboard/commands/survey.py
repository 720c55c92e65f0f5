"""``digital-persona survey``: bring one in, list its questions, compare its waves, plan one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from analytics.asking import surveys as survey_reading
from analytics.asking.surveys import SurveyOrder
from dashboard.commands import survey_open
from dashboard.commands.output import fail, output
from dashboard.services.surveys import importing, waves
from dashboard.services.surveys import items as survey_items
from dashboard.services.surveys.waves import Choices

MARGIN_HELP = "Weight to known shares: question=group:share,group:share (the question may be “age group”)."
KIND_HELP = f"question=kind, one of: {', '.join(survey_reading.KINDS)}."
MISSING_HELP = "Codes for no answer: -99,999 everywhere, or question=-99; question= says that none of its codes is."
ROWS_HELP = f"kind=keep or kind=leave out, of the rows: {', '.join(survey_reading.ROW_KINDS)}."
OPTIONS_HELP = '"question=option|option|…", where several choices stand in one cell and commas inside them.'
EPILOG = """Examples:

digital-persona survey import wave1.csv wave2.csv --basis "everybody agreed on the first page"

digital-persona survey import wave1.csv --missing "-99,999" --missing "Age=" --rows "unfinished=keep" --look

digital-persona survey compare 1

digital-persona survey compare 1 --margin "age group=18-24:10,25-34:20,35-49:30,50+:40"

digital-persona survey scale 1 --question Q1 --question Q2 --question Q3 --reverse Q2

digital-persona survey plan --before 50 --after 60 --answering 20

digital-persona survey answers 1 answers.csv
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Surveys before and after.", no_args_is_help=True, epilog=EPILOG)
    group.command("import")(bring_in)
    group.command("list")(listing)
    group.command("items")(items)
    group.command("compare")(compare)
    group.command("scale")(scale)
    group.command("plan")(plan)
    survey_open.register(group)
    app.add_typer(group, name="survey")


def _pairs(given: list[str] | None, what: str) -> dict[str, str]:
    found = {}
    for pair in given or []:
        key, mark, value = pair.rpartition("=")
        if not mark:
            fail(ValueError(f"“{pair}” does not say {what}. Write question=value."))
        found[key] = value
    return found


def _missing(given: list[str] | None) -> dict[str, tuple[str, ...]]:
    """Read codes for no answer: "-99,999" holds everywhere, "Income=-99" for one question, "Income=" for none."""
    found: dict[str, tuple[str, ...]] = {}
    for text in given or []:
        question, mark, codes = text.rpartition("=")
        key = question if mark else survey_reading.EVERYWHERE
        found[key] = (*found.get(key, ()), *(c.strip() for c in codes.split(",") if c.strip()))
    return found


def _encodings(given: list[str], files: int) -> tuple[str, ...]:
    if len(given) not in (0, 1, files):
        fail(ValueError("Say one encoding for all files, or one for each in their order."))
    return tuple(given) * files if len(given) == 1 else tuple(given)


def _rows(given: list[str] | None) -> dict[str, bool]:
    found = {}
    for kind, what in _pairs(given, "what to do with rows").items():
        if kind not in survey_reading.ROW_KINDS or what not in ("keep", "leave out"):
            fail(ValueError(f"“{kind}={what}” names no rows. {ROWS_HELP}"))
        found[kind] = what == "keep"
    return found


def bring_in(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="One file, or before and after.")],
    basis: Annotated[str, typer.Option(help="The legal basis for using the answers, in words.")] = "",
    name: Annotated[str, typer.Option(help="Name of the survey; the file's name when left out.")] = "",
    wave: Annotated[str, typer.Option(help="The column that tells the waves apart.")] = "",
    kind: Annotated[list[str] | None, typer.Option(help=KIND_HELP)] = None,
    order: Annotated[list[str] | None, typer.Option(help='"question=lowest|…|highest".')] = None,
    match: Annotated[list[str] | None, typer.Option(help='"question before=question after".')] = None,
    missing: Annotated[list[str] | None, typer.Option(help=MISSING_HELP)] = None,
    rows: Annotated[list[str] | None, typer.Option(help=ROWS_HELP)] = None,
    options: Annotated[list[str] | None, typer.Option(help=OPTIONS_HELP)] = None,
    everybody: Annotated[list[str] | None, typer.Option(help="A question of tick columns that everybody saw.")] = None,
    encoding: Annotated[
        list[str] | None, typer.Option(help="Such as cp1251 or big5, once or once a file; found out when left out.")
    ] = None,
    look: Annotated[bool, typer.Option("--look", help="Only show what was recognised.")] = False,
) -> None:
    """Bring in a survey: one file with a wave column, or one file a wave."""
    out = output(context)
    if len(files) > 2:
        fail(ValueError("Give one file, or two: the wave before and the wave after."))
    asked = SurveyOrder(
        files=tuple((f, f.name) for f in files),
        name=name,
        roles={"wave": wave} if wave else {},
        orders={q: tuple(v.split("|")) for q, v in _pairs(order, "an order").items()},
        kinds=_pairs(kind, "a kind"),
        confirmed=_pairs(match, "a match"),
        basis=basis,
        options={q: tuple(v.split("|")) for q, v in _pairs(options, "options").items()},
        missing=_missing(missing),
        rows=_rows(rows),
        everybody=tuple(everybody or ()),
        encodings=_encodings(encoding or [], len(files)),
    )
    preview = survey_reading.look(asked)
    if look:
        questions = [(i.key, i.kind, i.n, ", ".join(i.labels[:7])) for i in preview.survey.items]
        plain = {"items": [asdict(i) for i in preview.survey.items], "remarks": preview.remarks}
        out.table(files[0].name, ("question", "kind", "answers", "labels"), questions, plain)
    else:
        survey_id = importing.bring_in(out.workspace, out.user, asked)
        record = waves.get(out.workspace, survey_id)
        usable = f"{record.usable:,} of {record.responses:,} responses may be used"
        out.say(f"Survey {survey_id} ({record.name}): {usable}.", record)
    if not out.as_json:
        for remark in preview.remarks:
            out.say(f"  {remark}")


def listing(context: typer.Context) -> None:
    """List the surveys, the newest first."""
    out = output(context)
    found = waves.listing(out.workspace)
    rows = [(s.id, s.name, s.responses, s.usable, ", ".join(s.waves)) for s in found]
    out.table("Surveys", ("id", "name", "responses", "usable", "waves"), rows, found)


def items(
    context: typer.Context,
    survey_id: Annotated[int, typer.Argument(help="The survey's number.")],
    wave: Annotated[str | None, typer.Option(help="Only this wave.")] = None,
) -> None:
    """Say how each question was answered, with intervals."""
    out = output(context)
    found = survey_items.describe(out.workspace, survey_id, wave)
    if out.as_json:
        out.say("", found)
        return
    for item in found:
        out.say(item.sentence)


def compare(
    context: typer.Context,
    survey_id: Annotated[int, typer.Argument(help="The survey's number.")],
    before: Annotated[str | None, typer.Option(help="The wave before.")] = None,
    after: Annotated[str | None, typer.Option(help="The wave after.")] = None,
    panel: Annotated[
        bool | None, typer.Option("--panel/--independent", help="The same people twice, or different people.")
    ] = None,
    mix: Annotated[str, typer.Option(help="Even out a shifted mix of ages: auto, always or never.")] = "auto",
    margin: Annotated[list[str] | None, typer.Option(help=MARGIN_HELP)] = None,
    covariate: Annotated[
        list[str] | None, typer.Option(help="Hold this question, or “age group”, equal in an ordinal model.")
    ] = None,
) -> None:
    """Compare two waves, one sentence a question."""
    out = output(context)
    if mix not in ("auto", "always", "never"):
        fail(ValueError("Use --mix auto, always or never."))
    choices = Choices(panel, mix, _margins(margin), tuple(covariate or ()))
    report = waves.compare(out.workspace, survey_id, before, after, choices)
    if out.as_json:
        out.say("", report)
        return
    for comparison in report.comparisons:
        out.say(comparison.sentence)
        for term in comparison.odds[:1]:
            r = term.ratio
            out.say(
                f"  held equal: odds of a higher answer times {r.value:.2f} [{r.low:.2f}, {r.high:.2f}], n={r.n:.0f}"
            )
    for text in (*report.not_compared, *report.warnings, report.method):
        out.say(f"  {text}")


def scale(
    context: typer.Context,
    survey_id: Annotated[int, typer.Argument(help="The survey's number.")],
    question: Annotated[list[str], typer.Option(help="A question of the scale; repeat it for each.")],
    reverse: Annotated[list[str] | None, typer.Option(help="A question worded the other way round.")] = None,
) -> None:
    """Say how well several questions measure one thing: Cronbach's alpha and McDonald's omega."""
    out = output(context)
    found = waves.scale(out.workspace, survey_id, question, reverse or ())
    if out.as_json:
        out.say("", found)
        return
    for name, e in (("Cronbach's alpha", found.alpha), ("McDonald's omega", found.omega)):
        out.say(f"{name} {e.value:.4f} [{e.low:.3f}, {e.high:.3f}], n={e.n:,.0f} ({e.method})")
    for warning in found.warnings:
        out.say(f"  {warning}")


def _margins(given: list[str] | None) -> dict[str, dict[str, float]]:
    margins: dict[str, dict[str, float]] = {}
    for question, shares in _pairs(given, "known shares").items():
        margins[question] = {}
        for part in shares.split(","):
            group, _, share = part.rpartition(":")
            try:
                margins[question][group.strip()] = float(share.strip(" %"))
            except ValueError:
                fail(ValueError(f"“{part}” is no share of a group. Write question=group:share,group:share."))
    return margins


def plan(
    context: typer.Context,
    before: Annotated[float, typer.Option(help="Share before, in percent.")],
    after: Annotated[float, typer.Option(help="Share after, in percent.")],
    answering: Annotated[float, typer.Option(help="How many of those asked answer, in percent.")] = 100,
) -> None:
    """Say how many people each wave needs."""
    found = waves.plan(before / 100, after / 100, response_rate=answering / 100)
    output(context).say(found.sentence, found)
