"""Reports: what a campaign asked for, what was made, found, signed and sent, and what it rests on."""

from __future__ import annotations

from pathlib import Path

from dashboard.reports import Report, to_html, to_xlsx
from dashboard.services import files
from dashboard.services.audits import tallies
from dashboard.services.people import User
from dashboard.services.reports import parts
from dashboard.services.reports.parts import Material
from dashboard.workspace import Workspace
from db.repositories import audits, campaigns, personas, products, workspaces
from db.repositories import files as kept_files
from db.repositories.files import FileRecord
from db.types import now

DEMO = "Demo workspace. Every customer, review, product and number here is invented."
FORMS = {".html": "text/html", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class ReportError(ValueError):
    """A report cannot be made or written, and why."""


def campaign_report(workspace: Workspace, user: User, campaign_id: int) -> Report:
    """Put everything that is kept of a campaign into one report.

    Raises
    ------
    StoreError
        When there is no such campaign.
    """
    found = _material(workspace, campaign_id)
    audit = tallies.findings(workspace, campaign_id)
    return Report(
        title=f"Campaign report: {found.campaign.name}",
        subtitle=f"Campaign {campaign_id}, begun by {found.campaign.author} on {found.campaign.created_at:%Y-%m-%d}.",
        made_by=user.name,
        made_at=now(),
        sections=(
            parts.brief(found),
            parts.persona_shares(found),
            parts.drafts(found),
            parts.findings(audit, found.decisions),
            parts.decisions(found.decisions),
            parts.exports(found.exported),
            parts.effects(found.effects),
        ),
        trails=tuple(parts.trail(found, item) for item in found.exported),
        banner=DEMO if found.demo else "",
    )


def written(report: Report, suffix: str) -> bytes:
    """Return a report as the bytes of a file of this kind (``.html`` or ``.xlsx``).

    Raises
    ------
    ReportError
        When it is another kind.
    """
    if suffix.lower() == ".html":
        return to_html(report).encode()
    if suffix.lower() == ".xlsx":
        return to_xlsx(report)
    raise ReportError(f"A report can be written as {' or '.join(FORMS)}, not as “{suffix}”. Name the file accordingly.")


def keep(workspace: Workspace, user: User, campaign_id: int, suffix: str) -> FileRecord:
    """Make a campaign's report and keep it for a day, to be fetched.

    Raises
    ------
    StoreError
        When there is no such campaign, or no room for the report.
    ReportError
        When a report cannot be written in this form.
    """
    files.forget_old(workspace)
    stored = workspace.files.put(written(campaign_report(workspace, user, campaign_id), suffix))
    with workspace.database.writing(sign_of_life=True) as session:
        name = f"campaign-{campaign_id}-report{suffix}"
        file_id = kept_files.add(session, workspace.files, stored, "report", name, user.name)
        return kept_files.get(session, file_id)


def write(report: Report, path: Path) -> None:
    """Write a report to a file; the name's ending says how."""
    data = written(report, path.suffix)
    path.write_bytes(data)


def _material(workspace: Workspace, campaign_id: int) -> Material:
    with workspace.database.reading() as session:
        campaign = campaigns.campaign(session, campaign_id)
        latest = campaigns.latest_versions(session, campaign_id)
        exported = audits.exported(session, campaign_id)
        current = {v.id: v for v in latest}
        used = [*campaign.persona_ids, *(v.persona_id for v in latest if v.persona_id)]
        return Material(
            campaign=campaign,
            product_names=tuple(products.get(session, i).name for i in campaign.product_ids),
            personas=tuple(personas.get(session, i) for i in dict.fromkeys(used)),
            latest=tuple(latest),
            left={
                i: current.get(i) or campaigns.version(session, i)
                for i in dict.fromkeys(e.version_id for e in exported)
            },
            checks=tuple(audits.checks(session, campaign_id)),
            decisions=tuple(audits.decisions(session, campaign_id)),
            exported=tuple(exported),
            effects=tuple(audits.effects_of(session, campaign_id, campaign.starts_on)),
            demo=workspaces.get(session).demo,
        )
