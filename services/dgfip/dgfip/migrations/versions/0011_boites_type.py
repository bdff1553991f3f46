"""The letters of a type that wait in the boxes of a bac."""

from fps.kit.data.revisions import kit_0010

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index of the kit."""
    kit_0010.create()
