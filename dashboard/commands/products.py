"""``digital-persona products``: list products, name them, give them facts and images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.output import output
from dashboard.services.data import catalogue
from engine.editor import MAX_BYTES


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Products, their facts and images.", no_args_is_help=True)
    group.command("list")(listing)
    group.command("image")(image)
    app.add_typer(group, name="products")


def listing(context: typer.Context, search: Annotated[str, typer.Option(help="Part of the name.")] = "") -> None:
    """List products, the most reviewed first."""
    out = output(context)
    found = catalogue.listing(out.workspace, search)
    rows = [(p.id, p.key, p.name, len(p.facts), p.reviews) for p in found]
    out.table("Products", ("id", "key", "name", "facts", "reviews"), rows, found)


def picture_bytes(file: Path) -> bytes:
    """Read a picture's file, but no more of it than is needed to see that it is too large."""
    with file.open("rb") as handle:
        return handle.read(MAX_BYTES + 1)


def image(
    context: typer.Context,
    product_id: Annotated[int, typer.Argument(help="The product's number.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A JPEG, PNG or WebP image.")],
) -> None:
    """Give a product an image for its thumbnails."""
    out = output(context)
    kept = catalogue.add_image(out.workspace, out.user, product_id, picture_bytes(file))
    said = f"Image kept for product {product_id}." if kept.is_new else f"Product {product_id} has this image already."
    plain = {"digest": kept.digest, "new": kept.is_new, "other_products": list(kept.other_products)}
    out.say(said + kept.shared, plain)
