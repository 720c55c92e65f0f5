"""persona size: how many people a persona was built from, also where some were erased since."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("persona", sa.Column("size", sa.Integer(), nullable=False, server_default="0"))
    bind = op.get_bind()
    people = "SELECT COUNT(*) FROM persona_member WHERE persona_member.persona_id = persona.id"
    bind.execute(sa.text(f"UPDATE persona SET size = ({people})"))
    # Those who were erased are no members any more; the cards know of them.
    cards = bind.execute(sa.text("SELECT persona_id, card FROM persona_version ORDER BY number")).all()
    sizes = {persona: size for persona, card in cards if (size := _size(card)) is not None}
    for persona, size in sizes.items():
        bind.execute(
            sa.text("UPDATE persona SET size = :size WHERE id = :id AND size < :size"), {"id": persona, "size": size}
        )


def _size(card: Any) -> int | None:
    """Return the people that a card speaks of; SQLite gives it as text."""
    try:
        size = (json.loads(card) if isinstance(card, str) else card).get("size")
    except (ValueError, AttributeError):
        return None
    return size if isinstance(size, int) else None


def downgrade() -> None:
    op.drop_column("persona", "size")  # in place: other tables name rows of this one
