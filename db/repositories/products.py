"""Products and their facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.bulk import insert_frame, slices, table_for
from db.errors import StoreError
from db.tables import ProductFactRow, ProductRow, ReviewRow


@dataclass(frozen=True)
class NewFact:
    """A fact that is not kept yet."""

    kind: str
    value: str
    noun_phrase: str | None = None
    verb_phrase: str | None = None
    amount: float | None = None
    currency: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class FactRecord(NewFact):
    """A fact as it is kept."""

    id: int = 0
    author: str = "import"


@dataclass(frozen=True)
class ProductRecord:
    """A product with its facts. ``reviews`` counts what people wrote about it."""

    id: int
    key: str
    name: str
    category: str | None
    description: str | None
    url: str | None
    currency: str | None
    known_from: str
    facts: tuple[FactRecord, ...]
    reviews: int = 0


def replace_facts(session: Session, facts: Mapping[str, tuple[NewFact, ...]]) -> None:
    """Put the facts that a file states about products (by key) in the place of its earlier ones.

    Facts that a person typed in stay.
    """
    ids: dict[str, int] = {}
    for part in slices(list(facts)):
        found = session.exec(select(ProductRow.key, ProductRow.id).where(col(ProductRow.key).in_(part)))
        ids.update({key: row_id for key, row_id in found if row_id is not None})
    for part in slices(list(ids.values())):
        session.connection().execute(
            sa.delete(ProductFactRow).where(
                col(ProductFactRow.product_id).in_(part), col(ProductFactRow.author) == "import"
            )
        )
    for key, several in facts.items():
        session.add_all(ProductFactRow(product_id=ids[key], **vars(fact)) for fact in several)
    session.flush()


def add_known_from_reviews(session: Session, products: pd.DataFrame, import_id: int) -> None:
    """Add a bare product (columns row_key, key, name, category) for every one that is not known yet."""
    bare = products.assign(import_id=import_id, row_hash=0, known_from="reviews", attributes="{}")
    insert_frame(session, table_for(ProductRow), bare, skip_known=True)


def _fact(row: ProductFactRow) -> FactRecord:
    return FactRecord(**{name: getattr(row, name) for name in FactRecord.__dataclass_fields__})


def listing(session: Session, ids: list[int] | None = None, search: str = "", limit: int = 500) -> list[ProductRecord]:
    """Return products, the most reviewed first, with their facts."""
    counts = (
        sa.select(col(ReviewRow.product_key).label("key"), sa.func.count().label("reviews"))
        .group_by(col(ReviewRow.product_key))
        .subquery()
    )
    reviews = sa.func.coalesce(counts.c.reviews, 0)
    query = (
        sa.select(ProductRow, reviews)
        .outerjoin(counts, counts.c.key == col(ProductRow.key))
        .order_by(reviews.desc(), col(ProductRow.id))
        .limit(limit)
    )
    if ids is not None:
        query = query.where(col(ProductRow.id).in_(ids))
    if search:
        query = query.where(col(ProductRow.name).icontains(search, autoescape=True))
    found = session.execute(query).all()
    by_product: dict[int, list[FactRecord]] = {}
    for part in slices([row.id for row, _ in found]):
        facts = select(ProductFactRow).where(col(ProductFactRow.product_id).in_(part)).order_by(col(ProductFactRow.id))
        for fact in session.exec(facts):
            by_product.setdefault(fact.product_id, []).append(_fact(fact))
    return [
        ProductRecord(
            id=row.id,
            key=row.key,
            name=row.name,
            category=row.category,
            description=row.description,
            url=row.url,
            currency=row.currency,
            known_from=row.known_from,
            facts=tuple(by_product.get(row.id, ())),
            reviews=count,
        )
        for row, count in found
    ]


def get(session: Session, product_id: int) -> ProductRecord:
    """Return one product.

    Raises
    ------
    StoreError
        When there is no such product.
    """
    found = listing(session, ids=[product_id])
    if not found:
        raise StoreError(f"There is no product number {product_id}.")
    return found[0]


def add_fact(session: Session, product_id: int, fact: NewFact, author: str) -> None:
    """Keep a fact that a person typed in."""
    session.add(ProductFactRow(product_id=product_id, author=author, **vars(fact)))


def remove_fact(session: Session, fact_id: int) -> None:
    """Forget a fact."""
    session.connection().execute(sa.delete(ProductFactRow).where(col(ProductFactRow.id) == fact_id))


def rename(session: Session, product_id: int, name: str) -> None:
    """Give a product its name."""
    row = session.get_one(ProductRow, product_id)
    row.name = name
    session.add(row)
