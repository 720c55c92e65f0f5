"""Studio page: brief a campaign, read the drafts, edit one."""

from __future__ import annotations

import html
from datetime import date, timedelta

import streamlit as st

from dashboard.components import as_text, count, empty_state, failure, job_progress, told_apart, verdict_badge
from dashboard.page_cache import kept
from dashboard.sections.studio.draft_editor import draft_editor, versions
from dashboard.sections.studio.posts import changed, findings, made_by, preview
from dashboard.services import jobs_status
from dashboard.services.data import catalogue
from dashboard.services.people import User
from dashboard.services.personas import building
from dashboard.services.review import deciding
from dashboard.services.studio import campaigns
from dashboard.services.studio.briefs import DEFAULT_VOICE, brand_voice
from dashboard.services.studio.standing import changed_under
from dashboard.workspace import Workspace
from db.repositories.campaigns import CampaignRecord, VersionRecord
from engine.channels import channels
from engine.creator.orders import CampaignOrder
from engine.kept import BRIEF

PAGE_SIZE = 8
TAGS = (
    "Each post's link gets utm_source (the channel), utm_medium (social), utm_campaign (this campaign's name) and "
    "utm_content (the variant), so that visits can be told apart. Tags of your own are replaced; the rest stays."
)
OBJECTIVES = ("sales", "traffic", "engagement", "awareness", "launch", "loyalty")
STATES = {
    "open": "Waiting for review",
    "blocked": "Blocked",
    "approved": "Approved",
    "changes": "Changes asked",
    "rejected": "Rejected",
}


def brief_form(workspace: Workspace, user: User) -> None:
    """Ask for the brief and make the drafts."""
    if kept(workspace, "brand voice", lambda: brand_voice(workspace)) == DEFAULT_VOICE:
        st.info("Posts say “Our brand” until you name yours on the Settings page.", icon=":material/storefront:")
    products = {p.id: p for p in kept(workspace, "products", lambda: catalogue.listing(workspace))}
    people = {p.id: p for p in kept(workspace, "personas", lambda: building.listing(workspace))}
    whose = told_apart({i: p.name for i, p in people.items()})
    what_is = told_apart({i: _product(p) for i, p in products.items()})
    places = channels()
    with st.form("brief", border=False):
        name = st.text_input("Name of the campaign", max_chars=200, placeholder="Autumn coats")
        left, right = st.columns(2)
        objective = left.selectbox("Objective", OBJECTIVES, format_func=str.capitalize)
        where = right.multiselect("Channels", list(places), format_func=lambda c: places[c].name)
        what = st.multiselect("Products", list(products), format_func=what_is.__getitem__)
        whom = st.multiselect(
            "Personas",
            list(people),
            format_func=whose.__getitem__,
            placeholder="Everybody (no persona)",
        )
        message = st.text_input("Key message", max_chars=200, help="A few words that the posts should carry.")
        link = st.text_input("Link", placeholder="https://…", help=TAGS)
        first, last, many = st.columns(3)
        starts = first.date_input("From", value=date.today() + timedelta(days=1))
        ends = last.date_input("Until", value=date.today() + timedelta(days=28))
        variants = many.number_input(
            "Variants a channel", min_value=1, max_value=20, value=5, help="For each product and persona."
        )
        with st.expander("More"):
            seed = st.number_input("Seed", min_value=0, value=1, help="The same seed gives the same drafts.")
            pictures = st.checkbox("Make thumbnails where products have images", value=True)
        if st.form_submit_button("Make the drafts", type="primary", icon=":material/edit_note:"):
            with failure():
                order = CampaignOrder(
                    name=name,
                    objective=objective,
                    product_ids=tuple(what),
                    channels=tuple(where),
                    persona_ids=tuple(whom),
                    key_message=message.strip(),
                    starts_on=starts,
                    ends_on=ends,
                    link=link.strip() or None,
                    variants=int(variants),
                    seed=int(seed),
                    thumbnails=pictures,
                )
                campaign_id, _ = campaigns.create(workspace, user, order)
                st.session_state["open_campaign"] = campaign_id
                st.rerun()


def _product(product: catalogue.ProductRecord) -> str:
    return f"{product.name} · {count(len(product.facts), 'fact')}, {count(product.reviews, 'review')}"


def drafts_section(workspace: Workspace, user: User, found: list[CampaignRecord]) -> None:
    """Show a campaign's drafts, the one that is open in full."""
    names = told_apart({c.id: f"{c.name} ({c.created_at:%d %b %Y})" for c in found})
    wanted = st.session_state.pop("open_campaign", None)
    if wanted in names:
        st.session_state["campaign"] = wanted
    chosen = st.selectbox("Campaign", list(names), format_func=names.__getitem__, key="campaign", bind="query-params")
    campaign = next((c for c in found if c.id == chosen), None)
    if campaign is None:
        return
    job = kept(workspace, ("job", campaign.job_id), lambda: jobs_status.of(workspace, campaign.job_id))
    if job is not None and job.is_open:
        job_progress(workspace, job.id)
        return
    if job is not None and job.state == "failed":
        st.error(as_text(job.error or "The drafts could not be made."), icon=":material/error:")
    for problem in (job.result or {}).get("problems", []) if job is not None else []:
        st.warning(as_text(problem), icon=":material/warning:")
    drafts = kept(workspace, ("drafts", campaign.id), lambda: campaigns.drafts(workspace, campaign.id))
    if not drafts:
        empty_state("No drafts", "The campaign has no drafts. Make another one with more facts or reviews.")
        return
    _summary(drafts)
    _filtered(workspace, user, drafts)


def _summary(drafts: list[VersionRecord]) -> None:
    counts = {word: sum(d.state == state for d in drafts) for state, word in STATES.items()}
    st.markdown(" · ".join(f"{as_text(word)}: **{number:,}**" for word, number in counts.items() if number))


def _filtered(workspace: Workspace, user: User, drafts: list[VersionRecord]) -> None:
    places = channels()
    where = st.segmented_control(
        "Channel",
        sorted({d.channel for d in drafts}),
        format_func=lambda c: places[c].name,
        key="channel",
        bind="query-params",
    )
    shown = [d for d in drafts if where is None or d.channel == where]
    with st.container(horizontal=True):
        for what, title in (("product", "Product"), ("persona", "Persona")):
            shown = _narrowed(shown, what, title)
    pages = max(1, -(-len(shown) // PAGE_SIZE))
    number = st.pagination(pages, key=f"page-{where}-{pages}", max_visible_pages=5) if pages > 1 else 1
    start = (number - 1) * PAGE_SIZE
    st.caption(f"Drafts {start + 1:,} to {min(start + PAGE_SIZE, len(shown)):,} of {len(shown)}")
    here = shown[start : start + PAGE_SIZE]
    moved = kept(workspace, ("changed under", tuple(d.id for d in here)), lambda: changed_under(workspace, here))
    for draft in here:
        _draft(workspace, user, draft, moved.get(draft.id, ()))


def _narrowed(drafts: list[VersionRecord], what: str, title: str) -> list[VersionRecord]:
    """Let one choose a product or persona where the drafts have several."""
    names = sorted({_of_brief(d, what) for d in drafts})
    if len(names) < 2:
        return drafts
    chosen = st.selectbox(as_text(title), names, index=None, placeholder="All", key=f"only-{what}", bind="query-params")
    return [d for d in drafts if chosen is None or _of_brief(d, what) == chosen]


def _of_brief(draft: VersionRecord, what: str) -> str:
    brief = BRIEF.read(draft.brief)
    named = brief.product if what == "product" else brief.persona
    return named.name if named else "Everybody"


def _draft(workspace: Workspace, user: User, draft: VersionRecord, moved: tuple[str, ...]) -> None:
    name = channels()[draft.channel].name
    about = f"{_of_brief(draft, 'product')} · for {_of_brief(draft, 'persona')}"
    with st.container(border=True):
        st.html(
            f'<p class="dp-line"><strong>{html.escape(name)}</strong> · variant {draft.variant:d} · version '
            f"{draft.number} · {html.escape(STATES[draft.state])} {verdict_badge(draft.verdict)}<br>"
            f"<small>{html.escape(about)}</small></p>"
        )
        changed(moved)
        preview(workspace, draft)
        inside = st.expander("Evidence, checks and versions", key=f"inside-{draft.draft_id}", on_change="rerun")
        if inside.open:
            with inside:
                _inside(workspace, user, draft)
        label = "Edit again (opens review anew)" if draft.state == "approved" else "Edit"
        editor = st.expander(label, key=f"editor-{draft.draft_id}", on_change="rerun")
        if editor.open:
            with editor:
                draft_editor(workspace, user, draft)


def _inside(workspace: Workspace, user: User, draft: VersionRecord) -> None:
    found = deciding.item(workspace, draft.id)
    st.markdown("**What each part rests on**")
    for part in deciding.evidence_words(found.version):
        st.markdown(
            f"- {as_text(part.role.replace('_', ' ').capitalize())}: {as_text('; '.join(part.evidence) or 'no claim')}"
        )
    findings(found)
    made_by(found)
    versions(workspace, user, draft, found.history)
