"""The catalogue: products, the facts that posts may state, and their images."""

from __future__ import annotations

import hashlib

from dashboard.services.people import MAY_EDIT, User, require
from dashboard.workspace import Workspace
from db.repositories import products
from db.repositories.products import MediaRecord, NewFact, ProductRecord
from engine.editor import open_picture


class CatalogueError(ValueError):
    """A product cannot be changed as asked."""


def listing(workspace: Workspace, search: str = "", limit: int = 200) -> list[ProductRecord]:
    """Return products with their facts, the most reviewed first."""
    with workspace.database.reading() as session:
        return products.listing(session, search=search, limit=limit)


def get(workspace: Workspace, product_id: int) -> ProductRecord:
    """Return one product with its facts."""
    with workspace.database.reading() as session:
        return products.get(session, product_id)


def add_fact(workspace: Workspace, user: User, product_id: int, fact: NewFact) -> None:
    """Keep a fact that a person typed in.

    Raises
    ------
    CatalogueError
        When it says nothing, or a price is no positive number.
    """
    require(user, MAY_EDIT, "change products")
    if not fact.value.strip():
        raise CatalogueError("Write what the fact says.")
    if fact.kind in ("price", "was_price") and not (fact.amount and fact.amount > 0):
        raise CatalogueError("A price needs an amount above zero.")
    with workspace.database.writing() as session:
        products.add_fact(session, product_id, fact, user.name)


def remove_fact(workspace: Workspace, user: User, fact_id: int) -> None:
    """Forget a fact. Drafts that rest on it fail their checks from now on."""
    require(user, MAY_EDIT, "change products")
    with workspace.database.writing() as session:
        products.remove_fact(session, fact_id)


def rename(workspace: Workspace, user: User, product_id: int, name: str) -> None:
    """Give a product its name."""
    require(user, MAY_EDIT, "change products")
    if not name.strip():
        raise CatalogueError("Write a name.")
    with workspace.database.writing() as session:
        products.rename(session, product_id, name.strip()[:300])


def add_image(workspace: Workspace, user: User, product_id: int, data: bytes) -> str:
    """Keep a product's image, cleaned of all metadata; return its digest.

    Raises
    ------
    PictureError
        When it is no picture, too large, or damaged.
    """
    require(user, MAY_EDIT, "change products")
    picture = open_picture(data)
    stored = picture.stored()
    digest = hashlib.sha256(stored).hexdigest()
    width, height = picture.size
    record = MediaRecord(digest, "product", "image/jpeg", width, height, product_id, {})
    with workspace.database.writing() as session:
        products.get(session, product_id)
        products.add_media(session, record, stored)
    return digest


def images(workspace: Workspace, product_id: int) -> list[MediaRecord]:
    """Return the images of a product."""
    with workspace.database.reading() as session:
        return products.images_of(session, product_id)


def image_bytes(workspace: Workspace, digest: str) -> bytes:
    """Return the bytes of an image."""
    with workspace.database.reading() as session:
        return products.media(session, digest)[1]


def preview_bytes(workspace: Workspace, digest: str, side: int) -> bytes:
    """Return an image as a small JPEG for the screen; its longer side has at most ``side`` pixels."""
    return open_picture(image_bytes(workspace, digest), side).stored()
