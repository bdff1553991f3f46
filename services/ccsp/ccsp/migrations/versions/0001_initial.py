"""The first tables: those of the kit, and those of ccsp."""

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
        "bordereaux",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_requete", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("depots", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero_requete"),
    )
    op.create_table(
        "consultations",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("par", sa.Text(), nullable=False),
        sa.Column("instant", Instant, nullable=False),
        sa.Column("wall_time", Instant, nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero", "document"),
    )
    op.create_table(
        "contenus",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_depot", sa.Text(), nullable=False),
        sa.Column("contenu", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero_depot"),
    )
    op.create_table(
        "homologations",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("systeme", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("empreinte", sa.Text(), nullable=False),
        sa.Column("demandee_le", Instant, nullable=False),
        sa.Column("expire_le", sa.Date(), nullable=False),
        sa.Column("numero_requete", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.Column("epreuves", sa.Text(), nullable=False),
        sa.Column("cles", sa.Text(), nullable=False),
        sa.Column("depots", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret", "rang"),
    )
    op.create_table(
        "requetes",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("objet", sa.Text(), nullable=False),
        sa.Column("canal", sa.Text(), nullable=False),
        sa.Column("date_depot", sa.Date(), nullable=False),
        sa.Column("deposee_a", Instant, nullable=False),
        sa.Column("depot", sa.Text(), nullable=False),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.Column("pieces", sa.Text(), nullable=False),
        sa.Column("complements", sa.Text(), nullable=False),
        sa.Column("motifs", sa.Text(), nullable=False),
        sa.Column("confirmer_avant_le", sa.Date(), nullable=True),
        sa.Column("confirmee_le", sa.Date(), nullable=True),
        sa.Column("limite_regularisation", sa.Date(), nullable=True),
        sa.Column("repondue_le", sa.Date(), nullable=True),
        sa.Column("desistement_le", sa.Date(), nullable=True),
        sa.Column("communiquee_le", sa.Date(), nullable=True),
        sa.Column("communiquee_a", Instant, nullable=True),
        sa.Column("limite_defense", sa.Date(), nullable=True),
        sa.Column("defense_le", sa.Date(), nullable=True),
        sa.Column("erreur_contestee_le", sa.Date(), nullable=True),
        sa.Column("canal_defense", sa.Text(), nullable=True),
        sa.Column("depots_defense", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("jugee_a", Instant, nullable=True),
        sa.Column("notifiee_requerant_le", sa.Date(), nullable=True),
        sa.Column("notifiee_collectivite_le", sa.Date(), nullable=True),
        sa.Column("limite_execution", sa.Date(), nullable=True),
        sa.Column("pourvoi_le", sa.Date(), nullable=True),
        sa.Column("execution_demandee_le", sa.Date(), nullable=True),
        sa.Column("astreinte_jour", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero"),
    )
    op.create_index("requetes_siret", "requetes", ["bac", "siret", "numero"], unique=False)
    op.create_table(
        "requetes_du_fps",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("objet", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero_fps", "objet"),
    )
    op.create_table(
        "series_requetes",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("annee", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dernier", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "annee"),
    )
    op.create_table(
        "teletransmissions",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("cahier_accepte_le", sa.Date(), nullable=True),
        sa.Column("cahier_accepte_par", sa.Text(), nullable=False),
        sa.Column("systeme", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("versions_homologuees", sa.Text(), nullable=False),
        sa.Column("seances", sa.BigInteger(), nullable=False),
        sa.Column("conventions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret"),
    )
