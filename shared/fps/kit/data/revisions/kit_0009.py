"""Revision 0009 of the kit: what was asked of a bac, in order, and until when a bac is kept."""

import sqlalchemy as sa
from alembic import op

from fps.kit.data.revisions.kit_0001 import Instant, Position


def create() -> None:
    """Create both tables: a bac of before has no line in them, and says that it cannot be forked in its past."""
    op.create_table(
        "gestes",
        sa.Column("position", Position, autoincrement=True, nullable=False),
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("time", Instant, nullable=False),
        sa.Column("wall_time", Instant, nullable=False),
        sa.Column("methode", sa.Text(), nullable=False),
        sa.Column("chemin", sa.Text(), nullable=False),
        sa.Column("corps", sa.Text()),
        sa.Column("lettre", sa.Text()),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("gestes_suite", "gestes", ["bac", "position"])
    op.create_table(
        "retentions",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("jusqu_au", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("bac"),
    )
