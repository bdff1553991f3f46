"""The costs that a decision awards, and the day they are settled (CGCT, art. L. 2333-87-8)."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what a petition keeps of them; none was told of those that are there."""
    op.add_column("recours", sa.Column("frais", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("recours", sa.Column("frais_a_la_charge_de", sa.Text(), nullable=True))
    op.add_column("recours", sa.Column("frais_regles_le", sa.Date(), nullable=True))
