"""A small workspace in which everything of the main job happened once, under hostile names."""

import shutil
from pathlib import Path

from analytics.kept import BuildOrder
from dashboard.services.data import catalogue, imports
from dashboard.services.data.imports import Consent, Order
from dashboard.services.people import LOCAL_USER
from dashboard.services.personas import building
from dashboard.services.review import deciding, exporting
from dashboard.services.review.deciding import QueueFilter, Seen
from dashboard.services.studio import campaigns
from dashboard.settings import Settings
from dashboard.workspace import Workspace, open_workspace
from db.repositories.campaigns import VersionRecord
from engine.creator.orders import CampaignOrder
from tests.dashboard.conftest import PRODUCTS, InPlace, reviews_csv

SCRIPT = "<script>alert(1)</script>"
FORMULA = "=cmd()|' /C calc'!A1"
COMMENT = "@SUM(1) <img src=x onerror=alert(1)>"
MEN, WOMEN = 70, 50
PEOPLE = "customer_id,age,gender,income\n" + "".join(
    f"C{i},{25 + 30 * (i % 2) + i % 5},{'male' if i < MEN else 'female'},{20_000 + 40_000 * (i % 2) + 37 * i % 900}\n"
    for i in range(MEN + WOMEN)
)
ALL_PURPOSES = Consent("statement", ("profiling", "personalisation"), "contract")


def bring_in(workspace: Workspace, name: str, text: str, kind: str, consent: Consent = ALL_PURPOSES) -> int:
    path = workspace.folder / name
    path.write_text(text)
    preview = imports.look(workspace, path, name, kind)
    order = Order(path, name, preview.file_sha256, kind, preview.mapping, Consent() if kind == "products" else consent)
    import_id = imports.record(workspace, order, LOCAL_USER)
    imports.run_import(workspace, InPlace(), {"import_id": import_id, "path": str(path)})
    return import_id


def pictured_drafts(workspace: Workspace, image: bytes, variants: int) -> list[VersionRecord]:
    """Bring in products and reviews, give one product a picture, and return the drafts of one campaign for it."""
    bring_in(workspace, "products.csv", PRODUCTS, "products")
    bring_in(workspace, "reviews.csv", reviews_csv(30), "reviews")
    product = next(p for p in catalogue.listing(workspace) if p.key == "P1")
    catalogue.add_image(workspace, LOCAL_USER, product.id, image)
    order = CampaignOrder("Autumn", "sales", (product.id,), ("instagram",), variants=variants)
    campaign_id = campaigns.record(workspace, LOCAL_USER, order)
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": campaign_id})
    return campaigns.drafts(workspace, campaign_id)


def signed_workspace(folder: Path) -> Workspace:
    """Return a workspace with personas, one campaign of four drafts, two decisions and one export."""
    workspace = open_workspace(Settings(workspace=folder, demo=False))
    bring_in(workspace, "products.csv", PRODUCTS, "products")
    bring_in(workspace, "reviews.csv", reviews_csv(30), "reviews")
    bring_in(workspace, "people.csv", PEOPLE, "profiles")
    build_id = building.record(workspace, LOCAL_USER, BuildOrder(basis="profiles"))
    building.run_build(workspace, InPlace(), {"build_id": build_id})
    persona = building.listing(workspace)[0]
    building.edit(workspace, LOCAL_USER, persona.id, persona.version, FORMULA, "")
    product = next(p for p in catalogue.listing(workspace) if p.key == "P1")
    order = CampaignOrder(SCRIPT, "sales", (product.id,), ("x",), persona_ids=(persona.id,), variants=4)
    campaign_id = campaigns.record(workspace, LOCAL_USER, order)
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": campaign_id})
    clean, other = [v for v in deciding.queue(workspace, QueueFilter()) if v.verdict == "pass"][:2]
    deciding.decide(workspace, LOCAL_USER, clean.id, Seen(clean.content_hash, 0), "approve")
    deciding.decide(workspace, LOCAL_USER, other.id, Seen(other.content_hash, 0), "reject", COMMENT)
    exporting.export(workspace, LOCAL_USER, [clean.id])
    return workspace


def copy_of(workspace: Workspace, folder: Path) -> Workspace:
    """Return the same workspace in another folder, to be changed at will."""
    shutil.copytree(workspace.folder, folder)
    return open_workspace(Settings(workspace=folder, demo=False))
