"""Which letter is taken before another."""

from fps.kit.data.revisions import kit_0011

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column of the kit."""
    kit_0011.create()
