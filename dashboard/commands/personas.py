"""``digital-persona personas``: build, list, show, rename."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands.output import fail, output
from dashboard.sentences import p_value
from dashboard.services import personas
from dashboard.services.personas import BuildOrder

EPILOG = """Examples:

digital-persona personas build --source reviews --seed 7

digital-persona personas show 2
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Personas that cite their evidence.", no_args_is_help=True, epilog=EPILOG)
    group.command("build")(build)
    group.command("list")(listing)
    group.command("show")(show)
    group.command("rename")(rename)
    app.add_typer(group, name="personas")


def build(
    context: typer.Context,
    method: Annotated[str, typer.Option(help="kmeans or gmm.")] = "kmeans",
    basis: Annotated[str, typer.Option(help="auto, profiles, reviews or both.")] = "auto",
    source: Annotated[list[str] | None, typer.Option(help="Only this data set (may be repeated).")] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random step.")] = 1,
    max_people: Annotated[int, typer.Option(help="Look at this many people at most.")] = 8_000,
) -> None:
    """Build personas from the people who consent to profiling."""
    out = output(context)
    if method not in ("kmeans", "gmm") or basis not in ("auto", "profiles", "reviews", "both"):
        fail(ValueError("Use --method kmeans or gmm, and --basis auto, profiles, reviews or both."))
    order = BuildOrder(method, seed, max_people, basis, tuple(source or ()))  # type: ignore[arg-type]
    build_id, job_id = personas.build(out.workspace, out.user, order)
    out.follow(job_id)
    record = next(b for b in personas.builds(out.workspace) if b.id == build_id)
    found = personas.listing(out.workspace, build_id)
    if out.as_json:
        out.say("", {"build": build_id, "result": record.result, "personas": [_plain(p) for p in found]})
        return
    for note in record.result["notes"]:
        out.say(note)
    _table(context, found)


def _plain(persona: personas.PersonaRecord) -> dict[str, object]:
    names = ("id", "name", "version", "members", "lost_members", "card")
    return {name: getattr(persona, name) for name in names}


def _table(context: typer.Context, found: list[personas.PersonaRecord]) -> None:
    rows = [
        (
            p.id,
            p.name,
            p.members,
            f"{100 * p.card['share']:.1f}% [{100 * p.card['share_low']:.1f}, {100 * p.card['share_high']:.1f}]",
            p.card["confidence"],
            "stale" if p.is_stale else "",
        )
        for p in found
    ]
    columns = ("id", "name", "people", "share", "confidence", "")
    output(context).table("Personas", columns, rows, [_plain(p) for p in found])


def listing(context: typer.Context) -> None:
    """List the personas in use."""
    _table(context, personas.listing(output(context).workspace))


def show(context: typer.Context, persona_id: Annotated[int, typer.Argument(help="The persona's number.")]) -> None:
    """Show a persona's card with its evidence."""
    out = output(context)
    persona = personas.versions(out.workspace, persona_id)[-1]
    card = persona.card
    out.say(f"{persona.name}: {persona.members} people. {card['why']}", _plain(persona))
    if out.as_json:
        return
    for trait in card["traits"][:12]:
        out.say(f"  {trait['sentence']}  (n={trait['n_group']}, corrected {p_value(trait['p_holm'])})")
    out.say("  Words: " + ", ".join(f"{w['word']} ({w['people']})" for w in card["words"]))
    out.say("  Said by many: " + ", ".join(f"“{q['text']}” ({q['people']})" for q in card["quotes"]))


def rename(
    context: typer.Context,
    persona_id: Annotated[int, typer.Argument(help="The persona's number.")],
    name: Annotated[str, typer.Argument(help="Its new name.")],
    note: Annotated[str, typer.Option(help="A note to keep with it.")] = "",
) -> None:
    """Give a persona another name; that makes a new version."""
    out = output(context)
    current = personas.versions(out.workspace, persona_id)[-1]
    personas.edit(out.workspace, out.user, persona_id, current.version, name, note)
    out.say(f"Persona {persona_id} is now called “{name}” (version {current.version + 1}).")
