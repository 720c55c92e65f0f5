"""Pictures on their way out: only the approved bytes leave, and one picture of two products is both's."""

import io
import json
import zipfile

import pytest
from PIL import Image
from typer.testing import CliRunner

from dashboard.cli import app
from dashboard.services.data import catalogue, imports
from dashboard.services.people import LOCAL_USER
from dashboard.services.review import deciding, exporting
from dashboard.services.review.deciding import Seen
from dashboard.services.review.exporting import ExportError
from dashboard.services.studio import campaigns
from db.repositories import files as kept_files
from engine.creator.orders import CampaignOrder
from tests.dashboard.conftest import PRODUCTS, InPlace, reviews_csv


def picture(colour="teal", kind="JPEG"):
    buffer = io.BytesIO()
    Image.new("RGB", (900, 700), colour).save(buffer, kind)
    return buffer.getvalue()


def path_of(workspace, digest):
    return workspace.files.root / digest[:2] / digest


@pytest.fixture
def products(workspace, bring_in):
    bring_in(PRODUCTS, "products", name="p.csv")
    bring_in(reviews_csv(30), "reviews", name="r.csv")
    return {p.key: p.id for p in catalogue.listing(workspace)}


@pytest.fixture
def approved(workspace, products):
    """Return two approved posts with thumbnails."""
    catalogue.add_image(workspace, LOCAL_USER, products["P1"], picture())
    order = CampaignOrder("Autumn", "sales", (products["P1"],), ("instagram",), variants=2)
    campaign_id = campaigns.record(workspace, LOCAL_USER, order)
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": campaign_id})
    found = [deciding.item(workspace, v.id) for v in campaigns.drafts(workspace, campaign_id)]
    for each in found:
        deciding.decide(workspace, LOCAL_USER, each.version.id, Seen(each.version.content_hash, 0), "approve")
    return found


def test_the_approved_bytes_leave_and_the_package_is_kept(workspace, approved):
    package = exporting.export(workspace, LOCAL_USER, [a.version.id for a in approved])
    archive = zipfile.ZipFile(io.BytesIO(workspace.files.read(package.sha256)))
    names = json.loads(archive.read("manifest.json"))["images"]
    assert archive.testzip() is None
    for item in approved:
        (digest,) = item.content.media
        assert archive.read(names[digest]) == workspace.files.read(digest)
        assert names[digest].endswith(".jpg")
    with workspace.database.reading() as session:
        kept = kept_files.get(session, package.file_id)
    assert (kept.digest, kept.size, kept.name) == (package.sha256, package.size, package.file_name)


def swap_a_byte(path):
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    "harm", [swap_a_byte, lambda path: path.write_bytes(picture("red")), lambda path: path.unlink()]
)
def test_other_bytes_than_the_approved_ones_never_leave(workspace, approved, harm):
    (digest,) = approved[1].content.media
    harm(path_of(workspace, digest))
    with pytest.raises(
        ExportError, match=rf"item {approved[1].version.id}: its image is not what was approved.*Put back"
    ):
        exporting.export(workspace, LOCAL_USER, [a.version.id for a in approved])
    assert exporting.listing(workspace) == []
    assert len(list(workspace.files.staging.iterdir())) == 0


def test_bytes_swapped_after_the_checks_are_noticed_while_packing(workspace, approved, monkeypatch):
    (digest,) = approved[1].content.media
    refusal = exporting.refusal

    def swapped_then(workspace, found, *more):
        said = refusal(workspace, found, *more)
        if found.version.id == approved[1].version.id:
            swap_a_byte(path_of(workspace, digest))
        return said

    monkeypatch.setattr(exporting, "refusal", swapped_then)
    with pytest.raises(
        ExportError, match=rf"because of the image of item {approved[1].version.id}\. The file {digest[:16]}"
    ):
        exporting.export(workspace, LOCAL_USER, [a.version.id for a in approved])
    assert exporting.listing(workspace) == []
    assert list(workspace.files.staging.iterdir()) == []
    with workspace.database.reading() as session:
        assert kept_files.listing(session, "export") == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_one_picture_of_two_products_is_in_the_posts_of_both(workspace, products, kind, tmp_path):
    (tmp_path / "pic").write_bytes(picture(kind=kind))

    def said(product_id, *options):
        command = ["--workspace", str(workspace.folder), *options, "products", "image", str(product_id)]
        done = CliRunner().invoke(app, [*command, str(tmp_path / "pic")])
        assert done.exit_code == 0, done.output
        return done.stdout

    one, two = products["P1"], products["P2"]
    assert said(one).strip() == f"Image kept for product {one}."
    assert said(two).strip() == f"Image kept for product {two}. It also shows “Alder Rain Jacket”."
    assert said(two).startswith(f"Product {two} has this image already.")
    plain = json.loads(said(two, "--json"))
    assert (plain["new"], plain["other_products"]) == (False, ["Alder Rain Jacket"])
    assert [len(catalogue.images(workspace, n)) for n in (one, two)] == [1, 1]
    order = CampaignOrder("Both", "sales", (one, two), ("instagram",), variants=1)
    campaign_id = campaigns.record(workspace, LOCAL_USER, order)
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": campaign_id})
    drafts = campaigns.drafts(workspace, campaign_id)
    assert {d.product_id for d in drafts} == {one, two}
    assert all(len(d.content["media"]) == 1 for d in drafts)


def test_a_products_import_with_pictures_can_be_undone_and_its_pictures_go(workspace, bring_in):
    record = bring_in(PRODUCTS, "products", name="p.csv")
    other = bring_in("product_id,name,price\nP9,Cap,20\n", "products", name="q.csv")
    ids = {p.key: p.id for p in catalogue.listing(workspace)}
    alone = catalogue.add_image(workspace, LOCAL_USER, ids["P1"], picture("red")).digest
    shared = catalogue.add_image(workspace, LOCAL_USER, ids["P1"], picture()).digest
    assert catalogue.add_image(workspace, LOCAL_USER, ids["P9"], picture()).digest == shared
    imports.undo_import(workspace, LOCAL_USER, record.id)
    assert [workspace.files.holds(d) for d in (alone, shared)] == [False, True]
    imports.undo_import(workspace, LOCAL_USER, other.id)
    assert list(workspace.files.listing()) == []
