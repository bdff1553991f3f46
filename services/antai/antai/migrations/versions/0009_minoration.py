"""The channels by which a town wants its reduced amount to be paid."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the reduced amounts that are there may be paid by every channel of ANTAI."""
    op.add_column("dossiers", sa.Column("minoration_canaux", sa.Text(), nullable=True))
