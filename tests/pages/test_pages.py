"""Home, Data and Settings as people meet them."""

import pytest

from dashboard.navigation import PAGES
from dashboard.services.data import catalogue, imports
from dashboard.services.data.imports import Consent, Order
from dashboard.services.people import LOCAL_USER
from dashboard.services.studio import briefs
from dashboard.services.tasks import JobCancelledError
from db.repositories import jobs, workspaces
from db.repositories.products import NewFact
from tests.pages.conftest import texts

PRODUCTS = "product_id,name,price,currency\nP1,Linen shirt,49.90,EUR\nP2,=HYPERLINK(x),abc,EUR\n"


class AtOnce:
    """A job that runs in the test's own process."""

    id = "now"

    def step(self, name, work):
        return work()

    def progress(self, done, total, message):
        if done > total:
            raise JobCancelledError(self.id)


def bring_in(workspace, text, name, **order):
    kind = name.split(".")[0]
    path = workspace.folder / name
    path.write_text(text)
    preview = imports.look(workspace, path, name, kind)
    asked = Order(path, name, preview.file_sha256, kind, preview.mapping, **order)
    import_id, job_id = imports.begin(workspace, asked, LOCAL_USER)
    imports.run_import(workspace, AtOnce(), {"import_id": import_id, "path": str(path)})
    with workspace.database.writing() as session:
        jobs.update(session, job_id, state="done", message="")
    return import_id


@pytest.mark.parametrize("info", PAGES, ids=lambda info: info.name)
def test_an_empty_workspace_has_no_broken_page(visit, info):
    app = visit(info.name)
    assert not app.exception
    assert not app.error
    assert app.title[0].value == info.title
    assert info.purpose in texts(app)


def test_home_of_an_empty_workspace_points_at_data(visit):
    app = visit("home")
    assert "Next: Bring in your first file" in texts(app)
    assert not app.metric


def test_home_counts_what_is_there_and_tells_what_happened(visit, workspace):
    bring_in(workspace, PRODUCTS, "products.csv")
    app = visit("home")
    assert {m.label: m.value for m in app.metric} == {"Products": "2"}
    assert "Import products.csv: done" in texts(app)
    assert "You brought in 2 new rows of products" in texts(app)


def test_every_page_of_the_demo_says_that_it_is_invented(visit, workspace):
    with workspace.database.writing() as session:
        workspaces.mark(session, demo=True)
    for info in PAGES:
        assert "invented" in texts(visit(info.name))


def test_imports_show_counts_remarks_and_what_may_be_used(visit, workspace):
    bring_in(
        workspace,
        "reviewerID,asin,overall,reviewText\nu1,P1,5,Soft\nu2,P1,,\n",
        "reviews.csv",
        consent=Consent("statement", ("profiling",), "Terms of 2024"),
    )
    app = visit("data", view="Imports")
    assert "1 row new, 1 left out." in texts(app)
    assert "Finding groups (profiling): **1** of 1 row" in texts(app)
    assert "Writing posts for groups (personalisation): **0** of 1 row" in texts(app)
    assert "1 remark" in texts(app)


def test_without_consent_the_page_says_that_nothing_may_be_used(visit, workspace):
    bring_in(workspace, "reviewerID,asin,overall,reviewText\nu1,P1,5,Soft\n", "reviews.csv")
    assert "None of these rows may be used yet" in texts(visit("data", view="Imports"))


def test_an_import_is_taken_back(visit, workspace):
    import_id = bring_in(workspace, PRODUCTS, "products.csv")
    app = visit("data", view="Imports")
    app.button(key=f"undo-{import_id}").click().run()
    assert imports.contents(workspace).products == 0
    assert imports.listing(workspace)[0].state == "undone"


def test_a_fact_is_added_and_removed(visit, workspace):
    bring_in(workspace, PRODUCTS, "products.csv")
    shirt = next(p for p in catalogue.listing(workspace) if p.name == "Linen shirt")
    catalogue.add_fact(workspace, LOCAL_USER, shirt.id, NewFact("feature", "side pockets"))
    app = visit("data", view="Products", product_search="linen")
    assert "Feature: side pockets" in texts(app)
    mine = next(f for f in catalogue.get(workspace, shirt.id).facts if f.value == "side pockets")
    app.button(key=f"fact-{mine.id}").click().run()
    assert "side pockets" not in [f.value for f in catalogue.get(workspace, shirt.id).facts]


def test_a_product_name_is_never_run(visit, workspace):
    bring_in(workspace, PRODUCTS.replace("Linen shirt", "<script>alert(1)</script>"), "products.csv")
    app = visit("data", view="Products")
    assert not app.exception
    assert all("<script>" not in element.proto.body for element in app.get("html"))


def test_the_brand_voice_is_saved(visit, workspace):
    app = visit("settings")
    by_label = {w.label: w for w in [*app.text_input, *app.text_area]}
    by_label["Brand name"].set_value("Corner Shop")
    by_label["Words never to use"].set_value("cheap\nbest ever")
    by_label["Hashtags"].set_value("#local, slow")
    next(b for b in app.button if b.label == "Save the brand voice").click().run()
    assert "Saved." in texts(app)
    voice = briefs.brand_voice(workspace)
    assert (voice.name, voice.words_never, voice.hashtags) == (
        "Corner Shop",
        ("cheap", "best ever"),
        ("#local", "#slow"),
    )


def test_a_logo_is_taken_kept_and_left_out_on_the_settings_page(visit, workspace):
    from dashboard.demo import demo_logo
    from dashboard.services.studio import brand

    def save(app):
        return next(b for b in app.button if b.label == "Save the brand voice").click().run()

    app = visit("settings")
    app.file_uploader[0].set_value(("logo.png", demo_logo(), "image/png"))
    assert "Saved." in texts(save(app))
    digest = brand.logo_digest(workspace)
    assert digest is not None
    app = save(visit("settings"))
    assert brand.logo_digest(workspace) == digest
    app.file_uploader[0].set_value(("logo.svg", b"<svg onload='alert(1)'/>", "image/svg+xml"))
    assert "SVG drawings can carry code" in save(app).error[0].value
    assert brand.logo_digest(workspace) == digest
    app = visit("settings")
    next(c for c in app.checkbox if c.label == "Go without a logo").check()
    save(app)
    assert brand.logo_digest(workspace) is None


def test_an_empty_disclosure_or_other_refusal_is_a_sentence(visit, monkeypatch):
    from dashboard.services.studio import brand
    from engine.editor import PictureError

    def refuse(*_args, **_more):
        raise PictureError("Give the brand a name.")

    monkeypatch.setattr(brand, "save", refuse)
    app = visit("settings")
    next(b for b in app.button if b.label == "Save the brand voice").click().run()
    assert [e.value for e in app.error] == ["Give the brand a name."]


def test_the_ledger_can_be_verified(visit, workspace):
    bring_in(workspace, PRODUCTS, "products.csv")
    app = visit("settings", view="Workspace")
    next(b for b in app.button if b.label == "Verify the ledger").click().run()
    assert "All 1 lines are as they were written." in texts(app)
