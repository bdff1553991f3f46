"""The tables of what stands beside the world of a bac: who moves it, what was answered, signed and seen of it, until when it is kept.

None is copied with a bac.
"""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, MetaData, Table, Text

from fps.kit.data.packed import Packed
from fps.kit.data.sql import Instant

metadata = MetaData()  # of all the tables of the kit

# SQLite numbers its rows by itself only when the column is INTEGER.
Position = BigInteger().with_variant(Integer, "sqlite")

# Until which real day a bac is kept: nothing of its world, neither copied nor exported. Nothing is removed without being asked.
retentions = Table(
    "retentions",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("jusqu_au", Date, nullable=False),
)

# Who is moving a bac now: one advance at a time, whoever asks. Nothing of a world: not copied; exported for
# who takes the bac back to compare, and not kept there.
avances = Table(
    "avances",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("jeton", Text, nullable=False),
    Column("qui", Text, nullable=False),
    Column("cible", Instant, nullable=False),
    Column("prise_le", Instant, nullable=False),
    Column("vue_le", Instant, nullable=False),
)

# The answers of the requests that came with an Idempotency-Key: see fps/kit/engine/once.py. Neither copied nor exported with a bac.
reponses_gardees = Table(
    "reponses_gardees",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("cle", Text, primary_key=True),
    Column("demande", Text, nullable=False),
    Column("reponse", Packed, nullable=False),
    Column("wall_time", Instant, nullable=False),
    Index("reponses_gardees_age", "wall_time"),
)

# The heads of the journals of a bac as they were at an instant, signed by the service: see fps/kit/trust/ancres.py. `position` and `audit`:
# up to which act of the service and which line of audit of the bac they reach. Nothing of a world: neither copied nor exported.
ancres = Table(
    "ancres",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("audit", BigInteger, nullable=False),
    Column("jws", Text, nullable=False),
    Index("ancres_position", "position"),
)

# The bacs whose exchanges are kept, and the head of the chain of each: see fps/kit/engine/observation.py. What is observed of a world is
# nothing of it: neither copied nor exported.
observations = Table(
    "observations",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("depuis", Instant, nullable=False),
    Column("rang", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)

# Every exchange of an observed bac as it was on the wire, chained by hash.
echanges = Table(
    "echanges",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("rang", BigInteger, primary_key=True, autoincrement=False),
    Column("wall_time", Instant, nullable=False),
    Column("duree_ms", BigInteger, nullable=False),
    Column("instant", Instant, nullable=False),
    Column("qui", Text, nullable=False),
    Column("methode", Text, nullable=False),
    Column("chemin", Text, nullable=False),
    Column("entetes", Packed, nullable=False),
    Column("corps", Packed, nullable=False),
    Column("statut", BigInteger, nullable=False),
    Column("entetes_reponse", Packed, nullable=False),
    Column("reponse", Packed, nullable=False),
    Column("hash", Text, nullable=False),
)
