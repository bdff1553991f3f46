"""The first tables: those of the kit, and those of dgfip."""

import sqlalchemy as sa
from alembic import op

from fps.kit.data.revisions import kit_0001

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    kit_0001.create()
    op.create_table(
        "annulations_recues",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("numero_annulation", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero_fps", "numero_annulation", "rang"),
    )
    op.create_table(
        "comptes_collectivites",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("a_precompter", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret"),
    )
    op.create_table(
        "demandes_remise",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("demandee_le", sa.Date(), nullable=False),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("montant_demande", sa.BigInteger(), nullable=False),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.Column("decidee_le", sa.Date(), nullable=True),
        sa.Column("montant_accorde", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero_fps"),
    )
    op.create_table(
        "encaissements",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("moyen", sa.Text(), nullable=False),
        sa.Column("montant", sa.BigInteger(), nullable=False),
        sa.Column("le", sa.Date(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero_fps", "rang"),
    )
    op.create_table(
        "encaissements_amiables",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("montant", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero_fps"),
    )
    op.create_table(
        "lignes_recues",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero_fps"),
    )
    op.create_table(
        "pieces_recues",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("numero_piece", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("corps", sa.Text(), nullable=False),
        sa.Column("montant", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("rembourse_le", sa.Date(), nullable=True),
        sa.Column("rejetee_le", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("bac", "siret", "numero_piece"),
    )
    op.create_table(
        "prises_en_charge",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("numero_titre", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("date_titre", sa.Date(), nullable=False),
        sa.Column("montant_impaye", sa.BigInteger(), nullable=False),
        sa.Column("majoration", sa.BigInteger(), nullable=False),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.Column("date_envoi", sa.Date(), nullable=True),
        sa.Column("date_notification", sa.Date(), nullable=True),
        sa.Column("date_limite_rabais", sa.Date(), nullable=True),
        sa.Column("rabais", sa.BigInteger(), nullable=False),
        sa.Column("rabais_accorde", sa.BigInteger(), nullable=False),
        sa.Column("paiements", sa.BigInteger(), nullable=False),
        sa.Column("rejets", sa.BigInteger(), nullable=False),
        sa.Column("montant_paye", sa.BigInteger(), nullable=False),
        sa.Column("paye_le", sa.Date(), nullable=True),
        sa.Column("part_collectivite", sa.BigInteger(), nullable=False),
        sa.Column("fps_annule", sa.BigInteger(), nullable=False),
        sa.Column("majoration_annulee", sa.BigInteger(), nullable=False),
        sa.Column("majoration_remise", sa.BigInteger(), nullable=False),
        sa.Column("fps_a_rembourser", sa.BigInteger(), nullable=False),
        sa.Column("montant_rembourse", sa.BigInteger(), nullable=False),
        sa.Column("suspendu_le", sa.Date(), nullable=True),
        sa.Column("relance_le", sa.Date(), nullable=True),
        sa.Column("saisi_le", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("bac", "numero_fps"),
    )
    op.create_table(
        "remboursements_fps",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("ordonne", sa.BigInteger(), nullable=False),
        sa.Column("en_attente", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero_fps"),
    )
    op.create_table(
        "reversements",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("mois", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("paiements", sa.BigInteger(), nullable=False),
        sa.Column("encaisse", sa.BigInteger(), nullable=False),
        sa.Column("annulations", sa.BigInteger(), nullable=False),
        sa.Column("precompte", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.BigInteger(), nullable=False),
        sa.Column("verse", sa.BigInteger(), nullable=False),
        sa.Column("verse_le", sa.Date(), nullable=True),
        sa.Column("paiements_amiables", sa.BigInteger(), nullable=False),
        sa.Column("encaisse_amiable", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret", "mois"),
    )
