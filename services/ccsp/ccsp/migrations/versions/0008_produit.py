"""The product under test, and the usagers that behave."""

from fps.kit.data.revisions import kit_0008

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and the columns of the kit."""
    kit_0008.create()
