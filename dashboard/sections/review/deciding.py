"""Review page: the queue, one item at a time, three decisions by key or click; and the export."""

from __future__ import annotations

import html

import streamlit as st

from dashboard.components import (
    as_text,
    count,
    download_link,
    empty_state,
    failure,
    show_problem,
    told_apart,
    when,
    word_diff,
)
from dashboard.downloads import download_url
from dashboard.page_cache import kept, kept_for_good
from dashboard.sections.studio.posts import changed, findings, made_by, preview
from dashboard.services.people import User
from dashboard.services.personas import building
from dashboard.services.review import deciding, exporting
from dashboard.services.review.deciding import Choice, QueueFilter, ReviewItem, Seen
from dashboard.services.review.exporting import Package
from dashboard.services.studio import campaigns, checks
from dashboard.workspace import Workspace
from db.repositories.campaigns import VersionRecord
from engine.channels import channels
from engine.kept import POST

STATE_WORDS = {
    "open": "Waiting",
    "blocked": "Blocked",
    "changes": "Changes asked",
    "approved": "Approved",
    "rejected": "Rejected",
}


def wanted() -> tuple[str, ...]:
    """Ask which states to show."""
    states = st.pills(
        "Show",
        list(STATE_WORDS),
        selection_mode="multi",
        default=["open", "blocked"],
        format_func=lambda s: STATE_WORDS[s],
        key="states",
        bind="query-params",
    )
    return tuple(states or ())


def queue_filter(workspace: Workspace) -> QueueFilter:
    """Ask which part of the queue to show."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        states = wanted()
    more = st.expander("More filters", key="more", on_change="rerun")
    if not more.open:
        return QueueFilter(states, st.session_state.get("only_campaign"))
    with more:
        names = told_apart({c.id: c.name for c in kept(workspace, "campaigns", lambda: campaigns.listing(workspace))})
        people = told_apart({p.id: p.name for p in kept(workspace, "personas", lambda: building.listing(workspace))})
        places = channels()
        campaign = st.selectbox("Campaign", list(names), index=None, format_func=names.__getitem__, key="only_campaign")
        where = st.multiselect("Channels", list(places), format_func=lambda c: places[c].name, key="channels")
        whom = st.selectbox("Persona", list(people), index=None, format_func=people.__getitem__, key="persona")
        clean = st.checkbox("Only items without findings", key="clean")
    return QueueFilter(states, campaign, tuple(where), whom, clean)


def review_section(workspace: Workspace, user: User) -> None:
    """Show the queue and the item at hand."""
    asked = queue_filter(workspace)
    found = kept(workspace, ("queue", asked), lambda: deciding.queue(workspace, asked))
    message = st.session_state.pop("review_message", None)
    if message:
        st.toast(as_text(message))
    problem = st.session_state.pop("review_problem", None)
    if problem:
        show_problem(ValueError(problem))
    if not found:
        empty_state(
            "Nothing waits here",
            "Every item that fits the filter is decided.",
            link="studio",
            link_label="Go to Studio",
        )
        return
    _by_older_rules(workspace, user, [v.id for v in found])
    _bulk(workspace, user, found)
    position = min(st.session_state.get("position", 0), len(found) - 1)
    st.session_state["position"] = position
    st.markdown(f"**Item {position + 1:,} of {len(found)}**")
    version_id = found[position].id
    item = kept(workspace, ("item", version_id), lambda: deciding.item(workspace, version_id))
    left, right = st.columns([3, 2], gap="large")
    with left:
        _content(workspace, item)
    with right:
        _decision(workspace, user, item, len(found))


def _by_older_rules(workspace: Workspace, user: User, version_ids: list[int]) -> None:
    """Say how many items were checked by other rules than today's, and offer to have them checked again."""
    old = kept(workspace, ("old rules", *version_ids), lambda: checks.out_of_date_versions(workspace, version_ids))
    if not old:
        return
    st.warning(
        f"{count(len(old), 'item')} here must be checked again before anybody can approve: the rules changed since, "
        "or a check has yet to look.",
        icon=":material/update:",
    )
    if st.button("Check again by today's rules", icon=":material/refresh:"):
        with failure(), st.spinner("Checking…"):
            deep = checks.check_again(workspace, user, old)
            more = " The deep checks follow as a task." if deep else ""
            st.session_state["review_message"] = f"{count(len(old), 'item')} checked again.{more}"
            st.rerun()


def _bulk(workspace: Workspace, user: User, found: list[VersionRecord]) -> None:
    clean = [v.id for v in found if v.verdict == "pass" and v.state == "open"]
    if not clean:
        return
    with st.popover(f"Approve {count(len(clean), 'item')} without findings", icon=":material/done_all:"):
        st.write("All six checks found nothing in them. You sign each of them.")
        if st.button(f"Approve all {len(clean)}", type="primary"):
            with failure():
                result = deciding.approve_all_without_findings(workspace, user, clean)
                left = f", {len(result.refused)} left" if result.refused else ""
                st.session_state["review_message"] = f"{len(result.approved)} approved{left}."
                st.rerun()


def _content(workspace: Workspace, item: ReviewItem) -> None:
    version = item.version
    st.html(
        f'<p class="dp-line"><strong>{html.escape(channels()[version.channel].name)}</strong> · '
        f"{html.escape(item.campaign_name)} · {html.escape(item.product_name)}"
        f"{' · for ' + html.escape(item.persona_name) if item.persona_name else ''}</p>"
    )
    if item.stale:
        st.warning("People behind this persona withdrew their consent since.", icon=":material/history:")
    changed(item.no_longer_so)
    preview(workspace, version)
    findings(item)
    with st.expander("What each part rests on"):
        for part in kept_for_good(workspace, ("evidence", version.id), lambda: deciding.evidence_words(version)):
            st.html(
                f"<p><strong>{html.escape(part.role.replace('_', ' '))}</strong>: {html.escape(part.text)}<br>"
                f"<small>{html.escape('; '.join(part.evidence) or 'No claim.')}</small></p>"
            )
    made_by(item)
    if len(item.history) > 1:
        with st.expander(f"Earlier versions ({len(item.history) - 1})"):
            for before, after in zip(item.history, item.history[1:], strict=False):
                told = f"Version {before.number} to {after.number}, by {after.author}, {when(after.created_at)}"
                st.caption(as_text(told))
                word_diff(POST.read(before.content).text, POST.read(after.content).text)


def _decision(workspace: Workspace, user: User, item: ReviewItem, many: int) -> None:
    version = item.version
    key = f"{version.id}-{version.sequence}"
    for past in item.decisions:
        said = f"{past.reviewer}: {past.verdict.replace('_', ' ')}, {when(past.at)}. {past.comment}"
        st.caption(as_text(said))
    if item.blocking:
        st.error(
            "A check blocks this post, so it cannot be approved. Ask for changes or reject it.", icon=":material/block:"
        )
    waivers = {}
    for rule_id in dict.fromkeys(f.rule_id for f in item.waivable):
        rule = next(f.rule for f in item.waivable if f.rule_id == rule_id)
        waivers[rule_id] = st.text_input(
            f"Why this is fine: {as_text(rule)}", key=f"waive-{key}-{rule_id}", max_chars=500
        )
    comment = st.text_area(
        "Comment", key=f"comment-{key}", help="Needed to ask for changes or to reject.", max_chars=2000
    )
    seen = Seen(version.content_hash, version.sequence)

    def decide(choice: Choice, done: str) -> None:
        try:
            deciding.decide(workspace, user, version.id, seen, choice, comment, waivers)
            st.session_state["review_message"] = done
        except ValueError as error:
            st.session_state["review_problem"] = str(error)
        st.rerun()

    if st.button(
        "Approve",
        type="primary",
        icon=":material/check:",
        shortcut="A",
        disabled=bool(item.blocking or item.no_longer_so),
        width="stretch",
    ):
        decide("approve", "Approved.")
    if st.button("Request changes", icon=":material/edit:", shortcut="E", width="stretch"):
        decide("request_changes", "Changes requested.")
    if st.button("Reject", icon=":material/close:", shortcut="X", width="stretch"):
        decide("reject", "Rejected.")
    before, after = st.columns(2)
    if before.button("Back", shortcut="B", width="stretch", disabled=st.session_state["position"] == 0):
        st.session_state["position"] -= 1
        st.rerun()
    if after.button("Next", shortcut="N", width="stretch"):
        st.session_state["position"] = (st.session_state["position"] + 1) % many
        st.rerun()
    st.caption("Keys: A approve, E request changes, X reject, N next, B back.")


def export_section(workspace: Workspace, user: User) -> None:
    """Pack approved posts and offer the download; list earlier exports."""
    names = told_apart({c.id: c.name for c in kept(workspace, "campaigns", lambda: campaigns.listing(workspace))})
    chosen = st.selectbox(
        "Campaign", list(names), index=None, format_func=names.__getitem__, placeholder="All campaigns"
    )
    ready = kept(workspace, ("exportable", chosen), lambda: exporting.exportable(workspace, chosen))
    moved = kept(workspace, ("no longer so", chosen), lambda: exporting.no_longer_so(workspace, ready))
    ready = [version_id for version_id in ready if version_id not in moved]
    st.write(f"{count(len(ready), 'approved post')} can leave.")
    if moved:
        with st.expander(f"{count(len(moved), 'approved post')} out of date: these stay here", expanded=True):
            for version_id, clauses in moved.items():
                st.html(f"<p><strong>Item {version_id}</strong>: {html.escape('; '.join(clauses))}.</p>")
            st.caption("Edit such a post in Studio so that it says what is true now, or make it anew, then review it.")
    if st.button("Pack them", type="primary", icon=":material/package_2:", disabled=not ready):
        with failure(), st.spinner("Checking each post once more and packing…"):
            package = exporting.export(workspace, user, ready)
            st.session_state["package"] = package
    packed: Package | None = st.session_state.get("package")
    if packed is not None:
        items = len(packed.manifest.items)
        st.success(f"{count(items, 'post')} packed. The ledger has the hash of each.", icon=":material/verified:")
        download_link("Download the ZIP", download_url(packed.file_id))
    past = kept(workspace, "exports", lambda: exporting.listing(workspace))
    here = kept(workspace, "kept exports", lambda: exporting.still_kept(workspace))
    if past:
        st.subheader("Earlier exports", anchor=False)
    for record, manifest in past:
        posts = count(len(manifest.items), "post")
        st.markdown(as_text(f"{record.file_name} · {posts} · {record.author}, {when(record.at)}"))
        if record.sha256 in here:
            download_link(f"Download {record.file_name}", download_url(here[record.sha256]))
