"""``digital-persona ledger``: read the append-only ledger, verify it, note its head elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.output import fail, output
from dashboard.services.audits import proof
from dashboard.workspace import existing_workspace
from db import ledger
from db.errors import StoreError
from db.heads import MAX_BYTES, read_head

EPILOG = """Examples:

digital-persona ledger anchor --to ledger-2026-11-30.json

digital-persona ledger verify --anchor ledger-2026-11-30.json
"""
SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The append-only ledger.", no_args_is_help=True, epilog=EPILOG)
    group.command("verify")(verify)
    group.command("anchor")(anchor)
    group.command("accept")(accept)
    group.command("show")(show)
    app.add_typer(group, name="ledger")


def verify(
    context: typer.Context,
    anchor: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A head that you kept elsewhere.")
    ] = None,
) -> None:
    """Check the ledger and all that it vouches for: decisions, exports, pictures. Exit code 1 when not intact.

    It looks only: where there is no workspace it makes none, and no key.
    """
    out = output(context)
    kept = None
    if anchor is not None:
        with anchor.open("rb") as file:
            kept = read_head(file.read(MAX_BYTES), f"The file {anchor.name}")
    try:
        workspace = existing_workspace(out.settings)
    except StoreError as error:
        fail(ValueError(f"Not intact: {error}"))
    report = proof.verify(workspace, kept)
    if out.as_json:
        out.say("", report)
    if not report.intact:
        more = report.others[: SHOWN - 1]
        left = len(report.others) - len(more)
        said = "\n  ".join((report.problem, *more, *([f"and {left} more."] if left else [])))
        fail(ValueError(f"The ledger is not intact:\n  {said}"))
    if not out.as_json:
        out.say(f"The ledger is intact: {report.lines} lines; decisions, exports and pictures are as it says.", report)


def anchor(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option(help="The file to write; printed when left out.")] = None,
) -> None:
    """Give the ledger's signed head, to be kept where nobody who can change the database can change it too."""
    out = output(context)
    head = proof.anchor(out.workspace)
    if to is None:
        print(head.to_json(), end="")
        return
    to.write_text(head.to_json())
    out.say(f"The head of {head.sequence} lines is in {to}. Keep it elsewhere.", {"file": str(to), **vars(head)})


def accept(context: typer.Context) -> None:
    """Say that the state at hand counts, after a backup was put back on purpose. It becomes a line of the ledger."""
    out = output(context)
    line = proof.accept(out.workspace, out.user)
    out.say(f"Accepted; that is line {line} of the ledger.", {"line": line})


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
