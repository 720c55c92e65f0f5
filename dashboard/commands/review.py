"""``digital-persona review``: the queue, one item, and the three decisions."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands.output import fail, output
from dashboard.services.review import deciding
from dashboard.services.review.deciding import CHOICES, QueueFilter, Seen
from dashboard.services.studio import checks
from dashboard.services.studio.standing import changed_under
from engine.kept import POST

DONE = {"approve": "is approved", "request_changes": "goes back for changes", "reject": "is rejected"}
EPILOG = """Examples:

digital-persona review queue --campaign 1

digital-persona review decide 12 approve --waive "bias.for_group=The range is sized for women."

digital-persona review approve-clean --campaign 1
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Human review.", no_args_is_help=True, epilog=EPILOG)
    group.command("queue")(queue)
    group.command("show")(show)
    group.command("check")(check)
    group.command("decide")(decide)
    group.command("approve-clean")(approve_clean)
    app.add_typer(group, name="review")


def queue(
    context: typer.Context,
    campaign: Annotated[int | None, typer.Option(help="Only this campaign.")] = None,
    state: Annotated[list[str] | None, typer.Option(help="open, blocked, approved, changes or rejected.")] = None,
) -> None:
    """List what waits for a decision."""
    out = output(context)
    wanted = QueueFilter(states=tuple(state or ("open", "blocked")), campaign_id=campaign)
    found = deciding.queue(out.workspace, wanted)
    moved = changed_under(out.workspace, found)
    rows = [
        (v.id, v.channel, v.verdict, v.state, "; ".join(moved.get(v.id, ())), POST.read(v.content).text[:90])
        for v in found
    ]
    plain = [{**vars(v), "no_longer_so": moved.get(v.id, ())} for v in found]
    out.table("Review", ("version", "channel", "checks", "state", "changed", "text"), rows, plain)
    old = checks.out_of_date_versions(out.workspace, [v.id for v in found])
    if old and not out.as_json:
        out.say(f"{len(old)} of them must be checked again before they can be approved: digital-persona review check")


def show(context: typer.Context, version_id: Annotated[int, typer.Argument(help="The version's number.")]) -> None:
    """Show a version with its findings and history."""
    out = output(context)
    found = deciding.item(out.workspace, version_id)
    if out.as_json:
        out.say(
            "",
            {
                "version": vars(found.version),
                "findings": [f.model_dump(mode="json") for f in found.findings],
                "no_longer_so": found.no_longer_so,
                "out_of_date": list(found.out_of_date),
                "models": [card.model_dump(mode="json") for card in found.cards],
            },
        )
        return
    out.say(f"{found.campaign_name} · {found.product_name} · {found.version.channel} · {found.version.state}")
    for clause in found.no_longer_so:
        out.say(f"  changed: {clause}.")
    out.say(found.content.text)
    for card in found.cards:
        out.say(f"  {card.port}: {card.model} ({card.provider}, {card.digest[:16]}…)")
    if found.out_of_date:
        out.say(f"  To be checked again (digital-persona review check): {', '.join(found.out_of_date)}")
    for finding in found.findings:
        out.say(f"  {finding.verdict.value}: “{finding.excerpt}” {finding.rule} [{finding.rule_id}] {finding.remedy}")


def check(
    context: typer.Context, campaign: Annotated[int | None, typer.Option(help="Only this campaign.")] = None
) -> None:
    """Check again what was checked by other rules than today's; wait for the deep checks."""
    out = output(context)
    newest = deciding.queue(out.workspace, QueueFilter(states=(), campaign_id=campaign))
    old = checks.out_of_date_versions(out.workspace, [v.id for v in newest])
    job_id = checks.check_again(out.workspace, out.user, old)
    if job_id is not None:
        out.follow(job_id)
    after = deciding.queue(out.workspace, QueueFilter(states=(), campaign_id=campaign))
    verdicts = {v.id: v.verdict for v in after if v.id in set(old)}
    blocked = sum(verdict == "block" for verdict in verdicts.values())
    out.say(f"{len(old)} of {len(newest)} posts were checked again; {blocked} are blocked.", {"verdicts": verdicts})


def decide(
    context: typer.Context,
    version_id: Annotated[int, typer.Argument(help="The version's number.")],
    choice: Annotated[str, typer.Argument(help=f"One of: {', '.join(CHOICES)}.")],
    comment: Annotated[str, typer.Option(help="Needed unless you approve.")] = "",
    waive: Annotated[list[str] | None, typer.Option(help='"rule=reason" for a finding (may be repeated).')] = None,
) -> None:
    """Approve, request changes to, or reject exactly this version."""
    out = output(context)
    choice = choice.replace("-", "_")
    if choice not in CHOICES:
        fail(ValueError(f"Choose one of: {', '.join(CHOICES)}."))
    if unread := [pair for pair in waive or () if "=" not in pair]:
        fail(ValueError(f'Write --waive as "rule=reason"; {unread[0]!r} has no reason.'))
    waivers = dict(pair.split("=", 1) for pair in waive or ())
    found = deciding.item(out.workspace, version_id)
    seen = Seen(found.version.content_hash, found.version.sequence)
    record = deciding.decide(out.workspace, out.user, version_id, seen, choice, comment, waivers)
    out.say(f"Version {version_id} {DONE[choice]}.", record)


def approve_clean(
    context: typer.Context, campaign: Annotated[int | None, typer.Option(help="Only this campaign.")] = None
) -> None:
    """Approve every open version whose six checks found nothing."""
    out = output(context)
    waiting = deciding.queue(out.workspace, QueueFilter(campaign_id=campaign, only_without_findings=True))
    result = deciding.approve_all_without_findings(out.workspace, out.user, [v.id for v in waiting])
    out.say(f"{len(result.approved)} approved, {len(result.refused)} left.", result)
