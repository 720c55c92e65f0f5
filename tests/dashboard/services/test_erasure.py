"""Erasing one person: gone from every table and file, kept out, receipted, and only for admins."""

import json
import subprocess
import sys

import pytest
import sqlalchemy as sa

from analytics.kept import BuildOrder
from dashboard.services.audits import erasure
from dashboard.services.people import LOCAL_USER, NotAllowedError, User
from dashboard.services.personas import building
from db import ledger
from db.errors import StoreError
from db.repositories import erasure as rows
from db.repositories import imports
from db.tables import ErasureRow, ImportRow
from tests.dashboard.conftest import InPlace
from tests.dashboard.signed import PEOPLE as MANY
from tests.dashboard.signed import bring_in

PEOPLE = "customer_id,name,email,age\nC1,Ada Quill,ada@quill.example,30\nC2,Bo Reed,bo@reed.example,41\n"
REVIEWS = (
    "review_id,customer_id,product,text,rating\n"
    "r1,C1,coat,Zanzibar lining and a warm hood,5\n"
    "r2,C2,coat,Plain but fine,4\n"
)


def everything(workspace):
    """Return every row of every table, table by table, as text."""
    with workspace.database.engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        return {n: [str(tuple(r)) for r in connection.execute(sa.text(f'SELECT * FROM "{n}"'))] for n in names}


@pytest.fixture
def shop(workspace):
    bring_in(workspace, "people.csv", PEOPLE, "profiles")
    bring_in(workspace, "reviews.csv", REVIEWS, "reviews")
    return workspace


@pytest.mark.parametrize("who", ["C1", "ada@quill.example", " Ada  QUILL "])
def test_a_person_is_found_by_id_name_or_address(shop, who):
    [found] = erasure.find(shop, LOCAL_USER, who)
    assert (found.profiles, found.reviews, found.identities) == (1, 1, 1)


def test_who_is_not_there_is_not_found(shop):
    assert erasure.find(shop, LOCAL_USER, "C3") == []
    with pytest.raises(StoreError, match="Say whom"):
        erasure.find(shop, LOCAL_USER, "  ")


def test_a_person_goes_from_every_table_and_nobody_else_does(shop):
    [found] = erasure.find(shop, LOCAL_USER, "C1")
    before = everything(shop)
    receipt = erasure.erase(shop, LOCAL_USER, found.pseudonym, "C1")
    after = everything(shop)
    assert receipt.removed == found
    speaking = {t for t, lines in after.items() if any(found.pseudonym in line for line in lines)}
    assert speaking == {"erasure", "ledger"}
    assert not any("Zanzibar" in line for lines in after.values() for line in lines)
    for table in ("customer", "profile", "review", "identity"):
        assert len(after[table]) == len(before[table]) - 1
    assert len(erasure.find(shop, LOCAL_USER, "C2")) == 1


def test_the_files_hold_nothing_that_the_person_wrote(shop):
    if not shop.database.is_sqlite:
        pytest.skip("PostgreSQL keeps its own files")
    [found] = erasure.find(shop, LOCAL_USER, "C1")
    for own in shop.folder.glob("*.csv"):  # the marketer's, not the workspace's
        own.unlink()

    def spoken() -> bool:
        return any(b"Zanzibar" in f.read_bytes() for f in shop.folder.rglob("*") if f.is_file())

    assert spoken()
    erasure.erase(shop, LOCAL_USER, found.pseudonym)
    assert not spoken()


def test_the_receipt_is_a_line_of_the_ledger_without_personal_data(shop):
    [found] = erasure.find(shop, LOCAL_USER, "C1")
    receipt = erasure.erase(shop, LOCAL_USER, found.pseudonym, "C1")
    with shop.database.reading() as session:
        assert ledger.verify(session, shop.vault).intact
        [line] = [x for x in ledger.lines(session) if x.kind == "erasure"]
    assert line.sequence == receipt.line
    assert line.payload["removed"]["reviews"] == 1
    assert "Ada" not in json.dumps(line.payload)


def test_the_same_file_does_not_bring_the_person_back(shop):
    [found] = erasure.find(shop, LOCAL_USER, "C1")
    erasure.erase(shop, LOCAL_USER, found.pseudonym)
    again = bring_in(shop, "people.csv", PEOPLE.replace("41", "42"), "profiles")
    assert erasure.find(shop, LOCAL_USER, "C1") == []
    assert len(erasure.find(shop, LOCAL_USER, "C2")) == 1
    with shop.database.reading() as session:
        record = imports.get(session, again)
        problems = imports.problems(session, again)
    assert (record.rows_new, record.rows_updated, record.rows_rejected) == (0, 1, 1)
    assert "erased" in problems[0].reason


def test_only_an_admin_may(shop):
    [found] = erasure.find(shop, LOCAL_USER, "C1")
    for role in ("viewer", "editor", "reviewer"):
        with pytest.raises(NotAllowedError):
            erasure.find(shop, User("Eve", role), "C1")
        with pytest.raises(NotAllowedError):
            erasure.erase(shop, User("Eve", role), found.pseudonym)
    assert len(erasure.find(shop, LOCAL_USER, "C1")) == 1


def test_nothing_goes_while_a_file_comes_in(shop):
    [found] = erasure.find(shop, LOCAL_USER, "C1")
    with shop.database.writing() as session:
        session.connection().execute(sa.update(ImportRow).where(ImportRow.id == 1).values(state="running"))
    with pytest.raises(StoreError, match="Import 1 is bringing rows in"):
        erasure.erase(shop, LOCAL_USER, found.pseudonym)
    assert erasure.find(shop, LOCAL_USER, "C1") == [found]


def test_a_crash_half_way_leaves_the_person_whole(shop, monkeypatch):
    [found] = erasure.find(shop, LOCAL_USER, "C1")
    before = everything(shop)

    def die(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(rows, "_forget_problems", die)
    with pytest.raises(KeyboardInterrupt):
        erasure.erase(shop, LOCAL_USER, found.pseudonym)
    assert everything(shop) == before
    monkeypatch.undo()
    erasure.erase(shop, LOCAL_USER, found.pseudonym)
    with shop.database.reading() as session:
        assert session.get(ErasureRow, found.pseudonym) is not None


def test_left_out_rows_that_name_the_person_lose_their_value(workspace):
    bring_in(workspace, "people.csv", PEOPLE, "profiles")
    bad = "review_id,customer_id,product,text,rating\nr1,C1,coat,Nice,call ada@quill.example\nr2,C2,coat,Nice,many\n"
    number = bring_in(workspace, "bad.csv", bad, "reviews")
    [found] = erasure.find(workspace, LOCAL_USER, "C1")
    erasure.erase(workspace, LOCAL_USER, found.pseudonym)
    with workspace.database.reading() as session:
        kept = {p.row_number: p.sealed_value is not None for p in imports.problems(session, number)}
    assert list(kept.values()) == [False, True]


def test_a_persona_that_was_built_with_the_person_is_stale(workspace):
    bring_in(workspace, "people.csv", MANY, "profiles")
    build_id = building.record(workspace, LOCAL_USER, BuildOrder(basis="profiles"))
    building.run_build(workspace, InPlace(), {"build_id": build_id})
    [found] = erasure.find(workspace, LOCAL_USER, "C7")
    assert found.personas == 1
    assert not any(p.is_stale for p in building.listing(workspace))
    erasure.erase(workspace, LOCAL_USER, found.pseudonym)
    [stale] = [p for p in building.listing(workspace) if p.is_stale]
    assert stale.lost_members == 1


def test_no_model_is_loaded_to_forget(shop):
    code = "import dashboard.services.audits.erasure, sys; assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_a_row_was_before_it_changed_is_forgotten(shop):
    bring_in(shop, "later.csv", REVIEWS.replace("Zanzibar lining and a warm hood", "It tore"), "reviews")
    assert "Zanzibar" in "".join(everything(shop)["import_change"])
    [found] = erasure.find(shop, LOCAL_USER, "C1")
    erasure.erase(shop, LOCAL_USER, found.pseudonym, "C1")
    assert not any("Zanzibar" in row for table in everything(shop).values() for row in table)
