"""``digital-persona ledger``: read and verify the append-only ledger."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands.output import fail, output
from db import ledger


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The append-only ledger.", no_args_is_help=True)
    group.command("verify")(verify)
    group.command("show")(show)
    app.add_typer(group, name="ledger")


def verify(context: typer.Context) -> None:
    """Check that every line is as it was written. Ends with exit code 1 when one is not."""
    out = output(context)
    with out.workspace.database.reading() as session:
        report = ledger.verify(session, out.workspace.vault)
    if not report.intact:
        fail(ValueError(report.problem))
    out.say(f"The ledger is intact: {report.lines} lines.", report)


def show(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Only lines of this kind.")] = None,
    limit: Annotated[int, typer.Option(help="How many lines.")] = 50,
) -> None:
    """Show the newest lines first."""
    out = output(context)
    with out.workspace.database.reading() as session:
        found = ledger.lines(session, kind, limit)
    rows = [(line.sequence, line.at[:19], line.kind, line.actor, line.payload) for line in found]
    out.table("Ledger", ("line", "at", "kind", "by", "what"), rows, found)
