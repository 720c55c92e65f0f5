"""``digital-persona import``: bring a file in, list imports, see what was left out, undo one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from analytics.intake import KINDS, IntakeError, Mapping, Options, decimal_columns
from dashboard.commands.output import Output, output
from dashboard.services.data import imports
from dashboard.services.data.imports import Consent, Order, Preview
from dashboard.spreadsheet import safe_csv
from db.repositories.consents import PURPOSES

EPILOG = """Examples:

digital-persona import reviews.csv --basis "contract, section 4" --purpose profiling --purpose personalisation

digital-persona import people.csv --kind profiles --map "Yearly pay=income" --consent column

digital-persona import people.csv --look

digital-persona import report.csv --header-row 9

digital-persona imports problems 3 --csv problems.csv
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import", epilog=EPILOG)(bring_in)
    group = typer.Typer(help="What was brought in.", no_args_is_help=True)
    group.command("list")(listing)
    group.command("problems")(problems)
    group.command("undo")(undo)
    app.add_typer(group, name="imports")


def _settled(mapping: Mapping, pairs: list[str]) -> Mapping:
    for pair in pairs:
        column, mark, name = pair.rpartition("=")
        if not mark:
            raise IntakeError(f"“{pair}” is no mapping. Write column=field, or column=- to leave a column out.")
        mapping = mapping.set(column, None if name in ("", "-") else name, skip=name == "-")
    return mapping


DayFirst = Annotated[
    bool | None, typer.Option("--day-first/--month-first", help="Read 04/09 as 4 September, or as 9 April.")
]
DecimalComma = Annotated[
    bool | None,
    typer.Option("--decimal-comma/--decimal-point", help="Read 1.234 as 1234, or as 1.234; found out if left out."),
]
DecimalOfColumns = Annotated[
    list[str] | None, typer.Option(help='The same of one column: "column=comma" or "column=point".')
]
DaysFrom1904 = Annotated[
    bool | None, typer.Option("--days-from-1904/--days-from-1900", help="How a spreadsheet's day numbers count.")
]


def bring_in(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, XLSX, Parquet or JSON lines.")],
    kind: Annotated[str | None, typer.Option(help=f"One of: {', '.join(KINDS)}. Guessed when left out.")] = None,
    assign: Annotated[list[str] | None, typer.Option("--map", help='"column=field"; "column=-" leaves it out.')] = None,
    consent: Annotated[str, typer.Option(help="none, column, file or statement.")] = "none",
    basis: Annotated[str, typer.Option(help="The legal basis in words (makes it a statement).")] = "",
    purpose: Annotated[list[str] | None, typer.Option(help=f"One of: {', '.join(PURPOSES)}.")] = None,
    source: Annotated[str | None, typer.Option(help="Name of the data set; the file's name when left out.")] = None,
    day_first: DayFirst = None,
    decimal_comma: DecimalComma = None,
    decimal: DecimalOfColumns = None,
    from_1904: DaysFrom1904 = None,
    currency: Annotated[str | None, typer.Option(help="Currency of prices, such as EUR.")] = None,
    header_row: Annotated[int | None, typer.Option(help="The row of the column names; found when left out.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Such as cp1251 or big5; found out when left out.")] = None,
    look: Annotated[bool, typer.Option("--look", help="Only show how it would be read.")] = False,
) -> None:
    """Bring in a file of profiles, reviews, products, posts, metrics, consents or interactions."""
    out = output(context)
    preview = imports.look(out.workspace, file, file.name, kind, header_row=header_row, encoding=encoding)
    chosen = kind or preview.kinds[0].kind
    mapping = _settled(preview.mapping, assign or [])
    numbers = decimal_columns(decimal or (), mapping.columns)
    said = Options(day_first, decimal_comma, currency, *numbers)
    options = replace(said, header_row=header_row, from_1904=from_1904, encoding=encoding)
    asked = [question.text for question in preview.questions(chosen, mapping, options)]
    _say(out, (*preview.notes, *preview.remarks(chosen, mapping, options), *(asked if look else ())))
    if look:
        _show(out, f"{file.name} as {chosen}", mapping)
        return
    if kind is None:
        _sure_enough(preview, mapping)
    if asked:
        raise IntakeError(" ".join(asked))
    how = "statement" if basis else consent
    order = Order(
        path=file,
        file_name=file.name,
        file_sha256=preview.file_sha256,
        kind=chosen,
        mapping=mapping,
        consent=Consent(how, tuple(purpose or ()), basis),  # type: ignore[arg-type]
        options=options,
        source=source,
    )
    import_id, job_id = imports.begin(out.workspace, order, out.user)
    result = out.follow(job_id).result
    _tell(out, import_id, chosen, result)


def _say(out: Output, sentences: Iterable[str]) -> None:
    """Say each of some sentences to whoever reads along; JSON carries none of them."""
    for sentence in () if out.as_json else sentences:
        out.say(sentence)


def _show(out: Output, title: str, mapping: Mapping) -> None:
    """Show how the columns would be read."""
    rows = [(e.column, e.field or _unmapped(e.maybe), f"{e.confidence:.0%}") for e in mapping.entries]
    out.table(title, ("column", "field", "confidence"), rows, mapping.to_plain())


def _tell(out: Output, import_id: int, kind: str, result: dict[str, Any]) -> None:
    """Say what came in, and how much of it may be used."""
    record = next(r for r in imports.listing(out.workspace) if r.id == import_id)
    usable = imports.usable(out.workspace, record)
    words = ", ".join(
        f"{result[f'rows_{name}']:,} {label}"
        for name, label in (
            ("new", "new"),
            ("updated", "updated"),
            ("same", "unchanged"),
            ("rejected", "left out"),
            ("flagged", "kept with a remark"),
        )
    )
    if usable and usable.rows:
        words += f". Usable for profiling: {usable.by_purpose['profiling']:,} of {usable.rows:,} rows"
    out.say(
        f"Import {import_id} ({kind}): {words}.",
        {**result, "kind": kind, "usable": usable.by_purpose if usable else None},
    )


def _unmapped(maybe: str | None) -> str:
    return f"(attribute; perhaps {maybe})" if maybe else "(attribute)"


def _sure_enough(preview: Preview, mapping: Mapping) -> None:
    """Where the kind is not sure, or the file does not fit it, ask for it rather than say what a guess lacks."""
    if preview.is_survey:
        raise IntakeError(" ".join(preview.notes[:2]))
    likeliest = preview.kinds[0]
    if preview.guess is not None:
        mapping.check(likeliest.kind)
        return
    raise IntakeError(
        f"The columns ({', '.join(preview.columns[:8])}) do not tell what the file holds; its likeliest kind is "
        f"{likeliest.kind}, {likeliest.confidence:.0%} sure. Say it with --kind ({', '.join(KINDS)}), and name columns "
        'with --map "column=field".'
    )


def listing(context: typer.Context) -> None:
    """List the imports, the newest first."""
    out = output(context)
    found = imports.listing(out.workspace)
    rows = [(r.id, r.kind, r.file_name, r.state, r.rows_new, r.rows_updated, r.rows_rejected) for r in found]
    out.table("Imports", ("id", "kind", "file", "state", "new", "updated", "left out"), rows, found)


def problems(
    context: typer.Context,
    import_id: Annotated[int, typer.Argument(help="The import's number.")],
    csv: Annotated[Path | None, typer.Option(help="Write them to this file instead.")] = None,
) -> None:
    """Show the rows that were left out or flagged, and why."""
    out = output(context)
    frame = imports.problems(out.workspace, import_id)
    if csv is not None:
        csv.write_bytes(safe_csv(frame))
        out.say(f"{len(frame)} rows written to {csv}.")
        return
    out.table("Problems", tuple(frame.columns), list(frame.itertuples(index=False)), frame.to_dict("records"))


def undo(context: typer.Context, import_id: Annotated[int, typer.Argument(help="The import's number.")]) -> None:
    """Take an import back, as long as nothing was built on it."""
    out = output(context)
    removed = imports.undo_import(out.workspace, out.user, import_id)
    out.say(f"Import {import_id} was undone: {removed} rows removed.", {"import": import_id, "removed": removed})
