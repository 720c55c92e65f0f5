"""files: pictures move from rows to the file store; one picture may belong to several products."""

import sqlalchemy as sa
from alembic import context, op

from db.errors import StoreError
from db.files import FileStore
from db.types import UtcDateTime, now

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kept_file = op.create_table(
        "kept_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_kept_file_kind", "kept_file", ["kind"])
    op.create_index("ix_kept_file_digest", "kept_file", ["digest"])
    owners = _move_pictures(kept_file)
    with op.batch_alter_table("media") as table:
        table.drop_index("ix_media_product_id")
        table.drop_column("product_id")
        table.drop_column("data")
    relation = op.create_table(
        "media_product",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.ForeignKeyConstraint(["digest"], ["media.digest"]),
        sa.PrimaryKeyConstraint("product_id", "digest"),
    )
    op.create_index("ix_media_product_digest", "media_product", ["digest"])
    if owners:
        op.bulk_insert(relation, owners)


def _move_pictures(kept_file: sa.Table) -> list[dict]:
    """Put each picture's bytes into the store, on disk before the rows let go of them; return whose they are.

    Stopped half-way, the database is as it was and what was put already is put again: the same bytes have
    the same address. Bytes that no longer fit their digest were altered in the database: they are kept
    beside the others, and the picture counts as missing from now on.
    """
    connection, owners = op.get_bind(), []
    media = _media()
    for digest in connection.execute(sa.select(media.c.digest)).scalars().all():
        row = connection.execute(sa.select(media).where(media.c.digest == digest)).one()
        stored = _files().put(bytes(row.data))
        if stored.digest != digest:
            altered = {"kind": "altered", "digest": stored.digest, "size": stored.size, "name": digest, "author": ""}
            op.bulk_insert(kept_file, [{**altered, "created_at": now()}])
        if row.kind == "product" and row.product_id is not None:
            owners.append({"product_id": row.product_id, "digest": digest, "created_at": row.created_at})
    return owners


def _media() -> sa.TableClause:
    names = ("digest", "kind", "product_id", "data")
    return sa.table("media", *(sa.column(name) for name in names), sa.column("created_at", UtcDateTime()))


def _files() -> FileStore:
    files = context.config.attributes.get("files")
    if files is None:
        raise StoreError(
            "This database holds pictures. Open its workspace, so that they can move to or from its files."
        )
    return files


def downgrade() -> None:
    connection = op.get_bind()
    owners = dict(
        connection.execute(sa.text("SELECT digest, min(product_id) FROM media_product GROUP BY digest")).all()
    )
    op.drop_table("media_product")
    with op.batch_alter_table("media") as table:
        table.add_column(sa.Column("product_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("data", sa.LargeBinary(), nullable=True))
        table.create_foreign_key("media_product_id_fkey", "product", ["product_id"], ["id"])
        table.create_index("ix_media_product_id", ["product_id"])
    media = _media()
    for digest in connection.execute(sa.select(media.c.digest)).scalars().all():
        values = {"data": _files().read(digest), "product_id": owners.get(digest)}
        connection.execute(sa.update(media).where(media.c.digest == digest).values(values))
    with op.batch_alter_table("media") as table:
        table.alter_column("data", existing_type=sa.LargeBinary(), nullable=False)
    op.drop_table("kept_file")
