"""The first tables: those of the kit, and those of ccsp."""

import sqlalchemy as sa
from alembic import op

from fps.kit.mailbox import Position
from fps.kit.sql import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "audit",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("wall_time", Instant(), nullable=False),
        sa.Column("instant", Instant(), nullable=True),
        sa.Column("acte", sa.Text(), nullable=False),
        sa.Column("resultat", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("qui", sa.Text(), nullable=False),
        sa.Column("objet", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "rang"),
    )
    op.create_table(
        "audit_tetes",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac"),
    )
    op.create_table(
        "bacs",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("graine", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("instant", Instant(), nullable=False),
        sa.Column("wall", Instant(), nullable=False),
        sa.Column("vitesse", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac"),
    )
    op.create_table(
        "boites",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("numero", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("time", Instant(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=False),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.Column("essais", sa.BigInteger(), nullable=False),
        sa.Column("echecs", sa.BigInteger(), nullable=False),
        sa.Column("prochain", Instant(), nullable=True),
        sa.Column("close_le", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("bac", "siret", "numero"),
    )
    op.create_index("boites_dossier", "boites", ["bac", "siret", "subject", "numero"], unique=False)
    op.create_index("boites_dues", "boites", ["etat", "prochain"], unique=False)
    op.create_index("boites_etat", "boites", ["bac", "siret", "etat", "numero"], unique=False)
    op.create_index("boites_lettre", "boites", ["bac", "id"], unique=False)
    op.create_table(
        "bordereaux",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero_requete", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("depots", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "numero_requete"),
    )
    op.create_table(
        "chains",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "subject"),
    )
    op.create_table(
        "comptes_nominatifs",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("espace", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("empreinte", sa.Text(), nullable=False),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.Column("cree_le", Instant(), nullable=False),
        sa.Column("mot_de_passe_le", Instant(), nullable=False),
        sa.Column("echecs", sa.BigInteger(), nullable=False),
        sa.Column("verrouille_jusqu_a", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("bac", "espace", "login"),
    )
    op.create_table(
        "consultations",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("par", sa.Text(), nullable=False),
        sa.Column("instant", Instant(), nullable=False),
        sa.Column("wall_time", Instant(), nullable=False),
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
        "counts",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("valeur", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "nom"),
    )
    op.create_table(
        "courriers",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("time", Instant(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "id"),
    )
    op.create_index("courriers_subject", "courriers", ["bac", "subject"], unique=False)
    op.create_table(
        "dead_letters",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sens", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("wall_time", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "id", "sens"),
    )
    op.create_table(
        "deadlines",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "subject", "kind"),
    )
    op.create_index("deadlines_due", "deadlines", ["bac", "due", "subject", "kind"], unique=False)
    op.create_table(
        "destinations",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("adresse", sa.Text(), nullable=True),
        sa.Column("dernier", sa.BigInteger(), nullable=False),
        sa.Column("posee_le", Instant(), nullable=False),
        sa.Column("posee_par", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret"),
    )
    op.create_table(
        "ecritures",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("ligne", sa.BigInteger(), nullable=False),
        sa.Column("le", sa.Date(), nullable=False),
        sa.Column("libelle", sa.Text(), nullable=False),
        sa.Column("compte", sa.Text(), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "subject", "rang", "ligne"),
    )
    op.create_table(
        "habilitations",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("cle", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("prestataire", sa.Text(), nullable=False),
        sa.Column("siret_titulaire", sa.Text(), nullable=True),
        sa.Column("certificat", sa.Text(), nullable=False),
        sa.Column("valide_du", Instant(), nullable=True),
        sa.Column("valide_au", Instant(), nullable=True),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.Column("zones", sa.Text(), nullable=False),
        sa.Column("droits", sa.Text(), nullable=False),
        sa.Column("deposee_le", Instant(), nullable=False),
        sa.Column("effet_le", Instant(), nullable=True),
        sa.Column("remplacee_le", Instant(), nullable=True),
        sa.Column("remplacee_par", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("bac", "cle", "siret"),
    )
    op.create_index("habilitations_cle", "habilitations", ["cle"], unique=False)
    op.create_table(
        "homologations",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("systeme", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("empreinte", sa.Text(), nullable=False),
        sa.Column("demandee_le", Instant(), nullable=False),
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
        "inbox",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("time", Instant(), nullable=False),
        sa.Column("wall_time", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "id"),
    )
    op.create_table(
        "journal",
        sa.Column("position", Position, autoincrement=True, nullable=False),
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("time", Instant(), nullable=False),
        sa.Column("acte", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("wall_time", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("journal_dossier", "journal", ["bac", "subject", "rang"], unique=True)
    op.create_index("journal_suite", "journal", ["bac", "position"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("position", Position, autoincrement=True, nullable=False),
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("time", Instant(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("not_before", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("outbox_dossier", "outbox", ["bac", "subject", "position"], unique=False)
    op.create_table(
        "requetes",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("numero", sa.Text(), nullable=False),
        sa.Column("numero_fps", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("objet", sa.Text(), nullable=False),
        sa.Column("canal", sa.Text(), nullable=False),
        sa.Column("date_depot", sa.Date(), nullable=False),
        sa.Column("deposee_a", Instant(), nullable=False),
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
        sa.Column("communiquee_a", Instant(), nullable=True),
        sa.Column("limite_defense", sa.Date(), nullable=True),
        sa.Column("defense_le", sa.Date(), nullable=True),
        sa.Column("erreur_contestee_le", sa.Date(), nullable=True),
        sa.Column("canal_defense", sa.Text(), nullable=True),
        sa.Column("depots_defense", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("jugee_a", Instant(), nullable=True),
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
        "sessions",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("jeton_sha256", sa.Text(), nullable=False),
        sa.Column("espace", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("ouverte_le", Instant(), nullable=False),
        sa.Column("expire_le", Instant(), nullable=False),
        sa.Column("fermee", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "jeton_sha256"),
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
    op.create_table(
        "tentatives",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("numero", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("essai", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("instant", Instant(), nullable=False),
        sa.Column("wall_time", Instant(), nullable=False),
        sa.Column("adresse", sa.Text(), nullable=False),
        sa.Column("resultat", sa.Text(), nullable=False),
        sa.Column("statut", sa.BigInteger(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret", "numero", "essai"),
    )
