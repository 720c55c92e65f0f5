"""``digital-persona demo``: fill an empty workspace with invented data."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands.output import output
from dashboard.services.demo import asking as service


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(context: typer.Context, seed: Annotated[int, typer.Option(help="Seed of the invented data.")] = 7) -> None:
    """Fill an empty workspace with an invented shop: customers, reviews, products, a year of posts."""
    out = output(context)
    result = out.follow(service.begin(out.workspace, seed)).result
    out.say("The demo is ready. Start the app with: digital-persona serve", result)
