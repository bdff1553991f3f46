"""Revision 0004 of the kit: the seal of an act, which covers the machine's time; the signed heads of the journals."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Create the table and the columns."""
    op.add_column("journal", sa.Column("sceau", sa.Text()))
    op.add_column("chains", sa.Column("sceau", sa.Text()))
    op.create_table(
        "ancres",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("audit", sa.BigInteger(), nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero"),
    )
    op.create_index("ancres_position", "ancres", ["position"])
