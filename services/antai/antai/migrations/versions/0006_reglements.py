"""Who answered for a cancellation that no decision supports, when and why."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody did for what was there before."""
    op.add_column("appariements", sa.Column("reglee_le", sa.Date(), nullable=True))
    op.add_column("appariements", sa.Column("reglee_par", sa.Text(), nullable=True))
    op.add_column("appariements", sa.Column("reglee_motif", sa.Text(), nullable=True))
