"""``digital-persona audit``: who agreed to what, and what the checks found."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands.output import output
from dashboard.services.audits import tallies

EPILOG = """Examples:

digital-persona audit consent

digital-persona --json audit findings --campaign 1
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Audits of consent and of the checks.", no_args_is_help=True, epilog=EPILOG)
    group.command("consent")(consent)
    group.command("findings")(findings)
    app.add_typer(group, name="audit")


def consent(context: typer.Context) -> None:
    """Count for each purpose how many people may be used, and why the others may not."""
    out = output(context)
    found = tallies.consent(out.workspace)
    rows = [
        (c.purpose, c.people, c.allowed, c.by_own_word, c.by_statement, c.refused, c.expired, c.unknown) for c in found
    ]
    columns = ("purpose", "people", "allowed", "own word", "statement", "refused", "expired", "unknown")
    out.table("Consent", columns, rows, list(found))


def findings(
    context: typer.Context,
    campaign: Annotated[int | None, typer.Option(help="Only one campaign, by its number.")] = None,
) -> None:
    """Count what the six checks said over every version, by check and by rule."""
    out = output(context)
    found = tallies.findings(out.workspace, campaign)
    rows: list[tuple[object, ...]] = [
        (c.check, "all rules", c.versions, c.passed, c.needs_human, c.blocked, "") for c in found.checks
    ]
    for t in found.rules:
        counts = (t.versions if t.verdict == v else "" for v in ("needs_human", "block"))
        rows.append((t.check, t.rule_id, t.versions, "", *counts, t.waived))
    columns = ("check", "rule", "versions", "pass", "needs a human", "blocked", "approved with a reason")
    out.table("Findings", columns, rows, found)
