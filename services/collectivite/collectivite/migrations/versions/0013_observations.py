"""The bacs that are observed."""

from fps.kit.data.revisions import kit_0007

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of the kit."""
    kit_0007.create()
