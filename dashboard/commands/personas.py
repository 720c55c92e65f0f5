"""``digital-persona personas``: build, list, show, rename, compare, put together by hand."""

from __future__ import annotations

from typing import Annotated

import typer

from analytics.asking.people import Condition
from analytics.kept import PERSONA_CARD, BuildOrder
from analytics.kept.pairs import Side
from dashboard.commands.output import fail, output
from dashboard.sentences import p_value
from dashboard.services.personas import building, comparison
from dashboard.services.personas import by_hand as persona_by_hand
from dashboard.services.personas.by_hand import Choice

EPILOG = """Examples:

digital-persona personas build --source reviews --seed 7

digital-persona personas show 2

digital-persona personas compare 1 2

digital-persona personas by-hand --build 1 --from 1 --from 2 --where "age=30..45" --name "Parents"
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Personas that cite their evidence.", no_args_is_help=True, epilog=EPILOG)
    group.command("build")(build)
    group.command("list")(listing)
    group.command("show")(show)
    group.command("rename")(rename)
    group.command("versions")(versions)
    group.command("compare")(compare)
    group.command("compare-builds")(compare_builds)
    group.command("by-hand")(by_hand)
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
    build_id, job_id = building.build(out.workspace, out.user, order)
    out.follow(job_id)
    record = next(b for b in building.builds(out.workspace) if b.id == build_id)
    found = building.listing(out.workspace, build_id)
    if out.as_json:
        out.say("", {"build": build_id, "result": record.result, "personas": [_plain(p) for p in found]})
        return
    for note in record.result["notes"]:
        out.say(note)
    _table(context, found)


def _plain(persona: building.PersonaRecord) -> dict[str, object]:
    names = ("id", "name", "version", "members", "lost_members")
    return {**{name: getattr(persona, name) for name in names}, "card": PERSONA_CARD.write(building.card_of(persona))}


def _table(context: typer.Context, found: list[building.PersonaRecord]) -> None:
    rows = [
        (
            p.id,
            p.name,
            p.members,
            f"{100 * card.share:.1f}% [{100 * card.share_low:.1f}, {100 * card.share_high:.1f}]",
            card.confidence,
            "stale" if p.is_stale else "",
        )
        for p, card in ((p, building.card_of(p)) for p in found)
    ]
    columns = ("id", "name", "people", "share", "confidence", "")
    output(context).table("Personas", columns, rows, [_plain(p) for p in found])


def listing(context: typer.Context) -> None:
    """List the personas in use."""
    _table(context, building.listing(output(context).workspace))


def show(context: typer.Context, persona_id: Annotated[int, typer.Argument(help="The persona's number.")]) -> None:
    """Show a persona's card with its evidence."""
    out = output(context)
    persona = building.newest(out.workspace, persona_id)
    card = building.card_of(persona)
    out.say(f"{persona.name}: {persona.members} people. {card.why}", _plain(persona))
    if out.as_json:
        return
    for trait in card.traits[:12]:
        out.say(f"  {trait.sentence}  (n={trait.n_group}, corrected {p_value(trait.p_holm)})")
    out.say("  Words: " + ", ".join(f"{w.word} ({w.people})" for w in card.words))
    out.say("  Said by many: " + ", ".join(f"“{q.text}” ({q.people})" for q in card.quotes))


def rename(
    context: typer.Context,
    persona_id: Annotated[int, typer.Argument(help="The persona's number.")],
    name: Annotated[str, typer.Argument(help="Its new name.")],
    note: Annotated[str, typer.Option(help="A note to keep with it.")] = "",
) -> None:
    """Give a persona another name; that makes a new version."""
    out = output(context)
    current = building.newest(out.workspace, persona_id)
    building.edit(out.workspace, out.user, persona_id, current.version, name, note)
    out.say(f"Persona {persona_id} is now called “{name}” (version {current.version + 1}).")


def versions(context: typer.Context, persona_id: Annotated[int, typer.Argument(help="The persona's number.")]) -> None:
    """List the versions of a persona: its names and notes, by whom and when."""
    out = output(context)
    found = building.versions(out.workspace, persona_id)
    rows = [(v.version, v.name, v.note, v.author, f"{v.created_at:%Y-%m-%d %H:%M}") for v in found]
    out.table("Versions", ("version", "name", "note", "by", "at"), rows, [_plain(v) for v in found])


def compare(
    context: typer.Context,
    one: Annotated[int, typer.Argument(help="A persona's number.")],
    other: Annotated[int, typer.Argument(help="Another's.")],
) -> None:
    """Put two personas side by side, the most different traits first."""
    out = output(context)
    found = comparison.compare(out.workspace, one, other)
    sides = [(p.label, _side(p.one, p.kind), _side(p.other, p.kind)) for p in found.traits]
    title = f"{found.shared:,} people in both ({100 * found.jaccard:.0f}% of all people in either)"
    names = (found.one.name, found.other.name)
    plain = {**vars(found), "one": _plain(found.one), "other": _plain(found.other)}
    out.table(title, ("trait", *names), sides if out.as_json else sides[:15], plain)


def _side(side: Side | None, kind: str) -> str:
    if side is None:
        return ""
    scale, unit = (100, "%") if kind == "share" else (1, "")
    value, apart, low, high = (_number(scale * v) for v in (side.value, side.difference, side.low, side.high))
    return f"{value}{unit}; {apart} [{low}, {high}] against others, n={side.n}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"


def compare_builds(
    context: typer.Context,
    before: Annotated[int, typer.Argument(help="The earlier build's number.")],
    after: Annotated[int, typer.Argument(help="The later build's.")],
) -> None:
    """Say which persona of one build lives on in which of another, by the people they share."""
    out = output(context)
    found = comparison.compare_builds(out.workspace, before, after)
    rows = [
        (
            m.before.name if m.before else "(new)",
            m.after.name if m.after else "(gone)",
            f"{100 * m.jaccard:.0f}%",
            m.stayed,
            m.left,
            m.joined,
        )
        for m in found.lived
    ]
    plain = [
        {**vars(m), "before": m.before.id if m.before else None, "after": m.after.id if m.after else None}
        for m in found.lived
    ]
    title = f"{found.people_in_both:,} people in personas of both builds"
    columns = (f"build {before}", f"build {after}", "same people", "stayed", "left", "joined")
    out.table(title, columns, rows, {"people_in_both": found.people_in_both, "personas": plain})


def by_hand(
    context: typer.Context,
    build_id: Annotated[int, typer.Option("--build", help="The build whose people to choose from.")],
    name: Annotated[str, typer.Option(help="The persona's name.")],
    start: Annotated[list[int] | None, typer.Option("--from", help="Start from this persona (repeatable).")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="What they have in common: age=30..45, age=30.., region=West,South (repeatable)."),
    ] = None,
    replaces: Annotated[int | None, typer.Option(help="Put this persona away: the new one takes its place.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many people that is.")] = False,
) -> None:
    """Put a persona together from people of a build; its card is made anew."""
    out = output(context)
    choice = Choice(build_id, name, tuple(start or ()), tuple(map(condition, where or ())), replaces)
    if dry_run:
        seen = persona_by_hand.preview(out.workspace, choice)
        said = f"{seen.people:,}" if seen.people is not None else "Too few (or nearly all)"
        out.say(f"{said} of {seen.of:,} people.", seen)
        return
    record = out.follow(persona_by_hand.make(out.workspace, out.user, choice))
    number = int(record.result["persona_id"])
    persona = building.newest(out.workspace, number)
    out.say(f"Persona {number}, “{persona.name}”: {persona.members} people. {persona.note}", _plain(persona))


def condition(text: str) -> Condition:
    """Read ``age=30..45``, ``age=30..``, ``age=..45`` or ``region=West,South``.

    Raises
    ------
    ValueError
        When it is none of these.
    """
    attribute, equals, wanted = (part.strip() for part in text.partition("="))
    if not (attribute and equals and wanted):
        raise ValueError(f"“{text}” is no condition. Write age=30..45 or region=West,South.")
    if ".." not in wanted:
        return Condition(attribute, tuple(level.strip() for level in wanted.split(",") if level.strip()))
    low, _, high = wanted.partition("..")
    if not (low or high):
        raise ValueError(f"“{text}” leaves nobody out. Write {attribute}=30..45, {attribute}=30.. or {attribute}=..45.")
    try:
        return Condition(attribute, low=float(low) if low else None, high=float(high) if high else None)
    except ValueError as error:
        raise ValueError(f"“{wanted}” is no range of numbers. Write {attribute}=30..45.") from error
