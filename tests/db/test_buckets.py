"""Files in a bucket: the same promises, tried against moto's server on this machine."""

import os
import sys

import pytest

from db.errors import FileDamagedError, FileMissingError, StoreError
from db.files import BLOCK, open_files
from db.repositories import files as kept_files

pytest.importorskip("boto3", reason="files in S3 need the extra s3")
moto_server = pytest.importorskip("moto.server", reason="the test server needs the extra dev")


@pytest.fixture(scope="module")
def server():
    with pytest.MonkeyPatch.context() as patched:
        for name in [n for n in os.environ if n.startswith("AWS_") or n.lower().endswith("_proxy")]:
            patched.delenv(name)
        for name, value in {
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            patched.setenv(name, value)
        running = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        running.start()
        host, port = running.get_host_and_port()
        yield f"http://{host}:{port}"
        running.stop()


@pytest.fixture
def files(server, tmp_path, request):
    bucket = f"bucket-{abs(hash(request.node.nodeid))}"
    opened = open_files(f"s3://{bucket}/a/prefix", server, tmp_path, "mark")
    opened._client.create_bucket(Bucket=bucket)
    return opened


def object_of(files, digest):
    return {"Bucket": files.bucket, "Key": f"a/prefix/mark/{digest[:2]}/{digest}"}


@pytest.mark.parametrize("size", [0, 1, BLOCK + 1, 9 * BLOCK])
def test_bytes_come_back_and_nothing_stays_on_this_machine(files, tmp_path, size):
    data = bytes(i % 251 for i in range(size))
    stored = files.put(data)
    assert files.read(stored.digest) == data
    assert files._client.head_object(**object_of(files, stored.digest))["ContentLength"] == size
    assert [(f.digest, f.size) for f in files.listing()] == [(stored.digest, size)]
    assert list((tmp_path / "partial").iterdir()) == []


def test_a_swapped_a_cut_and_a_missing_object_are_told_apart_from_the_right_one(files):
    digest = files.put(b"as it was approved").digest
    for wrong in (b"as it was approvec", b"as it was", b""):
        files._client.put_object(**object_of(files, digest), Body=wrong)
        with pytest.raises(FileDamagedError, match="altered or damaged"):
            files.read(digest)
    files.remove(digest)
    files.remove(digest)
    assert not files.holds(digest)
    with pytest.raises(FileMissingError, match=f"{digest[:16]}.*is missing in s3://"):
        files.read(digest)


def test_a_path_for_readers_is_a_checked_copy_and_is_made_anew_when_altered(files, tmp_path):
    digest = files.put(b"weights").digest
    path = files.local(digest, tmp_path / "here")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"weights", 0o600)
    path.write_bytes(b"altered")
    assert files.local(digest, tmp_path / "here").read_bytes() == b"weights"


def test_listing_leaves_out_what_is_not_ours_and_goes_on_beyond_one_page(files, monkeypatch):
    digests = {files.put(bytes([i])).digest for i in range(5)}
    for key in ("a/prefix/other/x", "a/prefix/mark/notes.txt", "a/prefix/mark/ab/" + "0" * 64):
        files._client.put_object(Bucket=files.bucket, Key=key, Body=b"")
    call = files._client._make_api_call
    small = {"ListObjectsV2": {"MaxKeys": 2}}
    monkeypatch.setattr(files._client, "_make_api_call", lambda name, args: call(name, {**args, **small.get(name, {})}))
    assert {f.digest for f in files.listing()} == digests


def test_what_no_row_names_leaves_the_bucket(database, files):
    one, two = files.put(b"one"), files.put(b"two")
    with database.writing() as session:
        numbers = [kept_files.add(session, files, f, "upload", "f.csv") for f in (one, two)]
    with database.writing() as session:
        kept_files.drop(session, numbers[:1])
    assert kept_files.settle(database, files) == 1
    assert (files.holds(one.digest), files.holds(two.digest)) == (False, True)


def test_no_bucket_no_server_and_no_keys_are_sentences(server, tmp_path, monkeypatch):
    nowhere = open_files("s3://never-made", server, tmp_path, "mark")
    for asked in (lambda: nowhere.put(b"x"), lambda: list(nowhere.listing())):
        with pytest.raises(
            StoreError, match=r"cannot be kept in or read from s3://never-made.*DIGITAL_PERSONA_FILES_URL"
        ):
            asked()
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    silent = open_files("s3://bucket", "http://127.0.0.1:1", tmp_path, "mark")
    with pytest.raises(StoreError, match="EndpointConnectionError"):
        silent.read("0" * 64)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(StoreError, match="AWS_ACCESS_KEY_ID"):
        open_files("s3://bucket", server, tmp_path, "mark").read("0" * 64)
    with pytest.raises(StoreError, match="cannot be kept in or read from"):
        open_files("s3://bucket", "no address", tmp_path, "mark")


def test_without_the_extra_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(StoreError, match=r"digital-persona\[s3\]"):
        open_files("s3://bucket", "", tmp_path, "mark")
