"""A bac of 100,000 dossiers in a minute: some lives of a town are played, and their rows copied under other numbers and other plates."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from benchmarks.donnees import plaque
from benchmarks.embedded import RUE
from benchmarks.figures import expect
from fps.kit.data import tables
from fps.kit.data.sql import Insert
from fps.parties import Party
from fps.villes.catalogue import par_nom
from fps_simulateur.pilote.world import DEFINITIONS, World
from fps_simulateur.population import marche
from fps_simulateur.population.parametres import livres
from fps_simulateur.population.rue import Periode

BAC: Final = "grand"
COPIES: Final = 999  # of one life, at most: three digits of its number tell them apart
DU_KIT: Final = (tables.journal, tables.chains, tables.courriers, tables.deadlines)
LOT: Final = 100  # copies of one life that are written at once


async def peupler(monde: World, combien: int, jours: int) -> list[str]:
    """Play some lives and copy them until the bac has so many dossiers; gives the numbers of those that were played."""
    vies = min(combien, max(1, combien // (COPIES + 1)))
    joues = await marche.jouer(
        monde, BAC, marche.Marche(par_nom()["lille"], "42", vies, Periode(RUE, RUE + timedelta(days=jours)), livres())
    )
    expect("FPS established", len(joues), vies)
    page = await monde.client.get(f"{monde.addresses[Party.COLLECTIVITE]}/bacs/{BAC}/fps", params={"limite": 500})
    elements = page.json()["elements"]
    connus = {un["numero"]: un["vehicule"]["immatriculation"] for un in elements}
    for party, un in monde.services.items():
        base = un.service.database
        for table in (*DU_KIT, *DEFINITIONS[party].metadata.sorted_tables):
            cle = next((nom for nom in ("subject", "numero", "numero_fps") if nom in table.primary_key.columns or nom == "subject"), "")
            if cle not in table.columns:
                continue
            async with base.read() as tx:
                lues = await tx.select(select(table).where(table.c.bac == BAC, table.c[cle].in_([*connus])))
            noms = [c.name for c in table.columns]
            garde = [i for i, nom in enumerate(noms) if nom != "position"]
            for depuis in range(1, combien // vies, LOT):
                copies = range(depuis, min(depuis + LOT, combien // vies))
                rows = [tuple(copie[i] for i in garde) for row in lues for copie in _copies(row, noms, cle, connus, copies, [*connus])]
                async with base.write() as tx:
                    await tx.apply([Insert(table, tuple(noms[i] for i in garde), rows)])
    return [*connus]


def _copies(row: Any, noms: list[str], cle: str, connus: dict[str, str], copies: range, rangs: list[str]) -> Iterator[list[Any]]:
    """A row under other numbers, and what it says of the vehicle under other plates."""
    numero = row[noms.index(cle)]
    vieille = connus[numero]
    nue = vieille.replace("-", "")
    touches = [i for i, v in enumerate(row) if isinstance(v, str) and (numero in v or vieille in v or nue in v)]
    rang = rangs.index(numero)
    for copie in copies:
        neuf, autre = f"{numero[:16]}9{numero[17:20]}{copie:03d}{rang:03d}", plaque(rang * 1_000 + copie)
        found = list(row)
        for i in touches:
            found[i] = row[i].replace(numero, neuf).replace(vieille, autre).replace(nue, autre.replace("-", ""))
        if "id" in noms:
            found[noms.index("id")] = f"{row[noms.index('id')]}-{copie}"
        yield found
