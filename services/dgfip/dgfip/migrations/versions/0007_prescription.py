"""The acts that interrupt the prescription of a title, each with its date (LPF, art. L. 274)."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the list; no act is known of the titles that are there."""
    op.add_column("prises_en_charge", sa.Column("interruptions", sa.Text(), nullable=False, server_default="[]"))
