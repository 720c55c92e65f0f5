"""undated grants: a yes in a column had the moment of its import for a date, and so undid earlier refusals."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    undated = "1900-01-01 00:00:00.000000"  # db.repositories.consents.UNDATED
    op.execute(f"UPDATE consent_event SET at = '{undated}' WHERE source = 'column' AND action = 'grant'")


def downgrade() -> None:
    """Leave them undated: when they were given was never known."""
