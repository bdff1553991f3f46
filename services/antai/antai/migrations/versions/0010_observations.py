"""The bacs that are observed."""

from fps.kit.data.revisions import kit_0007

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of the kit."""
    kit_0007.create()
