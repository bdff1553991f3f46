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
    op.create_index("avis_emis_par_fps", "avis_emis", ["bac", "numero_fps"])
    op.create_index("titres_par_numero", "titres", ["bac", "numero"])
    op.create_index("titres_annulation_par_numero", "titres_annulation", ["bac", "numero"])
    op.create_index("lignes_annulations_par_fps", "lignes_annulations", ["bac", "numero_fps"])
