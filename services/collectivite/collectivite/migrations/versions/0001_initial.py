"""The first tables: those of the kit, and those of collectivite."""

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
        "agents",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("numero", sa.BigInteger(), nullable=False),
        sa.Column("assermente_le", sa.Date(), nullable=False),
        sa.Column("retire_le", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("bac", "siret", "numero"),
    )
    op.create_table(
        "avis_rectificatifs",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_avis", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("montant", sa.BigInteger(), nullable=False),
        sa.Column("date_edition", sa.Date(), nullable=False),
        sa.Column("apres_rapo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero_avis"),
    )
    op.create_index("avis_rectificatifs_par_fps", "avis_rectificatifs", ["bac", "numero"], unique=False)
    op.create_table(
        "controles",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("immatriculation", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("instant", Instant, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("raison", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("bac", "numero"),
    )
    op.create_table(
        "forfaits",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("vehicule", sa.Text(), nullable=False),
        sa.Column("lieu", sa.Text(), nullable=False),
        sa.Column("date_heure_constat", Instant, nullable=False),
        sa.Column("fin_effets", Instant, nullable=False),
        sa.Column("montant", sa.BigInteger(), nullable=False),
        sa.Column("montant_deduit", sa.BigInteger(), nullable=False),
        sa.Column("mode_notification", sa.Text(), nullable=False),
        sa.Column("minoration_montant", sa.BigInteger(), nullable=True),
        sa.Column("minoration_jours", sa.BigInteger(), nullable=True),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.Column("motif", sa.Text(), nullable=True),
        sa.Column("accuse_le", Instant, nullable=True),
        sa.Column("date_envoi", sa.Date(), nullable=True),
        sa.Column("date_notification", sa.Date(), nullable=True),
        sa.Column("date_limite_paiement", sa.Date(), nullable=True),
        sa.Column("montant_rectifie", sa.BigInteger(), nullable=True),
        sa.Column("montant_paye", sa.BigInteger(), nullable=False),
        sa.Column("paye_le", sa.Date(), nullable=True),
        sa.Column("numero_titre", sa.Text(), nullable=True),
        sa.Column("part_titre", sa.BigInteger(), nullable=False),
        sa.Column("titre_rejets", sa.BigInteger(), nullable=False),
        sa.Column("creance", sa.BigInteger(), nullable=False),
        sa.Column("dette", sa.BigInteger(), nullable=False),
        sa.Column("rembourse", sa.BigInteger(), nullable=False),
        sa.Column("actes", sa.Text(), nullable=False),
        sa.Column("suite", sa.Text(), nullable=False),
        sa.Column("titre_connu", sa.Boolean(), nullable=False),
        sa.Column("titre_fps_annule", sa.BigInteger(), nullable=False),
        sa.Column("titre_majoration_annulee", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero"),
    )
    op.create_table(
        "paiements",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("moyen", sa.Text(), nullable=False),
        sa.Column("montant", sa.BigInteger(), nullable=False),
        sa.Column("le", sa.Date(), nullable=False),
        sa.Column("minore", sa.Boolean(), nullable=False),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero", "reference"),
    )
    op.create_table(
        "rapos",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("numero_rapo", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("canal", sa.Text(), nullable=False),
        sa.Column("demandeur", sa.Text(), nullable=False),
        sa.Column("expose", sa.Text(), nullable=True),
        sa.Column("pieces", sa.Text(), nullable=False),
        sa.Column("date_avis_reception", sa.Date(), nullable=False),
        sa.Column("date_limite", sa.Date(), nullable=True),
        sa.Column("date_limite_decision", sa.Date(), nullable=False),
        sa.Column("irrecevabilites", sa.Text(), nullable=False),
        sa.Column("a_verifier", sa.Text(), nullable=False),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.Column("decide_le", sa.Date(), nullable=True),
        sa.Column("decide_par", sa.Text(), nullable=True),
        sa.Column("motif", sa.Text(), nullable=True),
        sa.Column("montant_rectifie", sa.BigInteger(), nullable=True),
        sa.Column("numero_avis", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("bac", "numero"),
    )
    op.create_index("rapos_par_date", "rapos", ["bac", "siret", "date_avis_reception"], unique=False)
    op.create_table(
        "recours",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("objet", sa.Text(), nullable=False),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.Column("requerant", sa.Text(), nullable=True),
        sa.Column("moyens", sa.Text(), nullable=True),
        sa.Column("communique_le", sa.Date(), nullable=True),
        sa.Column("date_limite_defense", sa.Date(), nullable=True),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("depots", sa.Text(), nullable=False),
        sa.Column("sens", sa.Text(), nullable=True),
        sa.Column("fps_decharge", sa.BigInteger(), nullable=False),
        sa.Column("majoration_dechargee", sa.BigInteger(), nullable=False),
        sa.Column("date_decision", sa.Date(), nullable=True),
        sa.Column("notifie_le", sa.Date(), nullable=True),
        sa.Column("date_limite_execution", sa.Date(), nullable=True),
        sa.Column("execute_le", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("bac", "numero"),
    )
    op.create_index("recours_par_fps", "recours", ["bac", "numero_fps"], unique=False)
    op.create_table(
        "remboursements",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("numero_piece", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("genre", sa.Text(), nullable=False),
        sa.Column("exercice", sa.BigInteger(), nullable=False),
        sa.Column("exercice_paiement", sa.BigInteger(), nullable=False),
        sa.Column("date_piece", sa.Date(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("beneficiaire", sa.Text(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("montant", sa.BigInteger(), nullable=False),
        sa.Column("montant_encaisse", sa.BigInteger(), nullable=False),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero", "numero_piece"),
    )
    op.create_table(
        "series",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("genre", sa.Text(), nullable=False),
        sa.Column("annee", sa.BigInteger(), nullable=False),
        sa.Column("dernier", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret", "genre", "annee"),
    )
    op.create_table(
        "series_agents",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("jour", sa.Date(), nullable=False),
        sa.Column("agent", sa.BigInteger(), nullable=False),
        sa.Column("dernier", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret", "jour", "agent"),
    )
    op.create_table(
        "stationnements",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("immatriculation", sa.Text(), nullable=False),
        sa.Column("paiements", sa.Text(), nullable=False),
        sa.Column("droits", sa.Text(), nullable=False),
        sa.Column("forfaits", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret", "immatriculation"),
    )
    op.create_table(
        "verrous",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("echecs", sa.BigInteger(), nullable=False),
        sa.Column("jusqu_a", Instant, nullable=True),
        sa.PrimaryKeyConstraint("bac", "numero"),
    )
