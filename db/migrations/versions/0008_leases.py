"""leases: a worker is known by the token of its process, and each job by the worker that may write for it."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import db.types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("worker")  # it held heartbeats only; who is at work now signs on again
    op.create_table(
        "worker",
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("until", db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token"),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("worker", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True))
        batch_op.add_column(sa.Column("lost", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(batch_op.f("ix_job_worker"), ["worker"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_worker"))
        batch_op.drop_column("lost")
        batch_op.drop_column("worker")
    op.drop_table("worker")
    op.create_table(
        "worker",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("seen_at", db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
