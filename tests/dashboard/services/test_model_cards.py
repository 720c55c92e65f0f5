"""What made a draft or a persona is kept with it, shown, and leaves with the export; kept weights can be used."""

import io
import json
import zipfile

import numpy as np
import pytest
from typer.testing import CliRunner

from dashboard.cli import app as command_line
from dashboard.components.models import card_row
from dashboard.demo import demo_pictures
from dashboard.services import files
from dashboard.services.data import catalogue
from dashboard.services.encoders import text_encoder
from dashboard.services.people import LOCAL_USER
from dashboard.services.personas import building
from dashboard.services.review import deciding, exporting
from dashboard.services.review.deciding import Seen
from dashboard.services.studio import campaigns
from dashboard.settings import Settings
from dashboard.workspace import Workspace
from db.errors import StoreError
from engine.creator.orders import CampaignOrder
from engine.encoders import EncoderError, TextEncoder
from engine.ports import PortError
from tests.dashboard.conftest import PRODUCTS, InPlace
from tests.dashboard.signed import PEOPLE


def with_settings(workspace, **changes):
    settings = Settings(workspace=workspace.folder, demo=False, **changes)
    return Workspace(**{"database": workspace.database, "vault": workspace.vault, "settings": settings})


@pytest.fixture
def draft(workspace, bring_in):
    bring_in(PRODUCTS, "products", "products.csv")
    product = catalogue.listing(workspace)[0]
    catalogue.add_image(workspace, LOCAL_USER, product.id, next(iter(demo_pictures().values())))
    order = CampaignOrder("Autumn", "sales", (product.id,), ("instagram",), variants=1)
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": campaigns.record(workspace, LOCAL_USER, order)})
    return deciding.item(workspace, campaigns.drafts(workspace, 1)[0].id)


def test_a_draft_says_what_wrote_it_chose_it_and_drew_its_picture(workspace, draft):
    assert [(c.port, c.provider) for c in draft.cards] == [
        ("text", "composer"),
        ("ranker", "mmr"),
        ("image", "thumbnails"),
    ]
    assert draft.cards[0].seed == draft.version.seed
    assert draft.cards[2].parameters["layout"] in ("band", "card", "split")
    shown = CliRunner().invoke(command_line, ["--workspace", str(workspace.folder), "review", "show", "1"]).output
    assert f"text: typed composer 1 (composer, {draft.cards[0].digest[:16]}" in shown


def test_the_export_says_it_too(workspace, draft):
    seen = Seen(draft.version.content_hash, 0)
    deciding.decide(workspace, LOCAL_USER, draft.version.id, seen, "approve")
    package = exporting.export(workspace, LOCAL_USER, [draft.version.id])
    manifest = json.loads(zipfile.ZipFile(io.BytesIO(workspace.files.read(package.sha256))).read("manifest.json"))
    assert manifest["items"][0]["made_by"]["models"] == [c.model_dump(mode="json") for c in draft.cards]


def test_an_edit_keeps_the_cards_and_a_part_anew_is_its_providers_work(workspace, draft):
    edited = campaigns.edit(workspace, LOCAL_USER, draft.version.id, {"text": draft.content.text + " In nylon."})
    assert deciding.item(workspace, edited).cards == draft.cards
    back = campaigns.go_back(workspace, LOCAL_USER, edited, 1)
    anew = deciding.item(workspace, campaigns.regenerate_part(workspace, LOCAL_USER, back, 0, 77))
    assert anew.cards[0].seed == 77
    assert anew.cards[1:] == draft.cards[1:]


def test_a_provider_that_is_no_more_is_said_and_nothing_else_writes_in_its_place(workspace, draft, monkeypatch):
    monkeypatch.setattr(campaigns.TEXT_PROVIDERS, "entries", {})
    with pytest.raises(PortError, match="no text provider “composer”"):
        campaigns.regenerate_part(workspace, LOCAL_USER, draft.version.id, 0, 77)


def test_a_persona_build_says_how_people_were_grouped(workspace, bring_in):
    bring_in(PEOPLE, "profiles", "people.csv")
    building.run_build(workspace, InPlace(), {"build_id": building.record(workspace, LOCAL_USER)})
    build = building.builds(workspace)[0]
    (card,) = building.model_cards(build)
    assert (card.port, card.seed, card.parameters["groups"]) == ("grouping", 1, build.result["k"])
    row = card_row(card)
    assert row["Digest"] == "–"
    assert "k min people 10" in row["Parameters"]


def packaged_weights():
    return next(TextEncoder().folder.rglob("model.safetensors"))


def test_kept_weights_are_used_by_their_digest(workspace, tmp_path):
    torch = pytest.importorskip("safetensors.torch", reason="needs digital-persona[models]")
    weights = torch.load_file(packaged_weights())
    name = next(n for n in weights if n.endswith("word_embeddings.weight"))
    weights[name] = weights[name].flip(0).contiguous()
    torch.save_file(weights, tmp_path / "tuned.safetensors")
    record = files.keep_model(workspace, LOCAL_USER, tmp_path / "tuned.safetensors")
    packaged = text_encoder(workspace)
    tuned = text_encoder(with_settings(workspace, encoder_weights=record.digest))
    assert tuned.card.digest == record.digest != packaged.card.digest
    one, other = (encoder.encode(["soft warm sweater"]) for encoder in (packaged, tuned))
    assert one.shape == other.shape
    assert float((one @ other.T)[0, 0]) < 0.9
    np.testing.assert_array_equal(tuned.encode(["soft warm sweater"]), other)


def test_weights_of_another_model_are_refused(workspace, tmp_path):
    pytest.importorskip("sentence_transformers", reason="needs digital-persona[models]")
    (tmp_path / "other.safetensors").write_bytes(b"not weights at all")
    record = files.keep_model(workspace, LOCAL_USER, tmp_path / "other.safetensors")
    with pytest.raises(EncoderError, match="not those of an all-MiniLM-L6-v2"):
        text_encoder(with_settings(workspace, encoder_weights=record.digest)).encode(["x"])


def test_weights_that_are_not_kept_are_a_clear_sentence(workspace):
    with pytest.raises(StoreError, match="No model 0000000000000000… is kept here"):
        text_encoder(with_settings(workspace, encoder_weights="0" * 64))


@pytest.mark.parametrize("given", [{"encoder_weights": "model.safetensors"}, {"encoder_weights": "0" * 63}])
def test_weights_are_named_by_a_digest(given):
    with pytest.raises(ValueError, match="pattern"):
        Settings(**given)


def test_a_whole_model_and_weights_are_not_set_together(tmp_path):
    with pytest.raises(ValueError, match="Set one of the two"):
        Settings(encoder_path=tmp_path, encoder_weights="0" * 64)
