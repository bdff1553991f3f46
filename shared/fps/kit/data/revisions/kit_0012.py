"""Revision 0012 of the kit: the letters to people are found by their day, and a try to push a letter keeps its exchange."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Create the index and the columns: the tries of before keep neither."""
    op.create_index("courriers_type", "courriers", ["bac", "type", "time", "id"])
    op.add_column("tentatives", sa.Column("envoye", sa.Text()))
    op.add_column("tentatives", sa.Column("recu", sa.Text()))
