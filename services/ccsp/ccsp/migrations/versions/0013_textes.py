"""Long texts and digests are kept packed in a file."""

from fps.kit.data.revisions import kit_0013

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say from when on, in the kit."""
    kit_0013.create()
