"""Revision 0008 of the kit: the product under test (time, awakenings, faults, letters of its own) and the usagers that behave."""

import sqlalchemy as sa
from alembic import op

from fps.kit.data.revisions.kit_0001 import Instant


def create() -> None:
    """Create the tables and the columns; empty for who asked nothing."""
    op.add_column("destinations", sa.Column("temps", sa.Boolean()))
    op.add_column("boites", sa.Column("adresse", sa.Text()))
    op.create_table(
        "reveils",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("instant", Instant, nullable=False),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("pose_par", sa.Text(), nullable=False),
        sa.Column("passe_le", Instant),
        sa.PrimaryKeyConstraint("bac", "siret", "instant"),
    )
    op.create_table(
        "pannes",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("posee_le", Instant, nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret", "nom"),
    )
    op.create_table(
        "remises",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("prestataire", sa.Text(), nullable=False),
        sa.Column("type_media", sa.Text()),
        sa.Column("document", sa.Text()),
        sa.Column("constats", sa.Text(), nullable=False),
        sa.Column("remise_le", Instant, nullable=False),
        sa.PrimaryKeyConstraint("bac", "id"),
    )
    op.create_table(
        "usagers",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("conduite", sa.Text(), nullable=False),
        sa.Column("gestes", sa.BigInteger(), nullable=False),
        sa.Column("fini", sa.Boolean(), nullable=False),
        sa.Column("depuis", Instant, nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero"),
    )
