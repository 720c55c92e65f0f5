"""erasable words: names of erased people as keyed tokens; what reviewers wrote apart from the append-only decisions."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from db.migrations import triggers

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased_name",
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_table(
        "decision_words",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("waivers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"]),
        sa.PrimaryKeyConstraint("decision_id"),
    )
    triggers.drop()
    op.execute("INSERT INTO decision_words (decision_id, comment, waivers) SELECT id, comment, waivers FROM decision")
    op.execute("UPDATE decision SET comment = '', waivers = '{}'")
    triggers.create()


def downgrade() -> None:
    triggers.drop()
    words = "FROM decision_words WHERE decision_id = decision.id"
    op.execute(
        f"UPDATE decision SET comment = (SELECT comment {words}), waivers = (SELECT waivers {words}) "
        "WHERE id IN (SELECT decision_id FROM decision_words)"
    )
    triggers.create()
    op.drop_table("decision_words")
    op.drop_table("erased_name")
