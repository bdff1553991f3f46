"""The indexes in which the lists of the dossiers are read, and the plate that they find."""

from alembic import op

from fps.kit.data.revisions import kit_0014

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Write the plate of the dossiers that are there, then make the indexes."""
    kit_0014.ecrire("dossiers", "immatriculation")
    op.create_index("dossiers_par_etat", "dossiers", ["bac", "etat", "numero"])
    op.create_index("dossiers_par_reception", "dossiers", ["bac", "recu_le", "numero", "etat"])
    op.create_index("dossiers_par_montant", "dossiers", ["bac", "montant", "numero", "etat"])
    op.create_index("dossiers_par_plaque", "dossiers", ["bac", "plaque", "numero", "etat", "recu_le", "montant"])
