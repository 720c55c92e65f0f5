import io

import pytest
import sqlalchemy as sa
from sqlmodel import select

from analytics.intake import IntakeError
from dashboard.services.data import imports, uploads
from dashboard.services.data.imports import Consent
from dashboard.services.people import LOCAL_USER, NotAllowedError, User
from dashboard.services.personas import building
from dashboard.services.tasks import JobCancelledError
from db.errors import StoreError
from db.repositories import imports as stored_imports
from db.tables import IdentityRow, ReviewRow
from tests.dashboard.conftest import PRODUCTS, InPlace, asked, reviews_csv

PEOPLE = "customer_id,name,email,birth_year,income\nA1,Zoë Quist,zoe.quist@example.org,1980,52000\nA2,Bram Falk,bram@example.org,1850,\n"


def counts(record):
    return (record.rows_new, record.rows_updated, record.rows_same, record.rows_rejected)


def test_the_same_file_again_changes_nothing_and_a_changed_row_updates(bring_in):
    first = bring_in(reviews_csv(8), "reviews")
    assert counts(first) == (8, 0, 0, 0)
    assert counts(bring_in(reviews_csv(8), "reviews")) == (0, 0, 8, 0)
    assert counts(bring_in(reviews_csv(8), "reviews", name="renamed.csv")) == (0, 0, 8, 0)
    changed = reviews_csv(9).replace("Order 3.", "Order three.")
    assert counts(bring_in(changed, "reviews", name="file.csv")) == (1, 1, 7, 0)


def test_names_end_in_the_sealed_table_only(workspace, bring_in, tmp_path):
    bring_in(PEOPLE, "profiles")
    bring_in(reviews_csv(3).replace("Order 1.", "Mail zoe.quist@example.org."), "reviews", name="r.csv")
    with workspace.database.reading() as session:
        assert len(session.exec(select(IdentityRow)).all()) == 2
        assert any("[email]" in (r.text or "") for r in session.exec(select(ReviewRow)))
    raw = b"".join(p.read_bytes() for p in (tmp_path / "w").iterdir() if p.is_file())
    for secret in (b"zoe.quist", "Zoë Quist".encode(), b"Bram Falk", b"bram@example"):
        assert secret not in raw


def test_odd_rows_are_kept_and_flagged_and_bad_ones_answered_for(workspace, bring_in):
    text = PEOPLE + "A3,Cleo Carver,cleo@example.org,1990,40000,extra\n,Nobody,no@example.org,1970,1\n"
    record = bring_in(text, "profiles")
    assert counts(record) == (2, 0, 0, 2)
    found = imports.problems(workspace, record.id)
    left_out = found[found["outcome"] == "left out"]
    assert left_out["row"].tolist() == [4, 5]
    assert "6 cells, more than the 5 columns" in left_out["reason"].iloc[0]
    assert "missing" in left_out["reason"].iloc[1]
    assert any("Born before 1901" in r for r in found["reason"])


def test_without_a_basis_rows_are_kept_but_not_usable(workspace, bring_in):
    record = bring_in(reviews_csv(20), "reviews", consent=Consent())
    assert imports.usable(workspace, record).by_purpose["profiling"] == 0
    assert building.usable_people(workspace) == 0
    bring_in(
        "customer_id,purpose,action,at\nC1,profiling,yes,2026-01-01\nC2,profiling,no,2026-01-01\n",
        "consents",
        name="c.csv",
    )
    assert building.usable_people(workspace) == 1


def test_consent_columns_count_and_a_later_withdrawal_wins(workspace, bring_in):
    people = "customer_id,gender,consent_profiling\n" + "".join(f"C{i},f,yes\n" for i in range(5))
    bring_in(people, "profiles", consent=Consent("column"))
    assert building.usable_people(workspace) == 5
    bring_in(people.replace("C0,f,yes", "C0,f,no"), "profiles", name="later.csv", consent=Consent("column"))
    assert building.usable_people(workspace) == 4


def test_a_cancelled_import_leaves_nothing(workspace, bring_in):
    with pytest.raises(JobCancelledError):
        bring_in(reviews_csv(10), "reviews", task=InPlace(cancel_after=1))
    record = imports.listing(workspace)[0]
    job = asked(workspace, "import", {"import_id": record.id, "path": "/nowhere"})
    assert imports.tidy_import(workspace, job, "cancelled", None) == "No row of the file was kept."
    assert imports.contents(workspace).reviews == 0
    assert imports.listing(workspace)[0].state == "cancelled"


def test_a_big_import_leaves_every_index_whether_it_ends_or_is_cancelled(workspace, bring_in, monkeypatch):
    def index_names():
        return {index["name"] for index in sa.inspect(workspace.database.engine).get_indexes("review")}

    whole = index_names()
    monkeypatch.setattr(stored_imports, "MANY_ROWS", 3)
    monkeypatch.setattr(imports, "CHUNK_ROWS", 4)
    with pytest.raises(JobCancelledError):
        bring_in(reviews_csv(10), "reviews", task=InPlace(cancel_after=2))
    assert index_names() < whole
    record = imports.listing(workspace)[0]
    imports.put_away(workspace, record.id, "cancelled", None)
    assert index_names() == whole
    assert counts(bring_in(reviews_csv(10), "reviews")) == (10, 0, 0, 0)
    assert index_names() == whole


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_an_import_that_dies_goes_on_and_keeps_each_row_once(workspace, bring_in, monkeypatch, steps):
    monkeypatch.setattr(imports, "CHUNK_ROWS", 4)
    task = InPlace(die_after=steps)
    with pytest.raises(KeyboardInterrupt):
        bring_in(reviews_csv(10), "reviews", task=task)
    record = imports.listing(workspace)[0]
    path = str(workspace.folder.parent / "file.csv")
    imports.run_import(workspace, task, {"import_id": record.id, "path": path})
    done = imports.listing(workspace)[0]
    assert counts(done) == (10, 0, 0, 0)
    assert imports.contents(workspace).reviews == 10


def test_products_get_their_facts_and_reviews_bare_products(workspace, bring_in):
    bring_in(reviews_csv(3, "P9"), "reviews")
    bring_in(PRODUCTS, "products", name="p.csv")
    from dashboard.services.data import catalogue

    found = {p.key: p for p in catalogue.listing(workspace)}
    assert found["P9"].known_from == "reviews"
    kinds = [f.kind for f in found["P1"].facts]
    assert kinds.count("feature") == 2
    phrases = {f.noun_phrase or f.verb_phrase for f in found["P1"].facts if f.kind == "feature"}
    assert phrases == {"deep side pockets", "packs into its own hood"}
    bring_in(PRODUCTS.replace("89,EUR", "79,EUR"), "products", name="p.csv")
    prices = [f.amount for f in catalogue.get(workspace, found["P1"].id).facts if f.kind == "price"]
    assert prices == [79.0]


def test_an_import_is_undone_until_something_rests_on_it(workspace, bring_in):
    record = bring_in(reviews_csv(5), "reviews")
    assert imports.undo_import(workspace, LOCAL_USER, record.id) > 0
    assert imports.contents(workspace).reviews == 0
    with pytest.raises(StoreError, match="undone already"):
        imports.undo_import(workspace, LOCAL_USER, record.id)


def test_what_is_missing_is_said(workspace, bring_in):
    with pytest.raises(IntakeError, match="needs the basis in words"):
        bring_in(reviews_csv(2), "reviews", consent=Consent("statement", ("profiling",), " "))
    with pytest.raises(IntakeError, match="Unknown purpose"):
        bring_in(reviews_csv(2), "reviews", consent=Consent("statement", ("world peace",), "contract"))
    with pytest.raises(IntakeError, match="No column is mapped to a consent field"):
        bring_in(reviews_csv(2), "reviews", consent=Consent("column"))
    with pytest.raises(NotAllowedError, match="As viewer you cannot undo imports"):
        imports.undo_import(workspace, User("Vera", "viewer"), 1)


def test_an_upload_over_the_limit_leaves_no_file(workspace):
    with pytest.raises(IntakeError, match="larger than 1 MB"):
        uploads.keep_upload(workspace, LOCAL_USER, io.BytesIO(b"x" * (2**20 + 1)), 2**20)
    assert list(workspace.files.listing()) == list(workspace.files.staging.iterdir()) == []


def test_a_reviewer_who_signs_a_review_is_masked_in_it(workspace, bring_in):
    bring_in(
        "review_id,reviewerName,product,text\n"
        "r1,Ada Quill,coat,Warm and light. Ada Quill from Leeds\n"
        "r2,Bo Reed,coat,Quill pens are another matter\n",
        "reviews",
    )
    with workspace.database.reading() as session:
        kept = session.exec(select(ReviewRow.text).order_by(ReviewRow.id)).all()
    assert kept == ["Warm and light. [name] from Leeds", "Quill pens are another matter"]
