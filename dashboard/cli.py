"""The command line: ``digital-persona …``, one group of commands a use case."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.commands.output import Output, fail, unforeseen
from dashboard.sentences import is_foreseen

# In the order of the help.
PARTS = (
    "brand",
    "imports",
    "products",
    "personas",
    "campaign",
    "review",
    "export",
    "report",
    "impact",
    "jobs",
    "ledger",
    "audit",
    "erase",
    "files",
    "demo",
    "users",
    "serving",
    "survey",
)
LASTING = ("serve", "worker")


def options(
    context: typer.Context,
    workspace: Annotated[
        Path | None, typer.Option(help="The workspace folder (made if need be).", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Settle the workspace and the way of answering for every command."""
    context.obj = Output(workspace, as_json)


def build(parts: Sequence[str] = PARTS) -> typer.Typer:
    """Return the command line with the commands of these modules."""
    built = typer.Typer(
        name="digital-persona",
        help="Personas with evidence, posts a human signed, effects you can trust.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    built.callback()(options)
    for part in parts:
        importlib.import_module(f"dashboard.commands.{part}").register(built)
    return built


@cache
def _whole() -> typer.Typer:
    return build()


def __getattr__(name: str) -> typer.Typer:
    """Return the whole command line as ``app``, made when somebody asks for it."""
    if name == "app":
        return _whole()
    raise AttributeError(f"module {__name__} has no attribute {name}")


def needed(arguments: Sequence[str]) -> Sequence[str]:
    """Return the modules that a command line needs.

    The server and the worker stay for days, so they do without what only other commands use.
    """
    words = iter(arguments)
    for word in words:
        if word == "--workspace":
            next(words, None)
        elif not word.startswith("-"):
            return ("serving",) if word in LASTING else PARTS
    return PARTS


def main() -> None:
    """Run a command; end with 0 when done, 1 when it could not be done, 2 when it was not understood."""
    os.umask(0o077)  # whatever we write, workspace and reports alike, is for its owner
    try:
        build(needed(sys.argv[1:]))()
    except BrokenPipeError:
        # Whoever read our output went away, as `head` does: there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except Exception as error:
        fail(error if is_foreseen(error) else unforeseen(error))


def run(arguments: list[str]) -> Any:
    """Run a command from other Python code, as the tests do."""
    return _whole()(arguments, standalone_mode=False)


if __name__ == "__main__":
    main()
