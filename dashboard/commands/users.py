"""``digital-persona users``: who may sign in, in team mode."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands.output import output
from dashboard.services import people
from db.repositories import users


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="People who may sign in (team mode).", no_args_is_help=True)
    group.command("list")(listing)
    group.command("set")(save)
    group.command("disable")(disable)
    app.add_typer(group, name="users")


def listing(context: typer.Context) -> None:
    """List the people and their roles."""
    out = output(context)
    with out.workspace.database.reading() as session:
        found = users.listing(session)
    rows = [(u.name, u.role, "disabled" if u.disabled else "") for u in found]
    out.table(
        "People", ("name", "role", ""), rows, [{"name": u.name, "role": u.role, "disabled": u.disabled} for u in found]
    )


def save(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[str, typer.Option(help=f"One of: {', '.join(people.ROLES)}.")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, help="Asked for when left out.")],
) -> None:
    """Add a person, or change their role and password. They are signed out wherever they were signed in."""
    out = output(context)
    people.save_user(out.workspace, out.user, name, role, password)  # type: ignore[arg-type]
    out.say(f"{name} may now sign in as {role}.")


def disable(context: typer.Context, name: Annotated[str, typer.Argument(help="Who may no longer sign in.")]) -> None:
    """Take away a person's access at once. ``users set`` gives it back."""
    out = output(context)
    people.disable(out.workspace, out.user, name)
    out.say(f"{name} is signed out and may no longer sign in.")
