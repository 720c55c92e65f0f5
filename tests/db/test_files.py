"""The file store: what is put comes back byte for byte or not at all, and what nothing names goes."""

import hashlib
import io
import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import FileDamagedError, FileMissingError, FileTooLargeError, StoreError
from db.files import BLOCK, FolderStore, open_files
from db.media_kinds import media_kind
from db.repositories import files as kept_files
from db.session import open_database

SIZES = [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7]


@pytest.fixture
def files(tmp_path):
    return FolderStore(tmp_path / "files")


def path_of(files, digest):
    return files.root / digest[:2] / digest


@pytest.mark.parametrize("size", SIZES)
def test_bytes_come_back_under_their_sha256(files, size):
    data = bytes(i % 251 for i in range(size))
    stored = files.put(io.BytesIO(data))
    assert (stored.digest, stored.size) == (hashlib.sha256(data).hexdigest(), size)
    assert files.read(stored.digest) == data
    assert [(f.digest, f.size) for f in files.listing()] == [(stored.digest, size)]
    assert list(files.staging.iterdir()) == []


@given(data=st.binary(min_size=1, max_size=400), at=st.integers(min_value=0), flip=st.integers(1, 255))
def test_any_swapped_byte_is_noticed_before_the_last_block(tmp_path_factory, data, at, flip):
    files = FolderStore(tmp_path_factory.mktemp("files"))
    digest = files.put(data).digest
    bad = bytearray(data)
    bad[at % len(data)] ^= flip
    path_of(files, digest).write_bytes(bad)
    with pytest.raises(FileDamagedError, match=rf"{digest[:16]}.*altered or damaged.*Put back a backup"):
        files.read(digest)


@pytest.mark.parametrize("size", [BLOCK, 3 * BLOCK])
def test_a_reader_of_a_damaged_file_never_gets_all_of_it(files, size):
    digest = files.put(bytes(size)).digest
    path_of(files, digest).write_bytes(bytes(size - 1) + b"x")
    got = 0
    with pytest.raises(FileDamagedError):
        for block in files.blocks(digest):
            got += len(block)
    assert got == size - BLOCK


def test_a_cut_a_longer_and_a_missing_file_are_refused_and_putting_it_again_mends_it(files, tmp_path):
    digest = files.put(b"whole").digest
    for wrong in (b"", b"whol", b"whole!"):
        path_of(files, digest).write_bytes(wrong)
        with pytest.raises(FileDamagedError):
            files.copy(digest, tmp_path / "copy")
    path_of(files, digest).unlink()
    with pytest.raises(FileMissingError, match=r"is missing in .*DIGITAL_PERSONA_FILES_URL"):
        files.check(digest)
    assert not (tmp_path / "copy").exists()
    assert files.put(b"whole").digest == digest
    files.copy(digest, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"whole"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy", "files"]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_what_is_no_digest_is_never_a_path(files, name):
    with pytest.raises(StoreError, match="no address of a file"):
        files.read(name)
    with pytest.raises(StoreError, match="no address of a file"):
        files.remove(name)


def test_too_much_is_refused_and_nothing_remains(files):
    with pytest.raises(FileTooLargeError, match="larger than 1 MB"):
        files.put(io.BytesIO(bytes(BLOCK + 1)), limit=BLOCK)
    assert files.put(io.BytesIO(bytes(BLOCK)), limit=BLOCK).size == BLOCK
    assert list(files.staging.iterdir()) == []


def test_a_full_disk_and_a_closed_folder_are_sentences(files, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="disk is full"):
            files.put(b"x")
    assert list(files.listing()) == []
    assert list(files.staging.iterdir()) == []
    files.root.rename(files.root.with_name("away"))
    files.root.write_bytes(b"a file where the folder was")
    with pytest.raises(StoreError, match="cannot be kept in or read from"):
        files.put(b"x")


def test_others_can_neither_read_nor_list(files):
    path = path_of(files, files.put(b"secret").digest)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == files.staging.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("url", ["http://x", "s3://", "relative/folder", "s3:/bucket", "ftp://host/x"])
def test_a_place_of_an_unknown_kind_is_refused(tmp_path, url):
    with pytest.raises(StoreError, match="names no place for files"):
        open_files(url, "", tmp_path, "mark")


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_two_workspaces_never_meet_in_a_shared_folder(tmp_path, scheme):
    one, two = (open_files(f"{scheme}{tmp_path}/my%20share", "", tmp_path, mark) for mark in ("one", "two"))
    digest = one.put(b"same bytes").digest
    assert not two.holds(digest)
    two.put(b"same bytes")
    two.remove(digest)
    assert one.read(digest) == b"same bytes"


HEADS = {
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
}


@pytest.mark.parametrize("suffix", HEADS)
def test_the_kind_is_told_from_the_bytes(suffix):
    assert media_kind(HEADS[suffix]).suffix == suffix


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "WEBM videos yet"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", "MP4 videos yet"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", "no picture of a known kind"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "no picture of a known kind"),
        (b"<svg xmlns=''/>", "no picture of a known kind"),
        (b"GIF89a", "no picture of a known kind"),
        (b"", "no picture of a known kind"),
    ],
)
def test_other_kinds_are_refused_in_their_own_words(head, message):
    with pytest.raises(StoreError, match=message):
        media_kind(head)


def named(database, files, stored, kind="upload"):
    with database.writing() as session:
        return kept_files.add(session, files, stored, kind, "name.csv", "Ada")


def drop(database, *ids):
    with database.writing() as session:
        kept_files.drop(session, ids)


def test_a_file_goes_when_its_last_row_goes(database, files):
    stored = files.put(b"named twice")
    one, two = named(database, files, stored), named(database, files, stored, "report")
    drop(database, one)
    assert kept_files.settle(database, files) == 0
    assert files.read(stored.digest) == b"named twice"
    drop(database, two)
    assert files.holds(stored.digest)  # until it is settled
    assert kept_files.settle(database, files) == 1
    assert not files.holds(stored.digest)
    with database.reading() as session:
        assert kept_files.listing(session) == []
        with pytest.raises(StoreError, match="no file number"):
            kept_files.get(session, two)


def test_stopped_between_rows_and_bytes_the_next_settling_goes_on(database, files, monkeypatch):
    gone, kept = files.put(b"gone"), files.put(b"kept")
    drop(database, named(database, files, gone), named(database, files, kept))

    def stopped(_digest):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(files, "remove", stopped)
        with pytest.raises(KeyboardInterrupt):
            kept_files.settle(database, files)
    named(database, files, kept)  # meanwhile somebody brought it in again
    assert kept_files.settle(database, files) == 1
    assert (files.holds(gone.digest), files.holds(kept.digest)) == (False, True)


def test_a_row_never_names_what_was_removed_meanwhile(database, files):
    stored = files.put(b"x")
    files.remove(stored.digest)
    with pytest.raises(FileMissingError, match="Try again"):
        named(database, files, stored)
    with database.reading() as session:
        assert kept_files.listing(session) == []


def test_the_sweep_takes_old_unnamed_files_and_no_other(database, files):
    orphan, fresh, kept = (files.put(text) for text in (b"orphan", b"fresh", b"kept"))
    named(database, files, kept)
    old = (datetime.now(UTC) - timedelta(hours=2)).timestamp()
    for stored in (orphan, kept):
        os.utime(path_of(files, stored.digest), (old, old))
    assert kept_files.sweep(database, files) == 1
    assert {f.digest for f in files.listing()} == {fresh.digest, kept.digest}


def impatient(database, monkeypatch):
    """Return another connection to the same database that does not wait for locks."""
    monkeypatch.setattr("db.session.BUSY_TIMEOUT_MS", 50)
    url = database.engine.url
    if not database.is_sqlite:
        url = url.update_query_dict({"options": "-c lock_timeout=100ms"})
    return open_database(url.render_as_string(hide_password=False))


def test_settling_waits_for_whoever_names_a_file_just_now(database, files, monkeypatch):
    stored = files.put(b"released, and named again by somebody whose transaction is still open")
    drop(database, named(database, files, stored))
    other = impatient(database, monkeypatch)
    with database.writing() as session:
        kept_files.add(session, files, stored, "upload", "again")
        with pytest.raises(StoreError):
            kept_files.settle(other, files)
        assert files.holds(stored.digest)
    assert kept_files.settle(other, files) == 0
    assert files.holds(stored.digest)
    other.engine.dispose()
