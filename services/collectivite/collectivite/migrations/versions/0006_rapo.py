"""A RAPO that its author completes, and the postmark that says whether it is in time (CRPA, art. L. 112-1 and L. 114-5)."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what a RAPO keeps of it; nothing was asked of those that are there."""
    op.add_column("rapos", sa.Column("date_cachet", sa.Date(), nullable=True))
    op.add_column("rapos", sa.Column("pieces_demandees", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("rapos", sa.Column("demandees_le", sa.Date(), nullable=True))
    op.add_column("rapos", sa.Column("completer_avant_le", sa.Date(), nullable=True))
    op.add_column("rapos", sa.Column("complete_le", sa.Date(), nullable=True))
