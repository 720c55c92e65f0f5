"""Pictures: what they are and whose. Their bytes lie in the file store, under the same digest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.errors import StoreError
from db.files import FileStore
from db.media_kinds import media_kind
from db.repositories import files as kept_files
from db.tables import BrandRow, MediaProductRow, MediaRow, ProductRow


@dataclass(frozen=True)
class NewMedia:
    """A picture that is not kept yet: what it is for (product, thumbnail, logo) and how it was made."""

    kind: str
    width: int
    height: int
    details: dict[str, Any]


@dataclass(frozen=True)
class MediaRecord(NewMedia):
    """A picture as it is kept, without its bytes. ``mime`` was told from them."""

    digest: str = ""
    mime: str = ""


def _record(row: MediaRow) -> MediaRecord:
    return MediaRecord(**{name: getattr(row, name) for name in MediaRecord.__dataclass_fields__})


def add(session: Session, files: FileStore, new: NewMedia, data: bytes) -> str:
    """Keep a picture once, however often it is brought in, and return its digest.

    Its bytes are put again each time, which mends a copy that was damaged.

    Raises
    ------
    StoreError
        When it is of no kind that posts can carry, or the store cannot keep it.
    """
    mime, digest = media_kind(data).mime, files.put(data).digest
    if session.get(MediaRow, digest) is None:
        session.add(MediaRow(digest=digest, mime=mime, **vars(new)))
        session.flush()
    kept_files.hold(session, files, digest)
    return digest


def get(session: Session, digest: str) -> MediaRecord:
    """Return what a picture is.

    Raises
    ------
    StoreError
        When there is no such picture.
    """
    row = session.get(MediaRow, digest)
    if row is None:
        raise StoreError(f"The picture {digest[:16]}… is no longer kept. Make the post's picture again.")
    return _record(row)


def give(session: Session, product_id: int, digest: str) -> bool:
    """Say that a picture shows a product; return whether that is new."""
    if session.get(MediaProductRow, (product_id, digest)) is not None:
        return False
    session.add(MediaProductRow(product_id=product_id, digest=digest))
    session.flush()
    return True


def of_product(session: Session, product_id: int) -> list[MediaRecord]:
    """Return the pictures that a marketer gave for a product, in the order in which they came."""
    query = (
        select(MediaRow)
        .join(MediaProductRow, col(MediaProductRow.digest) == col(MediaRow.digest))
        .where(MediaProductRow.product_id == product_id)
        .order_by(col(MediaProductRow.created_at), col(MediaRow.digest))
    )
    return [_record(row) for row in session.exec(query)]


def products_of(session: Session, digest: str) -> list[tuple[int, str]]:
    """Return number and name of every product that a picture was given for."""
    query = (
        select(ProductRow.id, ProductRow.name)
        .join(MediaProductRow, col(MediaProductRow.product_id) == col(ProductRow.id))
        .where(MediaProductRow.digest == digest)
        .order_by(col(ProductRow.id))
    )
    return [(int(number or 0), name) for number, name in session.exec(query)]


def leave_products(session: Session, products: sa.Select[Any]) -> None:
    """Take products from their pictures; what then shows no product and is no logo is kept no longer."""
    connection = session.connection()
    theirs = set(session.exec(select(MediaProductRow.digest).where(col(MediaProductRow.product_id).in_(products))))
    connection.execute(sa.delete(MediaProductRow).where(col(MediaProductRow.product_id).in_(products)))
    still = set(session.exec(select(MediaProductRow.digest))) | set(session.exec(select(BrandRow.logo_digest)))
    for digest in theirs - still:
        row = session.get(MediaRow, digest)
        if row is not None and row.kind == "product":
            session.delete(row)
            kept_files.release(session, [digest])
    session.flush()
