"""The workspace row: whose it is, whether its key fits, whether it holds the demo."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.errors import WrongKeyError
from db.session import Database
from db.tables import (
    CampaignRow,
    DraftRow,
    EffectRow,
    ExportRow,
    HistoricalPostRow,
    ImportRow,
    MetricPointRow,
    PersonaRow,
    ProductRow,
    ProfileRow,
    ReviewRow,
    WorkspaceRow,
)
from db.vault import WRONG_KEY, Vault


@dataclass(frozen=True)
class WorkspaceRecord:
    """The workspace's name and whether everything in it is invented."""

    name: str
    demo: bool


@dataclass(frozen=True)
class Contents:
    """How many of each thing the workspace holds."""

    imports: int
    profiles: int
    reviews: int
    products: int
    posts: int
    metrics: int
    personas: int
    campaigns: int
    drafts: int
    exports: int
    effects: int


def claim(session: Session, vault: Vault, name: str) -> None:
    """Make the workspace row, or check that the key is the one it was made with.

    Raises
    ------
    WrongKeyError
        When it is another key.
    """
    row = session.get(WorkspaceRow, 1)
    if row is None:
        session.add(WorkspaceRow(id=1, name=name, key_check=vault.key_check))
    elif not hmac.compare_digest(row.key_check, vault.key_check):
        raise WrongKeyError(WRONG_KEY)


def is_claimed(database: Database, vault: Vault | None = None) -> bool:
    """Say whether a database holds a workspace, whatever version made it; nothing is written.

    Raises
    ------
    WrongKeyError
        When a vault is given and it is another key's.
    """
    with database.reading() as session:
        if not sa.inspect(session.connection()).has_table(str(WorkspaceRow.__tablename__)):
            return False
        found = session.exec(select(WorkspaceRow.key_check)).one_or_none()
    if found is not None and vault is not None and not hmac.compare_digest(found, vault.key_check):
        raise WrongKeyError(WRONG_KEY)
    return found is not None


def get(session: Session) -> WorkspaceRecord:
    """Return the workspace's row."""
    row = session.get_one(WorkspaceRow, 1)
    return WorkspaceRecord(row.name, row.demo)


def mark(session: Session, *, name: str | None = None, demo: bool | None = None) -> None:
    """Rename the workspace, or say whether it holds the demo."""
    row = session.get_one(WorkspaceRow, 1)
    row.name = row.name if name is None else name
    row.demo = row.demo if demo is None else demo
    session.add(row)


def contents(session: Session) -> Contents:
    """Count what the workspace holds, in one query."""
    tables = {
        "profiles": ProfileRow,
        "reviews": ReviewRow,
        "products": ProductRow,
        "posts": HistoricalPostRow,
        "metrics": MetricPointRow,
        "personas": PersonaRow,
        "campaigns": CampaignRow,
        "drafts": DraftRow,
        "exports": ExportRow,
        "effects": EffectRow,
    }
    imports = select(sa.func.count()).select_from(ImportRow).where(col(ImportRow.state) == "done").scalar_subquery()
    counts = [imports.label("imports")] + [
        sa.select(sa.func.count()).select_from(table).scalar_subquery().label(name) for name, table in tables.items()
    ]
    return Contents(**session.connection().execute(sa.select(*counts)).mappings().one())
