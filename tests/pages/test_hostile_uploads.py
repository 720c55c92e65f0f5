"""Broken and hostile files on the pages that take them: a sentence, nothing kept, and the page goes on."""

import gzip
import os
from datetime import timedelta

import pytest
from sqlmodel import select

from dashboard.services import files
from dashboard.services.data import imports
from db.repositories import files as kept_files
from db.tables import FileRow
from db.types import now
from tests.dashboard.conftest import reviews_csv
from tests.pages.conftest import texts

HEAD = "review_id,customer_id,product_id,rating,text\n"


def uploads(workspace):
    """Return what waits: every row has its bytes, and nothing else lies in the store."""
    kept = sorted(f.digest for f in files.listing(workspace))
    assert kept == sorted(stored.digest for stored in workspace.files.listing())
    return kept


def make_old(workspace, digest):
    with workspace.database.writing() as session:
        row = session.exec(select(FileRow).where(FileRow.digest == digest)).one()
        row.created_at = now() - kept_files.KEPT_FOR["upload"] - timedelta(minutes=1)
        session.add(row)


def upload(app, data, name="reviews.csv"):
    app.file_uploader[0].set_value((name, data, "text/csv"))
    return app.run()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xef\xbb\xbf\n", "empty"),
        (os.urandom(4000), "binary file"),
        (b"<!doctype html><p>Sign in</p>", "web page"),
        (gzip.compress(reviews_csv(500).encode())[:300], "ends too early or is damaged"),
        (b"PK\x03\x04broken", "zip file is damaged"),
        (HEAD.encode(), "column names but no rows"),
        ((",".join(f"c{i}" for i in range(1200)) + "\n1\n").encode(), "1,200 columns"),
    ],
    ids=["empty", "binary", "html", "gzip", "zip", "header", "wide"],
)
def test_a_file_that_cannot_be_read_is_answered_and_forgotten(visit, workspace, data, said):
    app = upload(visit("data"), data)
    for _ in range(2):  # the same answer when the page is drawn again
        assert not app.exception
        assert said in texts(app)
        assert uploads(workspace) == []
        app = app.run()
    app = upload(app, reviews_csv(4).encode(), "good.csv")
    assert "What each column holds" in texts(app)


def test_a_mapping_that_cannot_be_is_answered_and_the_file_stays(visit, workspace):
    app = upload(visit("data"), b"one,two\nx,y\nz,w\n")
    assert not any(b.label == "Import" for b in app.button)  # what it holds is asked first
    next(s for s in app.selectbox if s.label == "What is in it?").set_value("profiles")
    app = app.run()
    next(b for b in app.button if b.label == "Import").click()
    app = app.run()
    assert not app.exception
    assert "No column is mapped to" in texts(app)
    assert len(uploads(workspace)) == 1
    assert imports.listing(workspace) == []


def test_a_number_with_two_readings_is_asked_before_the_import_can_begin(visit, workspace):
    app = upload(visit("data"), b"date\treach\n2024-01-01\t931\n2024-01-02\t1.035\n", "reach.tsv")

    def button():
        return next(b for b in app.button if b.label == "Import")

    assert "“1.035” is 1.035 with a decimal point and 1,035 with a decimal comma" in texts(app)
    assert button().disabled
    next(r for r in app.radio if r.label.startswith("reach:")).set_value("comma")
    app = app.run()
    assert not button().disabled
    button().click()
    app.run()
    assert imports.listing(workspace)[0].options["comma_columns"] == ["reach"]


def test_hostile_text_and_names_are_shown_as_text(visit):
    rows = "r1,c1,<img src=x onerror=alert(1)>,5,<script>alert(1)</script> [link](javascript:alert(1))\n"
    app = upload(visit("data"), (HEAD + rows + "r2,=cmd|x,p,4,$x$ :material/home:\n").encode(), "<b>x</b>.csv")
    assert not app.exception
    assert "<script>" not in texts(app)


def test_uploads_that_nobody_imported_are_forgotten_after_a_day(visit, workspace):
    app = upload(visit("data"), reviews_csv(3).encode())
    (left,) = uploads(workspace)
    make_old(workspace, left)
    upload(app, reviews_csv(5).encode(), "another.csv")
    assert left not in uploads(workspace)
    assert len(uploads(workspace)) == 1


def test_an_upload_that_waits_for_its_job_is_kept_however_old(visit, workspace):
    app = upload(visit("data"), reviews_csv(3).encode())
    (waiting,) = uploads(workspace)
    next(b for b in app.button if b.label == "Import").click()
    app = app.run()
    assert [record.state for record in imports.listing(workspace)] == ["waiting"]
    make_old(workspace, waiting)
    upload(app, reviews_csv(5).encode(), "another.csv")
    assert waiting in uploads(workspace)
