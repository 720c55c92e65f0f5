"""Taking an import back, as long as nothing was built on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.about import about_people, subject_of
from db.errors import StoreError
from db.repositories import media, surveys
from db.repositories.imports import TABLES, get, table_of, update
from db.tables import (
    ConsentEventRow,
    CustomerRow,
    DraftRow,
    IdentityRow,
    IdentityTokenRow,
    ImportChangeRow,
    ImportProblemRow,
    PersonaEvidenceRow,
    PersonaMemberRow,
    ProductFactRow,
    ProductRow,
    ProfileRow,
    ReviewRow,
)
from db.types import now


def built_on(session: Session, import_id: int) -> list[str]:
    """Say what rests on an import's rows: personas, drafts and codebooks, as plain words."""
    people = select(CustomerRow.pseudonym).where(CustomerRow.import_id == import_id)
    profiled = select(ProfileRow.customer).where(ProfileRow.import_id == import_id)
    reviews = select(ReviewRow.id).where(ReviewRow.import_id == import_id)
    products = select(ProductRow.id).where(ProductRow.import_id == import_id)
    members = session.exec(
        select(sa.func.count(sa.distinct(col(PersonaMemberRow.persona_id)))).where(
            col(PersonaMemberRow.customer).in_(people.union(profiled))
        )
    ).one()
    cited = session.exec(
        select(sa.func.count(sa.distinct(col(PersonaEvidenceRow.persona_id)))).where(
            col(PersonaEvidenceRow.review_id).in_(reviews)
        )
    ).one()
    drafts = session.exec(
        select(sa.func.count()).select_from(DraftRow).where(col(DraftRow.product_id).in_(products))
    ).one()
    found = []
    if members or cited:
        found.append(f"{max(members, cited)} persona(s)")
    if drafts:
        found.append(f"{drafts} draft(s)")
    if steps := surveys.coded_steps(session, import_id):
        found.append(f"{steps} step(s) in codebooks of open answers")
    return found


def undo(session: Session, import_id: int) -> int:
    """Take back every row of an import and put back what it had changed. Return the rows removed.

    Raises
    ------
    StoreError
        When something was built on it, or it was undone before.
    """
    record = get(session, import_id)
    if record.state == "undone":
        raise StoreError(f"Import {import_id} was undone already.")
    resting = built_on(session, import_id)
    if resting:
        raise StoreError(
            f"Import {import_id} cannot be undone: {' and '.join(resting)} rest on it. "
            "Archive or delete those first, or ask for the erasure of single people."
        )
    removed = take_back(session, import_id)
    update(session, import_id, state="undone", finished_at=now())
    return removed


def take_back(session: Session, import_id: int) -> int:
    """Remove an import's rows and put back what it had changed, whatever its state. Return how many."""
    connection = session.connection()
    _restore(session, import_id)
    removed = surveys.remove(session, import_id)
    products = sa.select(col(ProductRow.id)).where(col(ProductRow.import_id) == import_id)
    connection.execute(sa.delete(ProductFactRow).where(col(ProductFactRow.product_id).in_(products)))
    media.leave_products(session, products)
    for kind in TABLES:
        table = table_of(kind)
        removed += connection.execute(table.delete().where(table.c.import_id == import_id)).rowcount
    _remove_people(session, import_id)
    connection.execute(sa.delete(ImportProblemRow).where(col(ImportProblemRow.import_id) == import_id))
    connection.execute(sa.delete(ImportChangeRow).where(col(ImportChangeRow.import_id) == import_id))
    return removed


def _restore(session: Session, import_id: int) -> None:
    by_name = {table_of(kind).name: table_of(kind) for kind in TABLES}
    changes = session.exec(
        select(ImportChangeRow).where(ImportChangeRow.import_id == import_id).order_by(col(ImportChangeRow.id).desc())
    )
    for change in changes:
        table = by_name[change.table_name]
        values = {k: _read_back(table.c[k].type, v) for k, v in change.before.items() if k != "id"}
        session.connection().execute(table.update().where(table.c.id == change.row_id).values(values))


def _read_back(kind: Any, value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if "DateTime" in type(kind).__name__ else value


def _remove_people(session: Session, import_id: int) -> None:
    """Remove the import's consent events, identities and the customers nothing else speaks of."""
    connection = session.connection()
    connection.execute(
        sa.delete(ConsentEventRow).where(
            sa.or_(
                col(ConsentEventRow.import_id) == import_id,
                col(ConsentEventRow.statement_import_id) == import_id,
            )
        )
    )
    connection.execute(sa.delete(IdentityRow).where(col(IdentityRow.import_id) == import_id))
    elsewhere: sa.CompoundSelect[Any] = sa.union(
        *(
            sa.select(subject_of(model)).where(subject_of(model).is_not(None))
            for model, about in about_people().items()
            if about.held
        )
    )
    orphaned = sa.select(col(CustomerRow.pseudonym)).where(
        col(CustomerRow.import_id) == import_id, col(CustomerRow.pseudonym).not_in(elsewhere)
    )
    connection.execute(sa.delete(IdentityTokenRow).where(col(IdentityTokenRow.customer).in_(orphaned)))
    connection.execute(
        sa.delete(CustomerRow).where(
            col(CustomerRow.import_id) == import_id, col(CustomerRow.pseudonym).not_in(elsewhere)
        )
    )
