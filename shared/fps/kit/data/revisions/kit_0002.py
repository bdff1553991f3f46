"""Revision 0002 of the kit: who is moving a bac (one advance at a time)."""

import sqlalchemy as sa
from alembic import op

from fps.kit.data.revisions.kit_0001 import Instant


def create() -> None:
    """Create the table."""
    op.create_table(
        "avances",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("jeton", sa.Text(), nullable=False),
        sa.Column("qui", sa.Text(), nullable=False),
        sa.Column("cible", Instant, nullable=False),
        sa.Column("prise_le", Instant, nullable=False),
        sa.Column("vue_le", Instant, nullable=False),
        sa.PrimaryKeyConstraint("bac"),
    )
