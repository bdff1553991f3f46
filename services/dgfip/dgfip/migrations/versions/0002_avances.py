"""One advance of a bac at a time."""

from fps.kit.data.revisions import kit_0002

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of the kit."""
    kit_0002.create()
