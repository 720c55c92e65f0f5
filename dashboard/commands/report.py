"""``digital-persona report``: a campaign, from its brief to what left, as a document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.output import output
from dashboard.services.reports import building

EPILOG = """Examples:

digital-persona report 1 --to autumn.html

digital-persona report 1 --to autumn.xlsx
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report", epilog=EPILOG)(report)


def report(
    context: typer.Context,
    campaign: Annotated[int, typer.Argument(help="The campaign's number.")],
    to: Annotated[Path, typer.Option(help="The file to write: its ending, .html or .xlsx, says how.")],
) -> None:
    """Write what a campaign asked for, what was found, signed and sent, and what each post rests on."""
    out = output(context)
    found = building.campaign_report(out.workspace, out.user, campaign)
    building.write(found, to)
    posts = len(found.trails)
    out.say(f"The report is in {to}: {posts} exported posts with their evidence.", {"file": str(to), "posts": posts})
