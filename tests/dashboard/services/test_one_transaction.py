"""Check, decision and packing are one transaction under one lock; whatever changes in between stops the export."""

import shutil
import threading

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.services.data import catalogue
from dashboard.services.data.imports import Consent
from dashboard.services.people import LOCAL_USER
from dashboard.services.review import deciding, exporting
from dashboard.services.review.deciding import Seen
from dashboard.services.review.exporting import ExportError
from dashboard.services.studio import campaigns
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from db.repositories.products import NewFact
from db.session import WRITERS_LOCK
from tests.dashboard.services.test_media_leaving import path_of, picture, swap_a_byte
from tests.dashboard.signed import bring_in, pictured_drafts
from tests.db.conftest import database, vault  # noqa: F401

TEXT = "10 of 30 reviewers call the Alder Rain Jacket true to size. Now €89, with deep side pockets. Only 12 left."


@pytest.fixture
def approved(workspace):
    return filled(workspace)


def filled(workspace):
    """Return an approved version that states facts, prices, stock and counts, with a picture."""
    (draft,) = pictured_drafts(workspace, picture(), variants=1)
    number = campaigns.edit(workspace, LOCAL_USER, draft.id, {"text": TEXT})
    shown = deciding.item(workspace, number)
    reasons = {f.rule_id: "It is so." for f in shown.waivable}
    deciding.decide(workspace, LOCAL_USER, number, Seen(shown.version.content_hash, 0), "approve", waivers=reasons)
    return number


def reject(workspace, number):
    shown = deciding.item(workspace, number)
    seen = Seen(shown.version.content_hash, shown.version.sequence)
    deciding.decide(workspace, LOCAL_USER, number, seen, "reject", "No.")


def edit(workspace, number):
    campaigns.edit(workspace, LOCAL_USER, number, {"text": f"{TEXT} Really."})


def without(kind):
    def change(workspace, _number):
        product = next(p for p in catalogue.listing(workspace) if p.key == "P1")
        for fact in product.facts:
            if fact.kind == kind:
                catalogue.remove_fact(workspace, LOCAL_USER, fact.id)

    return change


def other_price(workspace, _number):
    product = next(p for p in catalogue.listing(workspace) if p.key == "P1")
    catalogue.add_fact(workspace, LOCAL_USER, product.id, NewFact("price", "120", amount=120, currency="EUR"))


def renamed(workspace, _number):
    product = next(p for p in catalogue.listing(workspace) if p.key == "P1")
    catalogue.rename(workspace, LOCAL_USER, product.id, "Elder Rain Jacket")


def reviewers_withdraw(workspace, _number):
    gone = "customer_id,purpose,action,date\n" + "".join(f"C{i},personalisation,withdraw,2026-05-01\n" for i in (0, 3))
    bring_in(workspace, "gone.csv", gone, "consents", Consent())


def picture_of(workspace, number):
    (digest,) = deciding.item(workspace, number).content.media
    return path_of(workspace, digest)


def other_bytes(workspace, number):
    swap_a_byte(picture_of(workspace, number))


def no_picture(workspace, number):
    picture_of(workspace, number).unlink(missing_ok=True)


CHANGES = {
    "rejected": reject,
    "edited": edit,
    "price gone": without("price"),
    "another price": other_price,
    "feature gone": without("feature"),
    "stock gone": without("stock"),
    "renamed": renamed,
    "reviewers left": reviewers_withdraw,
    "other bytes": other_bytes,
    "no picture": no_picture,
}
IN_THE_DATABASE = [name for name in CHANGES if name not in ("other bytes", "no picture")]


@pytest.mark.parametrize("name", IN_THE_DATABASE)
def test_what_changes_while_the_zip_is_packed_stops_the_export(workspace, approved, name, monkeypatch):
    packed = exporting.write_zip

    def then_changed(*arguments):
        packed(*arguments)
        CHANGES[name](workspace, approved)

    monkeypatch.setattr(exporting, "write_zip", then_changed)
    with pytest.raises(ExportError):
        exporting.export(workspace, LOCAL_USER, [approved])
    assert exporting.listing(workspace) == []
    assert list(workspace.files.staging.iterdir()) == []


@pytest.fixture(scope="module")
def filled_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("filled") / "w"
    opened = open_workspace(Settings(workspace=folder, demo=False))
    number = filled(opened)
    exporting.export(opened, LOCAL_USER, [number])
    opened.database.engine.dispose()
    return folder, number


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=3, unique=True))
def test_export_after_any_change_of_facts_decision_or_media_is_refused(filled_once, tmp_path_factory, names):
    folder, number = filled_once
    copied = tmp_path_factory.mktemp("copy") / "w"
    shutil.copytree(folder, copied)
    workspace = open_workspace(Settings(workspace=copied, demo=False))
    # An edit or a rejection looks at the picture, so that a damaged one is the last change.
    last = {"edited": 1, "other bytes": 2, "no picture": 3}
    for name in sorted(names, key=lambda name: last.get(name, 0)):
        CHANGES[name](workspace, number)
    before = len(exporting.listing(workspace))
    with pytest.raises(ExportError):
        exporting.export(workspace, LOCAL_USER, [number])
    assert len(exporting.listing(workspace)) == before
    workspace.database.engine.dispose()


def test_who_writes_alone_keeps_every_other_writer_out(database):  # noqa: F811
    """SQLite: the second writer waits for the lock. PostgreSQL: the lock that writers share cannot be had."""
    done = threading.Event()

    def write():
        with database.writing() as session:
            session.connection()
            done.set()

    with database.writing(alone=True):
        other = threading.Thread(target=write)
        other.start()
        if not database.is_sqlite:
            with database.engine.connect() as connection:
                free = connection.execute(sa.text(f"SELECT pg_try_advisory_xact_lock_shared({WRITERS_LOCK})"))
                assert free.scalar() is False
        assert not done.wait(0.2)
    other.join(30)
    assert done.is_set()


def test_writers_do_not_keep_each_other_out_on_postgresql(database):  # noqa: F811
    if database.is_sqlite:
        pytest.skip("SQLite has one writer")
    with database.writing(), database.engine.connect() as connection:
        shared = connection.execute(sa.text(f"SELECT pg_try_advisory_xact_lock_shared({WRITERS_LOCK})")).scalar()
        alone = connection.execute(sa.text(f"SELECT pg_try_advisory_xact_lock({WRITERS_LOCK})")).scalar()
    assert (shared, alone) == (True, False)


def test_a_reading_session_sees_one_moment(database):  # noqa: F811
    count = sa.text("SELECT number FROM data_change")
    with database.reading() as session:
        before = session.execute(count).scalar()
        with database.writing():
            pass
        assert session.execute(count).scalar() == before
    with database.reading() as session:
        assert session.execute(count).scalar() == before + 1
