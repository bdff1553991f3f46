"""Revision 0007 of the kit: the bacs that are observed, and their exchanges."""

import sqlalchemy as sa
from alembic import op

from fps.kit.data.revisions.kit_0001 import Instant


def create() -> None:
    """Create the two tables, empty: nothing was observed before."""
    op.create_table(
        "observations",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("depuis", Instant, nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac"),
    )
    op.create_table(
        "echanges",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("wall_time", Instant, nullable=False),
        sa.Column("duree_ms", sa.BigInteger(), nullable=False),
        sa.Column("instant", Instant, nullable=False),
        sa.Column("qui", sa.Text(), nullable=False),
        sa.Column("methode", sa.Text(), nullable=False),
        sa.Column("chemin", sa.Text(), nullable=False),
        sa.Column("entetes", sa.Text(), nullable=False),
        sa.Column("corps", sa.Text(), nullable=False),
        sa.Column("statut", sa.BigInteger(), nullable=False),
        sa.Column("entetes_reponse", sa.Text(), nullable=False),
        sa.Column("reponse", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "rang"),
    )
