"""The indexes by which one dossier is found without reading its whole bac."""

from alembic import op

from fps.kit.data.revisions import kit_0005

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create those of the kit and those of the service."""
    kit_0005.create()
    op.drop_index("recours_par_fps", "recours")
    op.create_index("recours_par_fps", "recours", ["bac", "numero_fps", "numero"])
