"""``digital-persona campaign``: brief a campaign, see its drafts, edit one."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from dashboard.commands.output import Output, output
from dashboard.services.review import deciding
from dashboard.services.studio import campaigns
from dashboard.services.studio.standing import changed_under
from engine.channels import channels
from engine.creator.orders import CampaignError, CampaignOrder
from engine.kept import POST

EPILOG = """Examples:

digital-persona campaign create "Autumn coats" --objective sales --product 3 --product 5 --persona 1
--channel instagram --channel x --starts 2026-11-01 --ends 2026-11-30 --link https://shop.example/coats

digital-persona campaign drafts 1
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Campaigns and their drafts.", no_args_is_help=True, epilog=EPILOG)
    group.command("create")(create)
    group.command("list")(listing)
    group.command("drafts")(drafts)
    group.command("edit")(edit)
    group.command("regenerate")(regenerate)
    group.command("go-back")(go_back)
    app.add_typer(group, name="campaign")


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise CampaignError(f"“{text}” is no date. Write it as 2026-11-30.") from error


def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The campaign's name.")],
    product: Annotated[list[int], typer.Option(help="A product's number (may be repeated).")],
    channel: Annotated[list[str], typer.Option(help=f"One of: {', '.join(channels())}.")],
    objective: Annotated[str, typer.Option(help="awareness, engagement, traffic, sales, loyalty, launch.")] = "sales",
    persona: Annotated[list[int] | None, typer.Option(help="A persona's number (may be repeated).")] = None,
    message: Annotated[str, typer.Option(help="The key message, in a few words.")] = "",
    starts: Annotated[str | None, typer.Option(help="First day, as 2026-11-01.")] = None,
    ends: Annotated[str | None, typer.Option(help="Last day.")] = None,
    link: Annotated[str | None, typer.Option(help="Where the posts lead to.")] = None,
    variants: Annotated[int, typer.Option(min=1, max=20, help="Variants a channel.")] = 5,
    seed: Annotated[int, typer.Option(help="Seed of every random step.")] = 1,
    thumbnails: Annotated[bool, typer.Option(help="Make thumbnails where products have images.")] = True,
) -> None:
    """Brief a campaign and make its drafts, each through the six checks."""
    out = output(context)
    order = CampaignOrder(
        name=name,
        objective=objective,
        product_ids=tuple(product),
        channels=tuple(channel),
        persona_ids=tuple(persona or ()),
        key_message=message,
        starts_on=_day(starts),
        ends_on=_day(ends),
        link=link,
        variants=variants,
        seed=seed,
        thumbnails=thumbnails,
    )
    campaign_id, job_id = campaigns.create(out.workspace, out.user, order)
    problems = out.follow(job_id).result.get("problems", [])
    found = campaigns.drafts(out.workspace, campaign_id)
    states = {s: sum(1 for d in found if d.verdict == s) for s in ("pass", "needs_human", "block")}
    words = f"{states['pass']} pass, {states['needs_human']} need a human, {states['block']} are blocked"
    plain = {"campaign": campaign_id, **states, "problems": problems}
    out.say(f"Campaign {campaign_id}: {len(found)} drafts; {words}.", plain)
    for problem in () if out.as_json else problems:
        out.say(f"  {problem}")


def listing(context: typer.Context) -> None:
    """List the campaigns, the newest first."""
    out = output(context)
    found = campaigns.listing(out.workspace)
    rows = [(c.id, c.name, c.objective, ", ".join(c.channels), c.starts_on, c.ends_on) for c in found]
    out.table("Campaigns", ("id", "name", "objective", "channels", "from", "until"), rows, found)


def drafts(context: typer.Context, campaign_id: Annotated[int, typer.Argument(help="The campaign's number.")]) -> None:
    """Show the newest version of each draft of a campaign."""
    out = output(context)
    found = campaigns.drafts(out.workspace, campaign_id)
    moved = changed_under(out.workspace, found)
    rows = [
        (v.id, v.channel, v.number, v.verdict, v.state, "; ".join(moved.get(v.id, ())), POST.read(v.content).text[:90])
        for v in found
    ]
    plain = [{**vars(v), "no_longer_so": moved.get(v.id, ())} for v in found]
    out.table("Drafts", ("version", "channel", "no.", "checks", "state", "changed", "text"), rows, plain)


def edit(
    context: typer.Context,
    version_id: Annotated[int, typer.Argument(help="The version's number.")],
    text: Annotated[str | None, typer.Option(help="The new text.")] = None,
    title: Annotated[str | None, typer.Option(help="The new title.")] = None,
) -> None:
    """Change a draft by hand. That makes a new version, which has to be reviewed."""
    out = output(context)
    changes = {k: v for k, v in (("text", text), ("title", title)) if v is not None}
    _kept(out, campaigns.edit(out.workspace, out.user, version_id, changes))


def regenerate(
    context: typer.Context,
    version_id: Annotated[int, typer.Argument(help="The version's number.")],
    part: Annotated[int, typer.Argument(help="Which part, counted from 1: the hook comes first.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same words.")] = 1,
) -> None:
    """Write one part of a draft anew from the same evidence. That makes a new version."""
    out = output(context)
    _kept(out, campaigns.regenerate_part(out.workspace, out.user, version_id, part - 1, seed))


def go_back(
    context: typer.Context,
    version_id: Annotated[int, typer.Argument(help="The newest version's number.")],
    to: Annotated[int, typer.Option(help="Which of the draft's versions to use again: 1 is the first.")],
) -> None:
    """Use an older version of a draft again. That makes a new version; nothing is taken away."""
    out = output(context)
    _kept(out, campaigns.go_back(out.workspace, out.user, version_id, to))


def _kept(out: Output, version_id: int) -> None:
    found = deciding.item(out.workspace, version_id)
    out.say(
        f"Version {version_id} kept; checks: {found.version.verdict}.",
        {"version": version_id, "verdict": found.version.verdict},
    )
