"""The main job in a real browser: read a draft, edit it, decide by key, export, and a persona's card."""

import io
import json
import zipfile

import pytest

from analytics.kept import BuildOrder
from dashboard.services.data import catalogue, imports
from dashboard.services.data.imports import Consent, Order
from dashboard.services.people import LOCAL_USER
from dashboard.services.personas import building
from dashboard.services.review import deciding
from dashboard.services.studio import campaigns
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from engine.creator.orders import CampaignOrder
from tests.browser.conftest import press_key, start_server, stop_server
from tests.browser.test_shell import open_page
from tests.dashboard.conftest import PRODUCTS, InPlace, reviews_csv

pytestmark = pytest.mark.browser
PEOPLE = "customer_id,age,income\n" + "".join(
    f"C{i},{25 + 30 * (i % 2) + i % 5},{20_000 + 40_000 * (i % 2) + 37 * i % 900}\n" for i in range(120)
)


def bring_in(workspace, folder, name, text, kind):
    path = folder / name
    path.write_text(text)
    preview = imports.look(workspace, path, name, kind)
    consent = Consent("statement", ("profiling", "personalisation"), "contract") if kind != "products" else Consent()
    order = Order(path, name, preview.file_sha256, kind, preview.mapping, consent)
    import_id = imports.record(workspace, order, LOCAL_USER)
    imports.run_import(workspace, InPlace(), {"import_id": import_id, "path": str(path)})


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("main-job")
    workspace = open_workspace(Settings(workspace=folder / "w", demo=False))
    bring_in(workspace, folder, "products.csv", PRODUCTS, "products")
    bring_in(workspace, folder, "reviews.csv", reviews_csv(30), "reviews")
    bring_in(workspace, folder, "people.csv", PEOPLE, "profiles")
    build_id = building.record(workspace, LOCAL_USER, BuildOrder(basis="profiles"))
    building.run_build(workspace, InPlace(), {"build_id": build_id})
    product = next(p for p in catalogue.listing(workspace) if p.key == "P1")
    campaign_id = campaigns.record(
        workspace, LOCAL_USER, CampaignOrder("Autumn", "sales", (product.id,), ("x",), variants=4)
    )
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": campaign_id})
    return workspace


@pytest.fixture(scope="module")
def server(filled):
    started = start_server(filled.folder)
    yield started
    stop_server(started)


def press(page, key, shows):
    """Press a key outside any field."""
    page.get_by_role("button", name="Reject Shortcut").wait_for()
    page.get_by_role("heading", level=1).click()
    press_key(page, key, page.get_by_text(shows))


def states(workspace):
    return sorted(v.state for v in deciding.queue(workspace, deciding.QueueFilter(states=())))


def test_a_persona_card_shows_its_numbers(page, server):
    open_page(page, server, "personas")
    page.get_by_text("higher income").first.wait_for()
    page.get_by_text("Evidence and numbers").first.click()
    page.get_by_text("Every trait, tested on people the groups were not made from").first.wait_for()


def test_a_draft_is_edited_decided_by_key_and_exported(page, server, filled):
    open_page(page, server, "studio")
    page.get_by_text("Alder Rain Jacket").first.wait_for()
    page.get_by_text("Edit", exact=True).first.click()
    box = page.get_by_label("Text", exact=True).first
    box.fill("The Alder Rain Jacket: deep side pockets.")
    page.get_by_role("button", name="Save as a new version").first.click()
    page.get_by_text("version 2").first.wait_for()

    open_page(page, server, "review")
    page.get_by_text("Item 1 of 4").wait_for()
    press(page, "x", "Say in a comment what should change")
    press(page, "a", "Item 1 of 3")
    assert states(filled).count("approved") == 1
    page.get_by_role("textbox", name="Comment").fill("Too long.")
    page.get_by_role("button", name="Request changes").click()
    page.get_by_text("Item 1 of 2").wait_for()
    press(page, "n", "Item 2 of 2")
    assert states(filled) == ["approved", "changes", "open", "open"]

    page.get_by_text("Export", exact=True).click()
    page.get_by_text("1 approved post can leave.").wait_for()
    page.get_by_role("button", name="Pack them").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the ZIP").click()
    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    manifest = json.loads(archive.read("manifest.json"))
    assert [item["approval"]["reviewer"] for item in manifest["items"]] == ["You"]
    assert "deep side pockets" in archive.read("posts.csv").decode()
