"""What the delay of the reduced amount counts from."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: empty, the delay counts from the sending of the notice."""
    op.add_column("forfaits", sa.Column("minoration_depuis", sa.Text(), nullable=True))
