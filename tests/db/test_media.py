"""Pictures: one may show several products, and those of an older database move to the store unharmed."""

import hashlib

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from db import migrate as migrating
from db.errors import FileMissingError, StoreError
from db.files import FolderStore
from db.migrate import migrate
from db.repositories import files as kept_files
from db.repositories import imports, media
from db.repositories.media import NewMedia
from db.tables import BrandRow, ProductRow

JPEG = b"\xff\xd8\xff\xe0 one picture"
PNG = b"\x89PNG\r\n\x1a\n a logo"


@pytest.fixture
def files(tmp_path):
    return FolderStore(tmp_path / "files")


@pytest.fixture
def products(database):
    with database.writing() as session:
        import_id = imports.start(session, kind="products", source="s", file_name="f", file_sha256="x", author="")
        session.add_all(
            ProductRow(id=n, row_key=f"P{n}", row_hash=0, import_id=import_id, key=f"P{n}", name=f"P{n}")
            for n in (1, 2)
        )
    return 1, 2


def new(kind="product"):
    return NewMedia(kind, 400, 300, {})


def test_one_picture_of_two_products_belongs_to_both(database, files, products):
    for number in products:
        with database.writing() as session:
            digest = media.add(session, files, new(), JPEG)
            assert media.give(session, number, digest)
            assert not media.give(session, number, digest)
    with database.reading() as session:
        assert [[m.digest for m in media.of_product(session, n)] for n in products] == [[digest], [digest]]
        assert media.products_of(session, digest) == [(1, "P1"), (2, "P2")]
        assert media.get(session, digest).mime == "image/jpeg"


def test_a_picture_goes_with_its_last_product_unless_it_is_the_logo(database, files, products):
    with database.writing() as session:
        shared, alone, logo = (media.add(session, files, new(), JPEG + extra) for extra in (b"1", b"2", b"3"))
        for number, digest in ((1, shared), (2, shared), (1, alone), (1, logo)):
            media.give(session, number, digest)
        session.add(BrandRow(voice={}, logo_digest=logo))
    with database.writing() as session:
        media.leave_products(session, sa.select(sa.literal(1)))
    assert kept_files.settle(database, files) == 1
    assert [files.holds(d) for d in (shared, alone, logo)] == [True, False, True]
    with database.reading() as session:
        assert [m.digest for m in media.of_product(session, 2)] == [shared]
        with pytest.raises(StoreError, match="no longer kept"):
            media.get(session, alone)


def test_a_picture_stays_though_its_bytes_were_an_upload_that_went(database, files):
    with database.writing() as session:
        digest = media.add(session, files, new(), JPEG)
        kept_files.release(session, [digest])
    assert kept_files.settle(database, files) == 0
    assert files.read(digest) == JPEG


def test_what_posts_cannot_carry_is_not_kept(database, files):
    with pytest.raises(StoreError, match="MP4 videos yet"), database.writing() as session:
        media.add(session, files, new(), b"\x00\x00\x00\x20ftypisom")
    assert list(files.listing()) == []


def go_back(database, files, revision="0006"):
    config = Config()
    config.set_main_option("script_location", migrating.__file__.replace("migrate.py", "migrations"))
    with database.engine.connect() as connection:
        config.attributes.update(connection=connection, files=files)
        command.downgrade(config, revision)
        connection.commit()


def put_old(database, data, kind="product", product_id=None, digest=None):
    digest = digest or hashlib.sha256(data).hexdigest()
    with database.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO media (digest, kind, mime, width, height, data, product_id, details, created_at) "
                "VALUES (:d, :k, 'image/jpeg', 400, 300, :b, :p, '{}', '2026-01-02 03:04:05')"
            ),
            {"d": digest, "k": kind, "b": data, "p": product_id},
        )
    return digest


@pytest.fixture
def old(database, files, products):
    """Return a database of the version before, with pictures as rows, and their digests."""
    go_back(database, files)
    digests = {
        "first": put_old(database, JPEG, product_id=1),
        "thumbnail": put_old(database, JPEG + b" smaller", "thumbnail", 1),
        "logo": put_old(database, PNG, "logo"),
    }
    return database, digests


def test_pictures_of_an_older_database_move_with_their_digests(old, files):
    database, digests = old
    migrate(database, files)
    assert files.read(digests["first"]) == JPEG
    assert files.read(digests["logo"]) == PNG
    assert {f.digest for f in files.listing()} == set(digests.values())
    with database.reading() as session:
        assert [m.digest for m in media.of_product(session, 1)] == [digests["first"]]
        assert [media.get(session, d).kind for d in digests.values()] == ["product", "thumbnail", "logo"]
    assert "data" not in {c["name"] for c in sa.inspect(database.engine).get_columns("media")}
    migrate(database, files)
    go_back(database, files)
    with database.engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT data FROM media WHERE digest = :d"), {"d": digests["first"]})
        assert bytes(kept.scalar_one()) == JPEG


@pytest.mark.parametrize("after", [0, 1, 2])
def test_stopped_half_way_nothing_is_lost_and_the_next_start_goes_on(old, files, monkeypatch, after):
    database, digests = old
    put, done = files.put, []

    def stopped(data):
        if len(done) == after:
            raise KeyboardInterrupt
        done.append(put(data))
        return done[-1]

    with monkeypatch.context() as patched:
        patched.setattr(files, "put", stopped)
        with pytest.raises(KeyboardInterrupt):
            migrate(database, files)
    with database.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(data) FROM media")).scalar_one() == 3
    migrate(database, files)
    assert all(files.read(digest) for digest in digests.values())


def test_an_altered_picture_of_an_older_database_is_kept_beside_and_counts_as_missing(old, files):
    database, digests = old
    wrong = put_old(database, JPEG + b" swapped", product_id=2, digest="0" * 64)
    migrate(database, files)
    with database.reading() as session:
        (beside,) = kept_files.listing(session, "altered")
    assert (beside.name, files.read(beside.digest)) == (wrong, JPEG + b" swapped")
    with pytest.raises(FileMissingError):
        files.read(wrong)
    assert files.read(digests["first"]) == JPEG


def test_a_database_with_pictures_is_not_migrated_without_a_place_for_them(old):
    database, _ = old
    with pytest.raises(StoreError, match="Open its workspace"):
        migrate(database)
