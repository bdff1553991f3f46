"""The tables of the kit at revision 0001, the same in every service; released, it never changes: it imports nothing that may."""

import sqlalchemy as sa
from alembic import op

# An aware datetime, and the number of a row: SQLite has no instants, and numbers its rows by itself only when the column is INTEGER.
Instant = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")
Position = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def create() -> None:
    """Create them."""
    op.create_table(
        "audit",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("wall_time", Instant, nullable=False),
        sa.Column("instant", Instant, nullable=True),
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
        sa.Column("instant", Instant, nullable=False),
        sa.Column("wall", Instant, nullable=False),
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
        sa.Column("time", Instant, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=False),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.Column("essais", sa.BigInteger(), nullable=False),
        sa.Column("echecs", sa.BigInteger(), nullable=False),
        sa.Column("prochain", Instant, nullable=True),
        sa.Column("close_le", Instant, nullable=True),
        sa.PrimaryKeyConstraint("bac", "siret", "numero"),
    )
    op.create_index("boites_dossier", "boites", ["bac", "siret", "subject", "numero"], unique=False)
    op.create_index("boites_dues", "boites", ["etat", "prochain"], unique=False)
    op.create_index("boites_etat", "boites", ["bac", "siret", "etat", "numero"], unique=False)
    op.create_index("boites_lettre", "boites", ["bac", "id"], unique=False)
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
        sa.Column("cree_le", Instant, nullable=False),
        sa.Column("mot_de_passe_le", Instant, nullable=False),
        sa.Column("echecs", sa.BigInteger(), nullable=False),
        sa.Column("verrouille_jusqu_a", Instant, nullable=True),
        sa.PrimaryKeyConstraint("bac", "espace", "login"),
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
        sa.Column("time", Instant, nullable=False),
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
        sa.Column("wall_time", Instant, nullable=False),
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
        sa.Column("posee_le", Instant, nullable=False),
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
        sa.Column("valide_du", Instant, nullable=True),
        sa.Column("valide_au", Instant, nullable=True),
        sa.Column("etat", sa.Text(), nullable=False),
        sa.Column("zones", sa.Text(), nullable=False),
        sa.Column("droits", sa.Text(), nullable=False),
        sa.Column("deposee_le", Instant, nullable=False),
        sa.Column("effet_le", Instant, nullable=True),
        sa.Column("remplacee_le", Instant, nullable=True),
        sa.Column("remplacee_par", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("bac", "cle", "siret"),
    )
    op.create_index("habilitations_cle", "habilitations", ["cle"], unique=False)
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
        sa.Column("time", Instant, nullable=False),
        sa.Column("wall_time", Instant, nullable=False),
        sa.PrimaryKeyConstraint("bac", "id"),
    )
    op.create_table(
        "journal",
        sa.Column("position", Position, autoincrement=True, nullable=False),
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("time", Instant, nullable=False),
        sa.Column("acte", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("wall_time", Instant, nullable=False),
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
        sa.Column("time", Instant, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("not_before", Instant, nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("outbox_dossier", "outbox", ["bac", "subject", "position"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("jeton_sha256", sa.Text(), nullable=False),
        sa.Column("espace", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("ouverte_le", Instant, nullable=False),
        sa.Column("expire_le", Instant, nullable=False),
        sa.Column("fermee", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "jeton_sha256"),
    )
    op.create_table(
        "tentatives",
        sa.Column("bac", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("numero", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("essai", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("instant", Instant, nullable=False),
        sa.Column("wall_time", Instant, nullable=False),
        sa.Column("adresse", sa.Text(), nullable=False),
        sa.Column("resultat", sa.Text(), nullable=False),
        sa.Column("statut", sa.BigInteger(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bac", "siret", "numero", "essai"),
    )


def drop() -> None:
    """Delete them."""
    op.drop_table("tentatives")
    op.drop_table("sessions")
    op.drop_index("outbox_dossier", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("journal_suite", table_name="journal")
    op.drop_index("journal_dossier", table_name="journal")
    op.drop_table("journal")
    op.drop_table("inbox")
    op.drop_index("habilitations_cle", table_name="habilitations")
    op.drop_table("habilitations")
    op.drop_table("ecritures")
    op.drop_table("destinations")
    op.drop_index("deadlines_due", table_name="deadlines")
    op.drop_table("deadlines")
    op.drop_table("dead_letters")
    op.drop_index("courriers_subject", table_name="courriers")
    op.drop_table("courriers")
    op.drop_table("counts")
    op.drop_table("comptes_nominatifs")
    op.drop_table("chains")
    op.drop_index("boites_lettre", table_name="boites")
    op.drop_index("boites_etat", table_name="boites")
    op.drop_index("boites_dues", table_name="boites")
    op.drop_index("boites_dossier", table_name="boites")
    op.drop_table("boites")
    op.drop_table("bacs")
    op.drop_table("audit_tetes")
    op.drop_table("audit")
