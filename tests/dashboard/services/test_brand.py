"""The brand and its logo: kept, changed, refused; and thumbnails that carry it."""

import io
import json

import pytest
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from dashboard.cli import app
from dashboard.demo import demo_logo, demo_pictures
from dashboard.services.data import catalogue
from dashboard.services.people import LOCAL_USER, NotAllowedError, User
from dashboard.services.studio import brand, briefs, campaigns
from engine.content import BrandVoice
from engine.creator.orders import CampaignOrder
from engine.editor import PictureError, open_logo
from tests.dashboard.conftest import InPlace

VOICE = BrandVoice(name="Fernwick", palette=("#274c43", "#e0a458"))
PRODUCTS = "product_id,name,price,currency,material,feature\nP1,Harbour Jacket,79,EUR,organic cotton,deep pockets\n"


def other_logo(form="PNG"):
    image = Image.new("RGB", (200, 90), "white")
    ImageDraw.Draw(image).ellipse((10, 10, 80, 80), fill="#802020")
    buffer = io.BytesIO()
    image.save(buffer, form)
    return buffer.getvalue()


def test_saving_the_brand_keeps_its_logo(workspace):
    brand.save(workspace, LOCAL_USER, VOICE, demo_logo())
    digest = brand.logo_digest(workspace)
    brand.save(workspace, LOCAL_USER, VOICE.model_copy(update={"tone": "bold"}))
    assert briefs.brand_voice(workspace).tone == "bold"
    assert brand.logo_digest(workspace) == digest
    assert brand.logo(workspace).image.tobytes() == open_logo(demo_logo()).image.tobytes()


def test_a_logo_can_be_changed_and_left_out(workspace):
    brand.save(workspace, LOCAL_USER, VOICE, demo_logo())
    first = brand.logo_digest(workspace)
    brand.save(workspace, LOCAL_USER, VOICE, other_logo("JPEG"))
    assert brand.logo_digest(workspace) not in (None, first)
    brand.save(workspace, LOCAL_USER, VOICE, without_logo=True)
    assert brand.logo_digest(workspace) is None
    assert brand.logo_bytes(workspace) is None
    brand.save(workspace, LOCAL_USER, VOICE)
    assert brand.logo(workspace) is None


def test_a_refused_logo_changes_nothing(workspace):
    brand.save(workspace, LOCAL_USER, VOICE, demo_logo())
    digest = brand.logo_digest(workspace)
    with pytest.raises(PictureError, match="SVG drawings can carry code"):
        brand.save(workspace, LOCAL_USER, VOICE.model_copy(update={"name": "Other"}), b"<svg onload='x()'/>")
    assert briefs.brand_voice(workspace).name == "Fernwick"
    assert brand.logo_digest(workspace) == digest


def test_a_reader_cannot_change_the_brand(workspace):
    with pytest.raises(NotAllowedError):
        brand.save(workspace, User("Rea", "viewer"), VOICE, demo_logo())


@pytest.mark.parametrize("with_logo", [True, False])
def test_the_posts_of_a_campaign_carry_the_logo(workspace, bring_in, with_logo):
    bring_in(PRODUCTS, "products", "products.csv")
    product = catalogue.listing(workspace)[0]
    catalogue.add_image(workspace, LOCAL_USER, product.id, next(iter(demo_pictures().values())))
    brand.save(workspace, LOCAL_USER, VOICE, demo_logo() if with_logo else None)
    order = CampaignOrder("Autumn", "sales", (product.id,), ("instagram",), variants=3)
    campaign_id = campaigns.record(workspace, LOCAL_USER, order)
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": campaign_id})
    drafts = campaigns.drafts(workspace, campaign_id)
    details = [_details(workspace, digest) for draft in drafts for digest in draft.content["media"]]
    assert len(details) == 3
    assert {d["layout"] for d in details} == {"band", "card", "split"}
    assert (brand.logo_digest(workspace) is not None) == with_logo
    assert [d["logo"] for d in details] == [brand.logo_digest(workspace)] * 3
    assert all(d["inside_safe"] for d in details)


def _details(workspace, digest):
    from db.repositories import media

    with workspace.database.reading() as session:
        return media.get(session, digest).details


def test_the_command_takes_keeps_and_drops_a_logo(tmp_path):
    logo, folder = tmp_path / "logo.png", str(tmp_path / "w")
    logo.write_bytes(demo_logo())
    run = CliRunner().invoke

    def said(*arguments):
        done = run(app, ["--workspace", folder, "--json", "brand", *arguments])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    digest = said("--name", "Fernwick", "--logo", str(logo))["logo_sha256"]
    assert len(digest) == 64
    assert said("--tone", "bold")["logo_sha256"] == digest
    assert said()["tone"] == "bold"
    assert said("--no-logo")["logo_sha256"] is None
    logo.write_bytes(b"<svg/>")
    refused = run(app, ["--workspace", folder, "brand", "--logo", str(logo)])
    assert refused.exit_code != 0
    assert isinstance(refused.exception, PictureError | SystemExit)
