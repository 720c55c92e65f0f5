"""The command line: ``digital-persona …``, one group of commands a use case."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.commands import (
    audit,
    brand,
    campaign,
    demo,
    erase,
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
from dashboard.commands.output import Output, fail, unforeseen
from dashboard.sentences import is_foreseen

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
    erase,
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
    except BrokenPipeError:
        # Whoever read our output went away, as `head` does: there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except Exception as error:
        fail(error if is_foreseen(error) else unforeseen(error))


def run(arguments: list[str]) -> Any:
    """Run a command from other Python code, as the tests do."""
    return app(arguments, standalone_mode=False)


if __name__ == "__main__":
    main()
