"""Revision 0014 of the kit: the letters and digits of a plate, by which the lists find it, written for the case files that are there."""

import json
import re
import zlib
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from alembic import op

LOT = 2_000
DICTIONNAIRES = {1: ("messages-1.txt", -15), 2: ("actes-1.txt", -12)}  # of the texts that a SQLite file keeps packed (ADR 0045)
LETTRE, DEPARTEMENT, PAYS = "[A-HJ-NP-TV-Z]", "(0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6])", "([1-7][0-9]?|[1-4][0-9]{2}|[567]00)"
# The French series as this revision knows them, their groups touching: an O or an I where none has a letter was typed for a digit.
SERIES = [
    re.compile(forme)
    for forme in (
        rf"WW(?!000)[0-9]{{3}}{LETTRE}{{2}}",
        rf"W(?!000)[0-9]{{3}}{LETTRE}{{2}}",
        rf"(?!SS){LETTRE}{{2}}(?!000)[0-9]{{3}}(?!SS){LETTRE}{{2}}",
        rf"{LETTRE}{{1,2}}[1-9][0-9]{{1,2}}{LETTRE}",
        rf"[UES]?{PAYS}(CMD|CD)[1-9][0-9]{{0,3}}(973)?[XZ]?",
        rf"{PAYS}C[1-9][0-9]{{0,2}}{DEPARTEMENT}[XZ]?",
        rf"[UES]{PAYS}K[1-9][0-9]{{0,2}}[XZ]?",
        rf"{PAYS}K[1-9][0-9]{{2,3}}[XZ]?",
        rf"[1-9][0-9]{{0,3}}({LETTRE}{{1,3}}|IT){DEPARTEMENT}",
        rf"{DEPARTEMENT}[DRNE][1-9][0-9]{{3}}[A-HJ-NP-Z]{{1,2}}",
        r"[0-9]{8}",
    )
]


def nue(immatriculation: str) -> str:
    """The letters and digits of a plate that was accepted."""
    lue = "".join(c for c in immatriculation.upper() if c.isalnum())
    for une in (lue, lue.replace("O", "0").replace("I", "1")):
        if any(forme.fullmatch(une) for forme in SERIES):
            return une
    return lue


def du_vehicule(texte: str | bytes) -> str:
    """The plate of a vehicle kept as JSON, packed or not; empty when it tells none."""
    try:
        return str(json.loads(texte if isinstance(texte, str) else deplier(texte))["immatriculation"])
    except (ValueError, TypeError, KeyError, IndexError, zlib.error):
        return ""


def deplier(garde: bytes) -> bytes:
    """The text that a SQLite file keeps packed."""
    nom, fenetre = DICTIONNAIRES[garde[0]]
    mots = files("fps.kit.data").joinpath("dictionaries", nom).read_bytes()
    return zlib.decompressobj(fenetre, zdict=mots).decompress(garde[1:])


def ecrire(nom: str, source: str, lire: Callable[[Any], str] = str) -> None:
    """Add the column `plaque` to a table, and write it from that of its plate."""
    op.add_column(nom, sa.Column("plaque", sa.Text(), nullable=True))
    base = op.get_bind()
    table = sa.table(nom, *(sa.column(c) for c in ("bac", "numero", source, "plaque")))
    c = table.c
    change = (
        sa.update(table)
        .where(c.bac == sa.bindparam("du_bac"), c.numero == sa.bindparam("du_numero"))
        .values(plaque=sa.bindparam("la_plaque", type_=sa.Text()))
    )
    apres: tuple[Any, Any] = ("", "")
    while lus := base.execute(
        sa.select(c.bac, c.numero, c[source]).where(sa.tuple_(c.bac, c.numero) > sa.tuple_(*apres)).order_by(c.bac, c.numero).limit(LOT)
    ).all():
        base.execute(change, [{"du_bac": bac, "du_numero": numero, "la_plaque": nue(lire(texte)) or None} for bac, numero, texte in lus])
        apres = (lus[-1][0], lus[-1][1])
