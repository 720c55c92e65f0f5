"""consent indexes: whom an import speaks of, read from the index alone."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("profile", "review", "interaction")


def upgrade() -> None:
    for table in TABLES:
        op.create_index(f"ix_{table}_import_customer", table, ["import_id", "customer"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_import_customer", table_name=table)
