"""check digests: each kept verdict says which rules and models it follows from; those before are of no known rules."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SHORT, LONG = (sqlmodel.sql.sqltypes.AutoString(length=n) for n in (20, 40))


def upgrade() -> None:
    with op.batch_alter_table("fidelity_check", schema=None) as batch_op:
        batch_op.alter_column("name", existing_type=SHORT, type_=LONG, existing_nullable=False)
        batch_op.add_column(
            sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False, server_default="")
        )


def downgrade() -> None:
    op.execute("DELETE FROM fidelity_check WHERE length(name) > 20")
    with op.batch_alter_table("fidelity_check", schema=None) as batch_op:
        batch_op.drop_column("digest")
        batch_op.alter_column("name", existing_type=LONG, type_=SHORT, existing_nullable=False)
