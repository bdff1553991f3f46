"""The seals of the acts, the signed heads of the journals."""

from fps.kit.data.revisions import kit_0004

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and the columns of the kit."""
    kit_0004.create()
