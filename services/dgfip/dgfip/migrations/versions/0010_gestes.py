"""What was asked of a bac, and until when it is kept."""

from fps.kit.data.revisions import kit_0009

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of the kit."""
    kit_0009.create()
