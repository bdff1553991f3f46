"""The first tables: those of the kit, and those of antai."""

import sqlalchemy as sa
from alembic import op

from fps.kit.data.revisions import kit_0001
from fps.kit.data.revisions.kit_0001 import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    kit_0001.create()
    op.create_table(
        "appariements",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("numero_requete", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decision_le", sa.Date(), nullable=True),
        sa.Column("annulation", sa.Text(), nullable=True),
        sa.Column("annulation_le", sa.Date(), nullable=True),
        sa.Column("relance_le", sa.Date(), nullable=True),
        sa.Column("refus", sa.Text(), nullable=True),
        sa.Column("refuse_le", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("bac", "numero", "numero_requete"),
    )
    op.create_table(
        "avis_emis",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_avis", sa.Text(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("date_envoi", sa.Date(), nullable=False),
        sa.Column("montant", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("bac", "numero_avis", "nature"),
    )
    op.create_index("avis_emis_facture", "avis_emis", ["bac", "siret", "date_envoi"], unique=False)
    op.create_table(
        "constats",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("redevable", sa.Text(), nullable=True),
        sa.Column("introuvable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero"),
    )
    op.create_table(
        "controles",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("objet", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("jours", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "objet"),
    )
    op.create_table(
        "depots_conventions",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("empreinte", sa.Text(), nullable=False),
        sa.Column("contenu", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret", "rang"),
    )
    op.create_table(
        "dossiers",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("immatriculation", sa.Text(), nullable=False),
        sa.Column("montant_initial", sa.BigInteger(), nullable=False),
        sa.Column("montant", sa.BigInteger(), nullable=False),
        sa.Column("minoration_montant", sa.BigInteger(), nullable=True),
        sa.Column("minoration_delai", sa.BigInteger(), nullable=True),
        sa.Column("recu_le", sa.Date(), nullable=False),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("motif_abandon", sa.Text(), nullable=True),
        sa.Column("electronique", sa.Boolean(), nullable=False),
        sa.Column("date_envoi", sa.Date(), nullable=True),
        sa.Column("lu_le", Instant, nullable=True),
        sa.Column("date_notification", sa.Date(), nullable=True),
        sa.Column("date_limite_paiement", sa.Date(), nullable=True),
        sa.Column("minoration_jusqu_au", sa.Date(), nullable=True),
        sa.Column("pli_revenu_le", sa.Date(), nullable=True),
        sa.Column("numero_avis", sa.Text(), nullable=True),
        sa.Column("rapo_rectifie", sa.Boolean(), nullable=False),
        sa.Column("annule_le", sa.Date(), nullable=True),
        sa.Column("origine_annulation", sa.Text(), nullable=True),
        sa.Column("montant_paye", sa.BigInteger(), nullable=False),
        sa.Column("paye_le", sa.Date(), nullable=True),
        sa.Column("paiements", sa.BigInteger(), nullable=False),
        sa.Column("trop_percu", sa.BigInteger(), nullable=False),
        sa.Column("majoration", sa.BigInteger(), nullable=False),
        sa.Column("numero_titre", sa.Text(), nullable=True),
        sa.Column("rang_annexe", sa.BigInteger(), nullable=True),
        sa.Column("date_titre", sa.Date(), nullable=True),
        sa.Column("titre_rabais", sa.BigInteger(), nullable=False),
        sa.Column("titre_rejets", sa.BigInteger(), nullable=False),
        sa.Column("titre_solde", sa.Boolean(), nullable=False),
        sa.Column("titre_fps_annule", sa.BigInteger(), nullable=False),
        sa.Column("titre_majoration_annulee", sa.BigInteger(), nullable=False),
        sa.Column("requete_en_attente", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("bac", "numero"),
    )
    op.create_table(
        "espaces",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("adresse", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("demandeur", sa.Text(), nullable=False),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.Column("demande_le", Instant, nullable=False),
        sa.Column("decide_le", Instant, nullable=True),
        sa.Column("motif", sa.Text(), nullable=True),
        sa.Column("reglages", sa.Text(), nullable=False),
        sa.Column("conventions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret"),
    )
    op.create_table(
        "impayes",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("redevable", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("bac", "numero"),
    )
    op.create_table(
        "informations_recues",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("empreinte", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("recue_le", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero", "empreinte"),
    )
    op.create_table(
        "lignes_annulations",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_annulation", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("etendue", sa.Text(), nullable=False),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("montant_fps_annule", sa.BigInteger(), nullable=False),
        sa.Column("majoration_annulee", sa.BigInteger(), nullable=False),
        sa.Column("reste_du", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero_annulation", "rang"),
    )
    op.create_table(
        "lignes_titres",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_titre", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("montant_impaye", sa.BigInteger(), nullable=False),
        sa.Column("majoration", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero_titre", "rang"),
    )
    op.create_table(
        "paiements",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("moyen", sa.Text(), nullable=False),
        sa.Column("montant", sa.BigInteger(), nullable=False),
        sa.Column("minore", sa.Boolean(), nullable=False),
        sa.Column("le", sa.Date(), nullable=False),
        sa.Column("delai_jours", sa.BigInteger(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero", "rang"),
    )
    op.create_table(
        "series_annulations",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("annee", sa.BigInteger(), nullable=False),
        sa.Column("dernier", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "annee"),
    )
    op.create_table(
        "series_titres",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("annee", sa.BigInteger(), nullable=False),
        sa.Column("dernier", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "annee"),
    )
    op.create_table(
        "titres",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("date_emission", sa.Date(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("lignes", sa.BigInteger(), nullable=False),
        sa.Column("total_impaye", sa.BigInteger(), nullable=False),
        sa.Column("total_majoration", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret", "date_emission"),
    )
    op.create_table(
        "titres_annulation",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("date_emission", sa.Date(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("lignes", sa.BigInteger(), nullable=False),
        sa.Column("total_fps", sa.BigInteger(), nullable=False),
        sa.Column("total_majoration", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret", "date_emission"),
    )
    op.create_table(
        "verrous",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("echecs", sa.BigInteger(), nullable=False),
        sa.Column("jusqu_a", Instant, nullable=True),
        sa.PrimaryKeyConstraint("bac", "numero"),
    )
