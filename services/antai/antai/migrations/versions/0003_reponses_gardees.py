"""The answers kept for the requests that carry an Idempotency-Key."""

from fps.kit.data.revisions import kit_0003

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of the kit."""
    kit_0003.create()
