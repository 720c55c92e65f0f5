"""model cards: each version of a draft says what made it; of those before nothing more than their method is known."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("draft_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("model_cards", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("draft_version", schema=None) as batch_op:
        batch_op.drop_column("model_cards")
