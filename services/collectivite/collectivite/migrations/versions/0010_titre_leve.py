"""The titre exécutoire that a cheque posted in time made void (CRPA, art. L. 112-1)."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add its number; no title of those that are there was void."""
    op.add_column("forfaits", sa.Column("titre_leve", sa.Text(), nullable=True))
