"""The catalogue: products, the facts that posts may state, and their images."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.services.people import MAY_EDIT, User, require
from dashboard.workspace import Workspace
from db.repositories import media, products
from db.repositories.media import MediaRecord, NewMedia
from db.repositories.products import NewFact, ProductRecord
from engine.editor import open_picture


class CatalogueError(ValueError):
    """A product cannot be changed as asked."""


@dataclass(frozen=True)
class KeptImage:
    """What became of an image: its digest, whether the product did not have it yet, who else has it."""

    digest: str
    is_new: bool
    other_products: tuple[str, ...]

    @property
    def shared(self) -> str:
        """Which other products have it, in a sentence; empty when none has."""
        more = len(self.other_products) - 3
        named = ", ".join(f"“{name}”" for name in self.other_products[:3]) + (f" and {more} more" if more > 0 else "")
        return f" It also shows {named}." if named else ""


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


def add_image(workspace: Workspace, user: User, product_id: int, data: bytes) -> KeptImage:
    """Keep a product's image, cleaned of all metadata. One image may show several products.

    Raises
    ------
    PictureError
        When it is no picture, too large, or damaged.
    """
    require(user, MAY_EDIT, "change products")
    picture = open_picture(data)
    width, height = picture.size
    with workspace.database.writing() as session:
        products.get(session, product_id)
        digest = media.add(session, workspace.files, NewMedia("product", width, height, {}), picture.stored())
        is_new = media.give(session, product_id, digest)
        others = tuple(name for number, name in media.products_of(session, digest) if number != product_id)
    return KeptImage(digest, is_new, others)


def images(workspace: Workspace, product_id: int) -> list[MediaRecord]:
    """Return the images of a product."""
    with workspace.database.reading() as session:
        return media.of_product(session, product_id)


def image_bytes(workspace: Workspace, digest: str) -> bytes:
    """Return the bytes of an image, checked against its digest."""
    return workspace.files.read(digest)


def preview_bytes(workspace: Workspace, digest: str, side: int) -> bytes:
    """Return an image as a small JPEG for the screen; its longer side has at most ``side`` pixels."""
    return open_picture(image_bytes(workspace, digest), side).stored()
