"""``digital-persona files``: what is kept outside the database, and whether it is as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.output import output
from dashboard.services import files


def register(app: typer.Typer) -> None:
    """Add the commands."""
    epilog = "Examples:\n\ndigital-persona files check\n\ndigital-persona files keep brand-voice.gguf"
    group = typer.Typer(help="Kept files: uploads, exports, reports, models.", no_args_is_help=True, epilog=epilog)
    for command in (listing, check, sweep, keep, path, remove):
        group.command("list" if command is listing else command.__name__)(command)
    app.add_typer(group, name="files")


def listing(context: typer.Context) -> None:
    """List kept files, the newest first. Pictures belong to their products and posts and are not listed."""
    out = output(context)
    found = files.listing(out.workspace)
    rows = [(f.id, f.kind, f.name, f"{f.size:,}", f.digest, f"{f.created_at:%Y-%m-%d %H:%M}") for f in found]
    out.table("Files", ("id", "kind", "name", "bytes", "sha256", "kept since"), rows, found)


def check(context: typer.Context) -> None:
    """Read every file and picture and check that it is as it was kept; end with 1 when one is not."""
    out = output(context)
    looked = files.check(out.workspace)
    said = "\n".join([f"{looked.whole} files in {looked.place} are as they were kept.", *looked.problems])
    out.say(said, {"place": looked.place, "whole": looked.whole, "problems": list(looked.problems)})
    if looked.problems:
        raise typer.Exit(1)


def sweep(context: typer.Context) -> None:
    """Remove what had its time, and files that nothing names. Never beside a copy of the same workspace."""
    out = output(context)
    gone = files.sweep(out.workspace, out.user)
    out.say(f"{gone} files removed.", {"removed": gone})


def keep(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A model's weights, in one file.")],
) -> None:
    """Keep a model's weights for every machine of this workspace, under their SHA-256."""
    out = output(context)
    kept = files.keep_model(out.workspace, out.user, file)
    out.say(f"{kept.name} kept as number {kept.id}: {kept.digest}", kept)


def path(
    context: typer.Context, digest: Annotated[str, typer.Argument(help="The SHA-256 that “keep” or “list” told.")]
) -> None:
    """Say where a kept model's weights lie on this machine, once they were checked."""
    out = output(context)
    found = files.model_path(out.workspace, digest)
    out.say(str(found), {"path": str(found)})


def remove(context: typer.Context, number: Annotated[int, typer.Argument(help="The number that “list” told.")]) -> None:
    """Keep a file no longer."""
    out = output(context)
    files.remove(out.workspace, out.user, number)
    out.say(f"File {number} is kept no longer.", {"id": number})
