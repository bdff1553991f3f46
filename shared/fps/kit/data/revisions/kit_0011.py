"""Revision 0011 of the kit: a letter says which one its receiver takes before it."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Add the column: the letters that wait have none before them."""
    op.add_column("outbox", sa.Column("apres", sa.Text()))
