"""``digital-persona erase``: say what is held of one person, and remove it on request."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands.output import fail, output
from dashboard.services.audits import erasure
from dashboard.services.audits.erasure import held_words, receipt_words

EPILOG = """Examples:

digital-persona erase C1042

digital-persona erase C1042 --yes

digital-persona erase (asks whom, so that no name stays in the shell's history)
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("erase", epilog=EPILOG)(erase)


def erase(
    context: typer.Context,
    who: Annotated[str, typer.Argument(help="The customer's id, or exact e-mail, name or phone.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Erase; without it, only say what is held.")] = False,
) -> None:
    """Say what is held of one person; with --yes, erase it everywhere. It cannot be taken back."""
    out = output(context)
    asked = who or str(typer.prompt("Whom", hide_input=True, err=True))
    found = erasure.find(out.workspace, out.user, asked)
    if not found:
        fail(ValueError("Nothing is held under that id, e-mail, name or phone."))
    if len(found) > 1:
        fail(ValueError(f"{len(found)} people go by that. Say which one by the customer's id."))
    if not yes:
        out.say(f"{held_words(found[0])} Add --yes to erase all of it; it cannot be taken back.", found[0])
        return
    receipt = erasure.erase(out.workspace, out.user, found[0].pseudonym, asked)
    out.say(receipt_words(receipt), receipt)
