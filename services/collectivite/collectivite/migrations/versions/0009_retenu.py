"""The message FPS that a town keeps some days before it leaves (hypothesis H125)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the messages of the FPS that are there have left."""
    op.add_column("forfaits", sa.Column("retenu", sa.Text(), nullable=True))
