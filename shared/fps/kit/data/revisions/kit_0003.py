"""Revision 0003 of the kit: the answers kept for the requests that carry an Idempotency-Key."""

import sqlalchemy as sa
from alembic import op

from fps.kit.data.revisions.kit_0001 import Instant


def create() -> None:
    """Create the table."""
    op.create_table(
        "reponses_gardees",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("cle", sa.Text(), nullable=False),
        sa.Column("demande", sa.Text(), nullable=False),
        sa.Column("reponse", sa.Text(), nullable=False),
        sa.Column("wall_time", Instant, nullable=False),
        sa.PrimaryKeyConstraint("bac", "cle"),
    )
    op.create_index("reponses_gardees_age", "reponses_gardees", ["wall_time"])
