"""The tables of every service: bacs, towns, post, kept answers, deadlines, journal, ledger, dead letters, audit, people, boxes, counts."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Table, Text

from fps.kit.data.apart import Position, ancres, avances, echanges, metadata, observations, reponses_gardees, retentions
from fps.kit.data.packed import HexDigest, Packed, Word
from fps.kit.data.sql import Instant, Stamp

__all__ = [
    "ancres",
    "audit",
    "audit_tetes",
    "avances",
    "bacs",
    "boites",
    "chains",
    "comptes_nominatifs",
    "counts",
    "courriers",
    "dead_letters",
    "deadlines",
    "destinations",
    "echanges",
    "ecritures",
    "gestes",
    "habilitations",
    "inbox",
    "journal",
    "metadata",
    "observations",
    "outbox",
    "pannes",
    "remises",
    "reponses_gardees",
    "retentions",
    "reveils",
    "sessions",
    "tentatives",
    "usagers",
    "villes",
]

bacs = Table(
    "bacs",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("graine", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("instant", Instant, nullable=False),
    Column("wall", Instant, nullable=False),
    Column("vitesse", BigInteger, nullable=False),
    # Whether what is given to it later is to be enrolled by hand, and the digest of its towns: what finds them without reading them again.
    # Both are empty in a bac made before the towns were data: it knows the shipped ones.
    Column("vierge", Boolean),
    Column("villes", Text),
)

# The towns of a bac, a configuration by date: see fps/kit/engine/villes.py. `document`: the JSON of a `fps.villes` Commune.
villes = Table(
    "villes",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("depuis", Date, primary_key=True),
    Column("document", Packed, nullable=False),
)

# What was asked of a bac from outside, in order, the journal tells what became of it: see fps/kit/engine/gestes.py. A letter is kept by the
# inbox (`lettre` is its id there); of what may hold a secret, the body is not kept.
gestes = Table(
    "gestes",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("bac", Text, nullable=False),
    Column("time", Stamp, nullable=False),
    Column("wall_time", Stamp, nullable=False),
    Column("methode", Text, nullable=False),
    Column("chemin", Text, nullable=False),
    Column("corps", Packed),
    Column("lettre", Text),
    Index("gestes_suite", "bac", "position"),
)

# A letter stays here until its receiver has committed.
outbox = Table(
    "outbox",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("bac", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("rang", BigInteger, nullable=False),
    Column("time", Instant, nullable=False),
    Column("body", Text, nullable=False),
    Column("traceparent", Text, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("apres", Text),  # the letter written before this one by the same act, that its receiver takes first
    Index("outbox_dossier", "bac", "subject", "position"),
)

# What came in, once, with the answer that was given: the same letter again gets the same answer.
inbox = Table(
    "inbox",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("digest", HexDigest, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("answer", Packed),
    Column("body", Packed, nullable=False),
    Column("time", Stamp, nullable=False),
    Column("wall_time", Stamp, nullable=False),
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("due", Date, nullable=False),
    Index("deadlines_due", "bac", "due", "subject"),  # without the kind: SQLite would read a whole bac in it to find a dossier's
)

# Append-only: one line per act, chained by hash within a dossier. `rang` is a Lamport clock: it orders a dossier's acts across services.
journal = Table(
    "journal",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("bac", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("rang", BigInteger, nullable=False),
    Column("time", Stamp, nullable=False),
    Column("acte", Word, nullable=False),
    Column("article", Word, nullable=False),
    Column("data", Packed(2), nullable=False),
    Column("hash", HexDigest, nullable=False),
    Column("wall_time", Stamp, nullable=False),
    Column("sceau", HexDigest),  # covers wall_time too; none on the lines of the first version: see fps/kit/engine/chain.py
    Index("journal_dossier", "bac", "subject", "rang", unique=True),
    Index("journal_suite", "bac", "position"),
)

# The head of each dossier's chain.
chains = Table(
    "chains",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("rang", BigInteger, nullable=False),
    Column("hash", HexDigest, nullable=False),
    Column("sceau", HexDigest),
)

# The letters to a person: structured content here, PDF on demand.
courriers = Table(
    "courriers",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("time", Instant, nullable=False),
    Column("body", Packed, nullable=False),
    Index("courriers_subject", "bac", "subject"),
    Index("courriers_type", "bac", "type", "time", "id"),  # the mailbox of a whole bac, by its days
)

ecritures = Table(
    "ecritures",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("rang", BigInteger, primary_key=True),
    Column("ligne", BigInteger, primary_key=True),
    Column("le", Date, nullable=False),
    Column("libelle", Word, nullable=False),
    Column("compte", Text, nullable=False),
    Column("debit", BigInteger, nullable=False),
    Column("credit", BigInteger, nullable=False),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("sens", Text, primary_key=True),  # "envoi", "reception" or "echeance"
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("envelope", Packed, nullable=False),
    Column("wall_time", Instant, nullable=False),
)

# Append-only, chained by hash within a bac: who came to this service, and what was let in, refused or administered.
audit = Table(
    "audit",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("rang", BigInteger, primary_key=True, autoincrement=False),
    Column("wall_time", Instant, nullable=False),
    Column("instant", Instant),
    Column("acte", Text, nullable=False),
    Column("resultat", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("qui", Text, nullable=False),
    Column("objet", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

# The head of each bac's audit chain: a line removed at the end is missed too.
audit_tetes = Table(
    "audit_tetes",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("rang", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)

# The certificates that may speak for a collectivité here: see fps/confiance/habilitation.py.
habilitations = Table(
    "habilitations",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("cle", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("prestataire", Text, nullable=False),
    Column("siret_titulaire", Text),
    Column("certificat", Text, nullable=False),
    Column("valide_du", Instant),
    Column("valide_au", Instant),
    Column("etat", Text, nullable=False),
    Column("zones", Text, nullable=False),
    Column("droits", Text, nullable=False),
    Column("deposee_le", Instant, nullable=False),
    Column("effet_le", Instant),
    Column("remplacee_le", Instant),
    Column("remplacee_par", Text),
    Index("habilitations_cle", "cle"),
)

# The accounts of named people: see fps/kit/trust/personnes.py. No password is ever kept, only what argon2 made of it.
comptes_nominatifs = Table(
    "comptes_nominatifs",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("espace", Text, primary_key=True),
    Column("login", Text, primary_key=True),
    Column("nom", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("empreinte", Text, nullable=False),
    Column("etat", Text, nullable=False),
    Column("cree_le", Instant, nullable=False),
    Column("mot_de_passe_le", Instant, nullable=False),
    Column("echecs", BigInteger, nullable=False),
    Column("verrouille_jusqu_a", Instant),
)

# The token itself is never kept.
sessions = Table(
    "sessions",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("jeton_sha256", Text, primary_key=True),
    Column("espace", Text, nullable=False),
    Column("login", Text, nullable=False),
    Column("ouverte_le", Instant, nullable=False),
    Column("expire_le", Instant, nullable=False),
    Column("fermee", Boolean, nullable=False),
)

# Where the letters of a collectivité go in a bac: see fps/kit/boxes/destinations.py. Without a line: to the reference system.
destinations = Table(
    "destinations",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("mode", Text, nullable=False),
    Column("adresse", Text),
    Column("dernier", BigInteger, nullable=False),
    Column("posee_le", Instant, nullable=False),
    Column("posee_par", Text, nullable=False),
    Column("temps", Boolean),  # whether a letter of time comes each time that the bac moves: see fps/kit/boxes/temps.py
)

# The instants at which a product asked to have its turn: see fps/kit/boxes/temps.py. `passe_le`: when it had it.
reveils = Table(
    "reveils",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("instant", Instant, primary_key=True),
    Column("motif", Text, nullable=False),
    Column("pose_par", Text, nullable=False),
    Column("passe_le", Instant),
)

# What is to go wrong with the letters to a product, and with its own: see fps/kit/boxes/pannes.py. `document`: the rule, in JSON.
pannes = Table(
    "pannes",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("nom", Text, primary_key=True),
    Column("document", Text, nullable=False),
    Column("posee_le", Instant, nullable=False),
)

# What a product put in the mailbox of the people, beside the letter itself (`courriers`): who, its own document, what is missing in it.
remises = Table(
    "remises",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("siret", Text, nullable=False),
    Column("prestataire", Text, nullable=False),
    Column("type_media", Text),
    Column("document", Packed),  # base64
    Column("constats", Text, nullable=False),
    Column("remise_le", Instant, nullable=False),
)

# How a usager behaves, dossier by dossier: see simulateur/fps_simulateur/usagers. `gestes`: how many of its gestures are done.
usagers = Table(
    "usagers",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero", Text, primary_key=True),
    Column("conduite", Text, nullable=False),
    Column("gestes", BigInteger, nullable=False),
    Column("fini", Boolean, nullable=False),
    Column("depuis", Instant, nullable=False),
)

# The letters of an editor, numbered in each box: see fps/kit/boxes/boites.py. None is ever removed.
boites = Table(
    "boites",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("numero", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("rang", BigInteger, nullable=False),
    Column("time", Instant, nullable=False),
    Column("body", Packed, nullable=False),
    Column("traceparent", Text, nullable=False),
    Column("etat", Text, nullable=False),
    Column("essais", BigInteger, nullable=False),
    Column("echecs", BigInteger, nullable=False),
    Column("prochain", Instant),
    Column("close_le", Instant),
    Column("adresse", Text),  # where this one goes, when it is not where the others go
    Index("boites_dues", "bac", "etat", "prochain"),
    Index("boites_dossier", "bac", "siret", "subject", "numero"),
    Index("boites_etat", "bac", "siret", "etat", "numero"),
    Index("boites_lettre", "bac", "id"),
    Index("boites_type", "bac", "type", "etat"),
)

# Every try to push a letter, in order.
tentatives = Table(
    "tentatives",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("numero", BigInteger, primary_key=True, autoincrement=False),
    Column("essai", BigInteger, primary_key=True, autoincrement=False),
    Column("instant", Instant, nullable=False),
    Column("wall_time", Instant, nullable=False),
    Column("adresse", Text, nullable=False),
    Column("resultat", Text, nullable=False),
    Column("statut", BigInteger),
    Column("cause", Text, nullable=False),
    # What was sent and what came back, in JSON: see fps/kit/boxes/essais.py. None of the tries of before.
    Column("envoye", Packed),
    Column("recu", Packed),
)

# One line per figure, increased once per batch: what tells that the post is quiet.
counts = Table(
    "counts",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("nom", Text, primary_key=True),
    Column("valeur", BigInteger, nullable=False),
)
