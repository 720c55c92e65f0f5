"""change shapes: what the effect of a noted change is said to look like; those before were steps."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("intervention", schema=None) as batch_op:
        shape = sqlmodel.sql.sqltypes.AutoString(length=12)
        batch_op.add_column(sa.Column("shape", shape, nullable=False, server_default="step"))
        batch_op.add_column(sa.Column("until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("ramp_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("intervention", schema=None) as batch_op:
        for name in ("ramp_days", "until", "shape"):
            batch_op.drop_column(name)
