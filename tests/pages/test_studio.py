"""Studio page: drafts by product and persona, an editor that counts as one types, parts anew, versions."""

import json

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from dashboard.cli import app as command_line
from dashboard.sections.studio.draft_editor import part_label, published
from dashboard.services.data.catalogue import listing
from dashboard.services.people import LOCAL_USER
from dashboard.services.studio import campaigns
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from db.errors import ConflictError
from engine.content import Part
from engine.creator.orders import CampaignError, CampaignOrder
from engine.kept import PART
from tests.dashboard.conftest import PRODUCTS, InPlace, reviews_csv
from tests.dashboard.signed import bring_in
from tests.pages.conftest import copy_in_use, texts


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A campaign of two products on two channels, five variants each."""
    workspace = open_workspace(Settings(workspace=tmp_path_factory.mktemp("studio") / "w", demo=False))
    bring_in(workspace, "products.csv", PRODUCTS, "products")
    bring_in(workspace, "reviews.csv", reviews_csv(30), "reviews")
    products = [p.id for p in listing(workspace)][:2]
    order = CampaignOrder("Coats", "sales", tuple(products), ("x", "instagram"), link="https://shop.example/coats")
    number = campaigns.record(workspace, LOCAL_USER, order)
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": number})
    yield workspace
    workspace.database.engine.dispose()


@pytest.fixture
def workspace(made, tmp_path):
    with copy_in_use(made, tmp_path / "shop") as opened:
        yield opened


def widget(kind, label):
    return next(w for w in kind if w.label == label)


def first_draft(workspace):
    return campaigns.drafts(workspace, 1)[0]


def with_open(visit, *keys):
    app = visit("studio")
    for key in keys:
        app.session_state[key] = True
    return app.run()


def test_every_channel_has_at_least_five_variants_with_tagged_links(workspace):
    drafts = campaigns.drafts(workspace, 1)
    slots = {}
    for d in drafts:
        slots.setdefault((d.product_id, d.channel), []).append(d)
    assert len(slots) == 4
    for (_, channel), some in slots.items():
        assert len(some) >= 5
        assert len({d.content["text"] for d in some}) == len(some)
        for d in some:
            assert f"utm_source={channel}" in d.content["link"]
            assert "utm_campaign=coats" in d.content["link"]


def test_drafts_say_for_what_and_whom_and_can_be_narrowed(visit, workspace):
    app = visit("studio")
    total = len(campaigns.drafts(workspace, 1))
    assert f"Drafts 1 to 8 of {total}" in texts(app)
    assert "for Everybody" in texts(app)
    name = first_draft(workspace).brief["product"]["name"]
    widget(app.selectbox, "Product").set_value(name).run()
    same = sum(d.brief["product"]["name"] == name for d in campaigns.drafts(workspace, 1))
    assert f"of {same}" in texts(app)


def test_what_is_typed_is_counted_and_shown_before_it_is_saved(visit, workspace):
    draft = first_draft(workspace)
    app = with_open(visit, f"editor-{draft.draft_id}")
    assert "Not saved yet" not in texts(app)
    widget(app.text_area, "Text").set_value("word " * 80).run()
    said = texts(app)
    assert "Not saved yet" in said
    assert "Over what X takes: text by" in said
    widget(app.text_area, "Text").set_value("A coat.").run()
    assert "Over what" not in texts(app)
    widget(app.button, "Save as a new version").click().run()
    newest = first_draft(workspace)
    assert (newest.number, newest.content["text"]) == (2, "A coat.")


def test_saving_without_a_change_is_said(visit, workspace):
    draft = first_draft(workspace)
    app = with_open(visit, f"editor-{draft.draft_id}")
    widget(app.button, "Save as a new version").click().run()
    assert [e.value for e in app.error] == ["Nothing was changed, so there is no new version."]


def test_one_part_is_written_anew_and_the_change_is_shown_word_by_word(visit, workspace):
    draft = first_draft(workspace)
    app = with_open(visit, f"editor-{draft.draft_id}")
    parts = widget(app.selectbox, "Or write one part anew, from the same evidence")
    assert parts.options[0] == part_label(PART.read(draft.parts[0]))
    widget(app.button, "Write it anew").click().run()
    newest = first_draft(workspace)
    assert newest.number == 2
    assert [p["text"] for p in newest.parts[1:]] == [p["text"] for p in draft.parts[1:]]
    assert newest.parts[0]["text"] != draft.parts[0]["text"]
    app = with_open(visit, f"inside-{newest.draft_id}")
    said = texts(app)
    assert "**2 versions**" in said
    assert "<ins>" in said


def test_an_older_version_can_be_used_again(visit, workspace):
    draft = first_draft(workspace)
    campaigns.edit(workspace, LOCAL_USER, draft.id, {"text": "A coat."})
    app = with_open(visit, f"inside-{draft.draft_id}", f"editor-{draft.draft_id}")
    assert "Go back to an older version to write one anew" in texts(app)
    widget(app.button, "Use it again").click().run()
    newest = first_draft(workspace)
    assert (newest.number, newest.content_hash, newest.state) == (3, draft.content_hash, "open")
    assert newest.parts == draft.parts  # so that a part can be written anew again


def test_going_back_to_what_is_not_there_is_refused(workspace):
    draft = first_draft(workspace)
    with pytest.raises(CampaignError, match="no version 4 before version 1"):
        campaigns.go_back(workspace, LOCAL_USER, draft.id, 4)
    edited = campaigns.edit(workspace, LOCAL_USER, draft.id, {"text": "A coat."})
    again = campaigns.go_back(workspace, LOCAL_USER, edited, 1)
    with pytest.raises(CampaignError, match="says the same as version 3"):
        campaigns.go_back(workspace, LOCAL_USER, again, 1)
    with pytest.raises(ConflictError):
        campaigns.go_back(workspace, LOCAL_USER, edited, 1)  # somebody else has moved on to version 3


def test_the_commands_write_a_part_anew_and_go_back(workspace):
    def said(*arguments):
        done = CliRunner().invoke(
            command_line, ["--workspace", str(workspace.folder), "--json", "campaign", *arguments]
        )
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)["version"]

    draft = first_draft(workspace)
    anew = said("regenerate", str(draft.id), "1", "--seed", "4")
    assert first_draft(workspace).parts[0] != draft.parts[0]
    said("go-back", str(anew), "--to", "1")
    assert (first_draft(workspace).number, first_draft(workspace).content_hash) == (3, draft.content_hash)


def test_the_words_of_a_post_hold_all_that_readers_meet(workspace):
    content = first_draft(workspace).content | {"title": "T", "alt_texts": ("A coat on a hook",), "media": ("0" * 64,)}
    said = published(content)
    assert said.startswith("T\n\n")
    assert content["disclosure"] in said
    assert said.endswith("Image: A coat on a hook")


def test_a_long_part_is_cut_between_words():
    label = part_label(Part(role="call_to_action", text="word " * 40))
    assert label.startswith("Call to action: word word")
    assert label.endswith("word …")
    assert len(label) < 90


def test_review_says_what_older_rules_judged_and_checks_it_again(workspace, visit):
    assert "must be checked again" not in texts(visit("review"))
    with workspace.database.writing() as session:
        session.connection().execute(sa.text("UPDATE fidelity_check SET digest = 'older' WHERE name = 'bias'"))
    app = visit("review")
    assert "20 items here must be checked again" in texts(app)
    assert "a check is yet to come: Bias and fairness." in texts(app)
    app = widget(app.button, "Check again by today's rules").click().run()
    assert "must be checked again" not in texts(app)
    assert "yet to come" not in texts(app)


def test_what_made_a_draft_is_behind_the_method(workspace, visit):
    draft = first_draft(workspace)
    app = with_open(visit, f"inside-{draft.draft_id}", f"made-{draft.id}")
    assert f"Method: {draft.method}." in texts(app)
    frame = next(t.value for t in app.dataframe if "Made by" in t.value.columns)
    assert list(frame["Made by"]) == ["composer", "mmr"]
    assert str(draft.seed) in list(frame["Seed"])


@pytest.mark.parametrize(("column", "what"), [("content", "post"), ("brief", "brief")])
def test_what_a_newer_version_kept_is_refused_in_a_sentence(workspace, visit, column, what):
    said = f"This {what} was written by a newer version of Digital Persona (format 99; this version reads up to 1)"
    with workspace.database.writing() as session:
        session.connection().execute(
            sa.text(f"UPDATE draft_version SET {column} = json_set({column}, '$.format', 99) WHERE id = 1")
        )
    for page in ("studio", "review"):
        app = visit(page)
        assert not app.exception
        if (page, what) != ("review", "brief"):
            assert said in texts(app)
    command = "show" if what == "post" else "regenerate"
    group = ["review", command, "1"] if what == "post" else ["campaign", command, "1", "1"]
    done = CliRunner().invoke(command_line, ["--workspace", str(workspace.folder), *group])
    assert done.exit_code == 1
    assert said in str(done.exception) + done.output


def test_a_part_of_a_newer_version_is_refused_in_the_editor(workspace, visit):
    draft = first_draft(workspace)
    newer = json.dumps([{**part, "format": 2} for part in draft.parts])
    with workspace.database.writing() as session:
        session.connection().execute(
            sa.text("UPDATE draft_version SET parts = :parts WHERE id = :id"), {"parts": newer, "id": draft.id}
        )
    app = with_open(visit, f"editor-{draft.draft_id}")
    assert not app.exception
    assert "This part of a post was written by a newer version" in texts(app)
