"""``digital-persona export``: approved content leaves, with its proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.output import output
from dashboard.services.review import exporting


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export", epilog="Example:\n\ndigital-persona export --campaign 1 --to posts.zip")(export)


def export(
    context: typer.Context,
    campaign: Annotated[int | None, typer.Option(help="Only this campaign.")] = None,
    version: Annotated[list[int] | None, typer.Option(help="Only this version (may be repeated).")] = None,
    to: Annotated[Path | None, typer.Option(help="The ZIP to write; a name with the time when left out.")] = None,
) -> None:
    """Write approved posts to a ZIP with images, tables for schedulers and a manifest."""
    out = output(context)
    chosen = version or exporting.exportable(out.workspace, campaign)
    package = exporting.export(out.workspace, out.user, list(chosen))
    path = to or Path(package.file_name)
    exporting.save(out.workspace, package, path)
    items = len(package.manifest.items)
    out.say(f"{items} posts exported to {path}.", {"file": str(path), "sha256": package.sha256, "items": items})
