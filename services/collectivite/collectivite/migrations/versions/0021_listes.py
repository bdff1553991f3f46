"""The indexes in which the lists of the FPS are read, and the plate that they find."""

from alembic import op

from fps.kit.data.revisions import kit_0014

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Write the plate of the FPS that are there, then make the indexes."""
    kit_0014.ecrire("forfaits", "vehicule", kit_0014.du_vehicule)
    op.create_index("forfaits_par_etat", "forfaits", ["bac", "etat", "numero"])
    op.create_index("forfaits_par_suite", "forfaits", ["bac", "suite", "numero", "etat"])
    op.create_index("forfaits_par_constat", "forfaits", ["bac", "date_heure_constat", "numero", "etat"])
    op.create_index("forfaits_par_montant", "forfaits", ["bac", "montant", "numero", "etat"])
    op.create_index("forfaits_par_plaque", "forfaits", ["bac", "plaque", "numero", "etat", "date_heure_constat", "montant"])
