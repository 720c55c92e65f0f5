"""``digital-persona jobs``: see and cancel long tasks."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard import jobs
from dashboard.commands.output import output
from db.repositories import jobs as kept


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Long tasks: see them, wait for one, cancel one.", no_args_is_help=True)
    group.command("list")(listing)
    group.command("wait")(wait)
    group.command("cancel")(cancel)
    app.add_typer(group, name="jobs")


def listing(context: typer.Context) -> None:
    """List the newest jobs first."""
    out = output(context)
    with out.workspace.database.reading() as session:
        found = kept.listing(session)
    rows = [(j.id, j.title, j.state, f"{j.share:.0%}", j.message, j.error) for j in found]
    out.table("Jobs", ("id", "title", "state", "done", "message", "error"), rows, found)


def wait(context: typer.Context, job_id: Annotated[str, typer.Argument(help="The job's id.")]) -> None:
    """Wait for a job to end, doing the work here when no worker runs."""
    out = output(context)
    record = out.follow(job_id)
    out.say(f"{record.title}: {record.state}.", record)


def cancel(context: typer.Context, job_id: Annotated[str, typer.Argument(help="The job's id.")]) -> None:
    """Ask a job to stop."""
    out = output(context)
    record = jobs.cancel(out.workspace, out.user, job_id)
    out.say(f"{record.title}: {record.message or record.state}", record)
