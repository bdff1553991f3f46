"""The debt on which a refund is imputed, instead of being transferred (hypothesis H129)."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the refunds that are there were all transferred."""
    op.add_column("remboursements", sa.Column("compensation", sa.Text(), nullable=True))
