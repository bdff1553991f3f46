"""The letters to people by their day, and what each try to push a letter sent and got."""

from fps.kit.data.revisions import kit_0012

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index and the columns of the kit."""
    kit_0012.create()
