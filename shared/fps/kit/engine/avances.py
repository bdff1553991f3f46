"""One advance of a bac at a time: who moves it says so here, and says again that it is alive; a dead one is succeeded."""

import json
from datetime import datetime, timedelta
from typing import Any

from fps.errors import Conflit
from fps.kit.data import tables
from fps.kit.data.sql import Delete, Upsert
from fps.kit.engine import bacs
from fps.kit.engine.service import Service
from fps.kit.ground.clock import PARIS, wall_now
from fps.kit.web.keys import check_key, reused
from fps.kit.wire.envelope import canonical, digest

PATIENCE = timedelta(seconds=15)  # an advance that said nothing for so long is dead
COLUMNS = tuple(tables.avances.columns.keys())


class AvanceEnCours(Conflit):
    """Quelqu'un avance déjà ce bac"""

    code = "avance-en-cours"
    que_faire = (
        "Attendez la fin de cette avance, puis recommencez ; si elle a été tuée, recommencez dans quinze secondes : elle sera reprise."
    )


async def prendre(service: Service, nom: str, jeton: str, qui: str, cible: datetime) -> None:
    """Take the bac, or say again that one is at work; raises BacInconnu, AvanceEnCours with who is."""
    now = wall_now()
    async with service.database.write() as tx:
        await bacs.find(tx, nom)
        rows = await tx.load(tables.avances, [(nom,)])
        prise_le = now
        if rows:
            _, autre, lui, sa_cible, prise_le, vue_le = rows[0]
            if autre != jeton and now - vue_le < PATIENCE:
                depuis = f"depuis {prise_le.astimezone(PARIS):%H:%M:%S}"
                raise AvanceEnCours(f"« {nom} » : {lui}, {depuis}, jusqu'au {sa_cible.astimezone(PARIS):%d/%m/%Y %H:%M}.")
            prise_le = prise_le if autre == jeton else now
        await tx.apply([Upsert(tables.avances, COLUMNS, [(nom, jeton, qui, cible, prise_le, now)])])


async def rendre(service: Service, nom: str, jeton: str) -> None:
    """Leave the bac; nothing when somebody else has it now."""
    async with service.database.write() as tx:
        rows = await tx.load(tables.avances, [(nom,)])
        if rows and rows[0][1] == jeton:
            await tx.apply([Delete(tables.avances, ("bac",), [(nom,)])])


async def garder(service: Service, nom: str, cle: str, demande: str, contenu: dict[str, Any]) -> dict[str, Any]:
    """What is known of an advance that carries this key, with what is said now; what was said first stays. Raises Malformed, BacInconnu."""
    table = tables.reponses_gardees
    at, mark = (nom, digest(f"avance\n{check_key(cle)}")), digest(demande)
    async with service.database.write() as tx:
        await bacs.find(tx, nom)
        rows = await tx.load(table, [at])
        if rows and rows[0][2] != mark:
            raise reused()
        known: dict[str, Any] = contenu | (json.loads(rows[0][3]) if rows else {})
        if known:
            await tx.apply([Upsert(table, tuple(table.columns.keys()), [(*at, mark, canonical(known), wall_now())])])
    return known
