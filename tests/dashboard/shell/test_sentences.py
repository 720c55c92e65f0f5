"""What an error says to a person: a sentence with a remedy, never the machinery."""

import errno
import json

import pytest

from analytics.intake import IntakeError
from dashboard.jobs.settling import said as said_of_a_job
from dashboard.sentences import is_foreseen, sentence
from db.errors import StoreError
from engine.content import BrandVoice


def caught(work):
    try:
        work()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOENT, "There is no file or folder “/x/y.csv”. Check the path."),
        (errno.EISDIR, "“/x/y.csv” is a folder, where a file is needed. Add a file name."),
        (errno.EEXIST, "“/x/y.csv” is a file, where a folder is needed. Choose another path."),
        (errno.ENOSPC, "The disk is full, so this was not saved. Free some space and try again."),
        (errno.EFBIG, "The disk is full, so this was not saved. Free some space and try again."),
        (errno.ELOOP, "“/x/y.csv” could not be used: odd."),
    ],
)
def test_the_disk_speaks_in_sentences(number, said):
    assert sentence(OSError(number, "odd", "/x/y.csv")) == said


def test_a_permission_says_what_to_change():
    assert "Change its permissions" in sentence(PermissionError(errno.EACCES, "denied", "/x/key"))


def test_values_that_do_not_fit_are_named_without_being_repeated():
    error = caught(lambda: BrandVoice(name="A", tone="Jane Doe, jane@example.org"))
    assert is_foreseen(error)
    assert sentence(error).startswith("Tone: ")
    assert "jane" not in sentence(error).lower()
    assert "http" not in sentence(error)


@pytest.mark.parametrize(
    ("error", "foreseen"),
    [
        (IntakeError("Say it."), True),
        (StoreError("Say it."), True),
        (OSError(errno.ENOENT, "x"), True),
        (caught(lambda: "\ud800".encode()), False),
        (caught(lambda: json.loads("{")), False),
        (KeyError("jane@example.org"), False),
    ],
)
def test_only_what_was_written_for_people_is_shown_to_them(error, foreseen):
    assert is_foreseen(error) is foreseen


def test_a_job_that_breaks_says_nothing_of_the_data(caplog):
    error = caught(lambda: json.loads('{"email": "jane@example.org'))
    said = said_of_a_job(error, "import-1")
    assert "reference" in said
    assert "jane" not in said
    assert said_of_a_job(IntakeError("The file is empty."), "import-1") == "The file is empty."
