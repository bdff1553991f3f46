"""Revision 0006 of the kit: the towns of a bac, a configuration by date, and whether the bac is blank."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Create the table and the columns: a bac of before keeps them empty, and knows the shipped towns."""
    op.add_column("bacs", sa.Column("vierge", sa.Boolean()))
    op.add_column("bacs", sa.Column("villes", sa.Text()))
    op.create_table(
        "villes",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("depuis", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret", "depuis"),
    )
