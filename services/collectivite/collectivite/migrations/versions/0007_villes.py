"""The towns of a bac."""

from fps.kit.data.revisions import kit_0006

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and the columns of the kit."""
    kit_0006.create()
