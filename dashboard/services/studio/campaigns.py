"""Campaigns: a brief becomes checked drafts, each of which keeps where it came from."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from dashboard import jobs
from dashboard.services.people import MAY_EDIT, User, require
from dashboard.services.studio.briefs import brand_voice, brief_for, product_record, review_evidence
from dashboard.services.studio.checks import ask_deep, run_deep
from dashboard.services.studio.judging import as_records, check
from dashboard.services.studio.standing import Present
from dashboard.services.studio.thumbnails import Illustrator
from dashboard.services.tasks import Task
from dashboard.workspace import Workspace
from db import ledger
from db.proof import edit_entry
from db.repositories import campaigns, personas, products
from db.repositories.campaigns import CampaignRecord, NewVersion, Slot, VersionRecord
from db.repositories.jobs import JobRecord
from db.repositories.personas import PersonaRecord
from engine.content import Brief, PostContent, Variant, content_hash, worst
from engine.creator import TEXT_PROVIDERS, ComposeError
from engine.creator.orders import CampaignError, CampaignOrder, check_link, check_order
from engine.fidelity import checks_of
from engine.kept import BRIEF, MODEL_CARD, PART, POST
from engine.rematching import rematched


def create(workspace: Workspace, user: User, order: CampaignOrder) -> tuple[int, str]:
    """Keep a campaign and enqueue the making of its drafts. Return the campaign's and the job's id.

    Raises
    ------
    CampaignError
        When something is missing in the brief, or it asks for more drafts than a review can bear.
    """
    campaign_id = record(workspace, user, order)
    params = {"campaign_id": campaign_id}
    job_id = jobs.enqueue(workspace, "campaign", f"Posts for {order.name}", params, user.name)
    with workspace.database.writing() as session:
        campaigns.set_job(session, campaign_id, job_id)
    return campaign_id, job_id


def record(workspace: Workspace, user: User, order: CampaignOrder) -> int:
    """Check a brief and keep the campaign. Return its id."""
    require(user, MAY_EDIT, "create campaigns")
    check_order(order)
    with workspace.database.reading() as session:
        for product_id in order.product_ids:
            products.get(session, product_id)
        for persona_id in order.persona_ids:
            persona = personas.get(session, persona_id)
            if persona.size - persona.lost_members < workspace.settings.k_min_people:
                raise CampaignError(
                    f"“{persona.name}” now describes too few people who consent. Build the personas again."
                )
    values = {**vars(order), "author": user.name}
    values |= {name: list(values[name]) for name in ("product_ids", "persona_ids", "channels")}
    with workspace.database.writing() as session:
        return campaigns.add_campaign(session, **values)


def run_campaign(workspace: Workspace, task: Task, params: dict[str, Any]) -> dict[str, Any]:
    """Make every draft of a campaign: one durable step for each product, persona and channel."""
    with workspace.database.reading() as session:
        campaign = campaigns.campaign(session, int(params["campaign_id"]))
        chosen = [personas.get(session, persona_id) for persona_id in campaign.persona_ids]
    audience: list[PersonaRecord | None] = list(chosen) or [None]
    orders = [
        (product_id, persona, channel)
        for product_id in campaign.product_ids
        for persona in audience
        for channel in campaign.channels
    ]
    made, problems = 0, list[str]()
    for number, (product_id, persona, channel) in enumerate(orders):
        task.progress(number, len(orders), f"{made} drafts made")
        outcome = task.step(
            f"{product_id}:{persona.id if persona else 0}:{channel}",
            partial(_make_or_say_why_not, workspace, campaign, product_id, persona, channel),
        )
        made += outcome if isinstance(outcome, int) else 0
        problems += [outcome] if isinstance(outcome, str) else []
    if not made and problems:
        raise CampaignError(problems[0])
    if checks_of("deep"):
        task.step("deep checks", partial(_check_deeply, workspace, task, campaign.id))
    task.progress(len(orders), len(orders), f"{made} drafts made")
    return {"campaign_id": campaign.id, "drafts": made, "problems": problems}


def _check_deeply(workspace: Workspace, task: Task, campaign_id: int) -> int:
    """Run the deep checks on a campaign's drafts that lack them; return how many drafts there are."""
    with workspace.database.reading() as session:
        versions = campaigns.latest_versions(session, campaign_id)
    for number, version in enumerate(versions):
        task.progress(number, len(versions), f"{number:,} of {len(versions):,} drafts checked")
        run_deep(workspace, version.id)
    return len(versions)


def tidy_campaign(workspace: Workspace, job: JobRecord, state: str, error: str | None) -> str:
    """Say how many drafts a campaign that was cancelled or failed had made; they stay."""
    with workspace.database.reading() as session:
        campaign = campaigns.campaign(session, int(job.params["campaign_id"]))
        made = len(campaigns.slots_filled(session, campaign.id))
    slots = len(campaign.product_ids) * len(campaign.channels) * max(1, len(campaign.persona_ids))
    return f"{made:,} of {slots * campaign.variants:,} drafts were made and kept."


def _make_or_say_why_not(workspace: Workspace, *slot: Any) -> int | str:
    """Make one slot; a product that no post can be written for must not cost the others theirs."""
    try:
        return _make(workspace, *slot)
    except ComposeError as error:
        return str(error)


def _make(
    workspace: Workspace,
    campaign: CampaignRecord,
    product_id: int,
    persona: PersonaRecord | None,
    channel: str,
) -> int:
    """Compose, illustrate, check and keep the variants of one slot; return how many there are."""
    product = product_record(workspace, product_id)
    brief = brief_for(campaign, brand_voice(workspace), product, review_evidence(workspace, product), persona, channel)
    illustrator = Illustrator(workspace, product_id, brief) if campaign.thumbnails else None
    ready = []
    for number, variant in enumerate(TEXT_PROVIDERS.default.write(brief)):
        drawn = illustrator.illustrate(variant, number) if illustrator else variant
        version = _version(workspace, drawn, brief, brief, campaign.author)
        slot = Slot(campaign.id, persona.id if persona else None, product_id, channel, number + 1)
        ready.append((slot, replace(version, persona_version=persona.version if persona else None)))
    with workspace.database.writing() as session:
        filled = campaigns.slots_filled(session, campaign.id)
        for slot, version in ready:
            if slot.key not in filled:
                campaigns.add_draft(session, slot, version)
    return len(ready)


def _version(workspace: Workspace, variant: Variant, brief: Brief, now: Brief, author: str) -> NewVersion:
    """Return a version that answers a brief, checked against what is true now."""
    results = check(workspace, variant.content, now)
    return NewVersion(
        content=POST.write(variant.content),
        content_hash=content_hash(variant.content),
        parts=PART.write_all(variant.parts),
        brief=BRIEF.write(brief),
        seed=variant.seed,
        method=variant.method,
        model_cards=MODEL_CARD.write_all(variant.cards),
        verdict=worst([r.verdict for r in results]).value,
        author=author,
        checks=as_records(results),
    )


def edit(workspace: Workspace, user: User, version_id: int, changes: dict[str, Any]) -> int:
    """Keep a hand-edited content as the draft's next version, checked anew; return its id.

    Any change re-opens review: the new version has no decision. The evidence is matched anew with the new words
    and with the product's facts as they are now.

    Raises
    ------
    CampaignError
        When nothing was changed.
    ConflictError
        When somebody else saved a version meanwhile.
    """
    require(user, MAY_EDIT, "edit posts")
    with workspace.database.reading() as session:
        version = campaigns.version(session, version_id)
    before = _variant(version)
    content = PostContent.model_validate({**before.content.model_dump(), **changes})
    check_link(content.link)
    if content == before.content:
        raise CampaignError("Nothing was changed, so there is no new version.")
    method = version.method if version.method.endswith("+ edit") else f"{version.method} + edit"
    after = before.model_copy(update={"content": content, "method": method})
    return _save(workspace, user, version, after, BRIEF.read(version.brief))


def _variant(version: VersionRecord) -> Variant:
    """Return a kept version as the creator proposed it, or as people left it."""
    return Variant(
        content=POST.read(version.content),
        parts=PART.read_all(version.parts),
        seed=version.seed,
        method=version.method,
        cards=MODEL_CARD.read_all(version.model_cards),
    )


def regenerate_part(workspace: Workspace, user: User, version_id: int, part: int, seed: int) -> int:
    """Write one part anew from what is true now and keep the result as the next version.

    Raises
    ------
    CampaignError
        When the text was edited by hand, so that its parts can no longer be told apart.
    """
    require(user, MAY_EDIT, "edit posts")
    with workspace.database.reading() as session:
        version = campaigns.version(session, version_id)
    if version.method.endswith("+ edit"):
        raise CampaignError("This text was edited by hand. Edit it further, or start from an older version.")
    variant = _variant(version)
    wrote = [card.provider for card in variant.cards if card.port == "text"]
    writer = TEXT_PROVIDERS[wrote[0]] if wrote else TEXT_PROVIDERS.default
    now = Present(workspace).brief(version)
    matched = rematched(variant.content, variant.parts, BRIEF.read(version.brief), now)
    rewritten = writer.rewrite(variant.model_copy(update={"parts": matched.parts}), now, part, seed)
    return _save(workspace, user, version, rewritten, matched.brief)


def go_back(workspace: Workspace, user: User, version_id: int, number: int) -> int:
    """Keep an older version's content as the draft's next version, checked anew; return its id.

    Nothing is taken away: the versions between stay, and the new one has no decision yet.

    Raises
    ------
    CampaignError
        When the draft has no such older version, or it says just what the newest says.
    ConflictError
        When somebody else saved a version meanwhile.
    """
    require(user, MAY_EDIT, "edit posts")
    with workspace.database.reading() as session:
        newest = campaigns.version(session, version_id)
        history = campaigns.versions_of(session, newest.draft_id)
    older = next((v for v in history if v.number == number < newest.number), None)
    if older is None:
        raise CampaignError(f"This draft has no version {number} before version {newest.number}.")
    if older.content_hash == newest.content_hash:
        raise CampaignError(f"Version {number} says the same as version {newest.number}. Nothing to go back to.")
    return _save(workspace, user, newest, _variant(older), BRIEF.read(older.brief))


def _save(workspace: Workspace, user: User, version: VersionRecord, variant: Variant, kept: Brief) -> int:
    """Keep a variant whose parts cite a kept brief as the draft's next version, matched with what is true now."""
    now = Present(workspace).brief(version)
    matched = rematched(variant.content, variant.parts, kept, now)
    new = _version(workspace, variant.model_copy(update={"parts": matched.parts}), matched.brief, now, user.name)
    new = replace(new, persona_version=version.persona_version, ai_generated=version.ai_generated)
    with workspace.database.writing() as session:
        version_id = campaigns.add_version(session, version.draft_id, version.number, new)
        # The versions before may have been approved: who takes this one away would have them leave again.
        entry = edit_entry(version_id, version.draft_id, version.number + 1)
        ledger.append(session, workspace.vault, "edit", user.name, entry)
    ask_deep(workspace, user, [version_id])
    return version_id


def listing(workspace: Workspace) -> list[CampaignRecord]:
    """Return the campaigns, the newest first."""
    with workspace.database.reading() as session:
        return campaigns.campaigns(session)


def drafts(workspace: Workspace, campaign_id: int) -> list[VersionRecord]:
    """Return the newest version of each of a campaign's drafts.

    Raises
    ------
    StoreError
        When there is no such campaign.
    """
    with workspace.database.reading() as session:
        campaigns.campaign(session, campaign_id)
        return campaigns.latest_versions(session, campaign_id)
