"""The command line: ``digital-persona …``, one group of commands a use case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.commands import (
    audit,
    brand,
    campaign,
    demo,
    export,
    impact,
    imports,
    jobs,
    ledger,
    personas,
    products,
    report,
    review,
    serving,
    survey,
    users,
)
from dashboard.commands.output import Output, fail

app = typer.Typer(
    name="digital-persona",
    help="Personas with evidence, posts a human signed, effects you can trust.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def options(
    context: typer.Context,
    workspace: Annotated[
        Path | None, typer.Option(help="The workspace folder (made if need be).", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Settle the workspace and the way of answering for every command."""
    context.obj = Output(workspace, as_json)


for part in (
    brand,
    imports,
    products,
    personas,
    campaign,
    review,
    export,
    report,
    impact,
    jobs,
    ledger,
    audit,
    demo,
    users,
    serving,
    survey,
):
    part.register(app)


def main() -> None:
    """Run a command; end with 0 when done, 1 when it could not be done, 2 when it was not understood."""
    try:
        app()
    except (ValueError, OSError) as error:
        fail(error)


def run(arguments: list[str]) -> Any:
    """Run a command from other Python code, as the tests do."""
    return app(arguments, standalone_mode=False)


if __name__ == "__main__":
    main()
