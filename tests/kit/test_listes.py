"""A list gives, page after page and in both directions, what its filters and its order say; on either engine it reads one narrow index."""

import json
import random
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from antai.domain.dossier import Dossier
from antai.store.dossiers import feuillet_dossiers, reprendre_plaques
from antai.store.tables import DOSSIERS as RECORD
from antai.store.tables import RANGEMENT as DOSSIERS
from collectivite.store import RANGEMENT as FORFAITS
from fps.droit.numero import jour_du_numero
from fps.kit.data import postgres, sqlite
from fps.kit.data.database import Database
from fps.kit.data.listes import Feuillet, Rangement, Recherche, _bornes, _Forme, _indices, _plafond, _requete, feuilleter
from fps.kit.data.opening import open_database
from fps.kit.data.packed import pack
from fps.kit.data.revisions import kit_0014
from fps.kit.data.sql import Insert, pg_type
from fps.kit.ground.faults import Malformed
from fps.messages.mfps import CreationFps
from fps.messages.plaques import normaliser, plaque_nue
from fps.parties import Party
from tests.kit.plans import _ddl, _rows

VILLES = ("21590350100017", "21750001600019")
ETATS = ("paye", "paye-minore", "transmis")
LUNDI = date(2024, 2, 26)  # the days go on over the 29th of February
FORFAIT = FORFAITS.table
PLACES = {c.name: i for i, c in enumerate(FORFAIT.columns)}
BAC = "b"


def ligne(rang: int, tirage: random.Random) -> tuple[Any, ...]:
    """A row whose values are often those of another."""
    jour = LUNDI + timedelta(tirage.randrange(8))
    numero = f"{tirage.choice(VILLES)}{jour.year % 100:02d}1{jour.timetuple().tm_yday:03d}{tirage.randrange(3):03d}{rang:03d}"
    connues = {
        "bac": BAC if rang % 10 else "autre",
        "numero": numero,
        "siret": numero[:14],
        "etat": tirage.choice(ETATS),
        "suite": tirage.choice(("aucune", "a-corriger")),
        "montant": tirage.choice((3_500, 3_500, 5_000)),
        "plaque": tirage.choice(("AB123CD", "AB129ZZ", "AB1Z", "AZ900AA", "ЖД12", "1234AB59")),
        "date_heure_constat": datetime(jour.year, jour.month, jour.day, 12, tirage.randrange(3), tzinfo=UTC),
    }
    return tuple(connues.get(c.name, _autre(c)) for c in FORFAIT.columns)


def _autre(colonne: Any) -> Any:
    if colonne.nullable:
        return None
    return {"timestamptz": datetime(2024, 1, 1, tzinfo=UTC), "bigint": 0, "boolean": False}.get(pg_type(colonne), "x")


LIGNES = [ligne(rang, random.Random(rang)) for rang in range(90)]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A database of each engine, empty."""
    return "sqlite+aiosqlite://" if request.param == "sqlite" else str(request.getfixturevalue("base_vide"))


@pytest_asyncio.fixture
async def base(url: str) -> AsyncIterator[Database]:
    found = open_database(url)
    await found.start(10)
    await found.create(FORFAIT.metadata)
    async with found.write() as tx:
        await tx.apply([Insert(FORFAIT, tuple(PLACES), LIGNES)])
    yield found
    await found.stop()


def recherches() -> Iterator[Recherche]:
    """What may be asked together, of each filter one value of each kind."""
    entier = LIGNES[1][PLACES["numero"]]
    ordres = [f"{sens}{nom}" for nom in ("numero", *FORFAITS.ordres) for sens in ("", "-")]
    filtres: tuple[dict[str, str], ...] = ({}, {"etat": "paye"}, {"suite": "a-corriger"}, {"etat": "paye", "suite": "a-corriger"})
    for tri, egaux, siret, numero, plaque, jours in product(
        ordres,
        filtres,
        (None, VILLES[0]),
        (None, VILLES[0][:3], VILLES[0] + "24", entier),
        (None, "AB1", "AB129ZZ", "AZ9", "ЖД", "Z"),
        ((None, None), (LUNDI + timedelta(2), None), (LUNDI, LUNDI + timedelta(4))),
    ):
        if "suite" not in egaux or (plaque is None and tri.lstrip("-") == "numero"):
            yield Recherche(tri, egaux, siret, numero, plaque, jours[0], jours[1], limite=4)


def attendues(r: Recherche) -> list[str]:
    """The numbers that a search finds, as Python finds them."""

    def garde(row: tuple[Any, ...]) -> bool:
        v = {nom: row[place] for nom, place in PLACES.items()}
        jour = jour_du_numero(v["numero"])
        return (
            v["bac"] == BAC
            and all(v[nom] == valeur for nom, valeur in r.egaux.items())
            and v["numero"].startswith(r.siret or "")
            and v["numero"].startswith(r.numero or "")
            and v["plaque"].startswith(r.plaque or "")
            and (r.du is None or jour >= r.du)
            and (r.au is None or jour <= r.au)
        )

    nom = r.tri.lstrip("-")
    place = PLACES[FORFAITS.colonnes.get(nom, nom)]
    rangees = sorted(filter(garde, LIGNES), key=lambda row: (row[place], row[PLACES["numero"]]), reverse=r.tri.startswith("-"))
    return [row[PLACES["numero"]] for row in rangees]


async def pages(base: Database, r: Recherche, champ: str) -> list[list[str]]:
    """The pages of a list, from one end to the other: `apres` goes on, `avant` comes back."""
    found: list[list[str]] = []
    while True:
        async with base.read() as tx:
            trouve = await feuilleter(tx, BAC, FORFAITS, r)
        lus = [row[PLACES["numero"]] for row in trouve.lignes]
        found.append(lus)
        place = trouve.suivant if champ == "apres" else trouve.precedent
        if place is None or len(found) > len(LIGNES):
            return found
        r = replace(r, apres=place, avant="") if champ == "apres" else replace(r, apres="", avant=place)


async def test_the_pages_of_a_list_are_what_was_asked_in_both_directions(base: Database) -> None:
    toutes = list(recherches())
    trouvees = 0
    for r in random.Random(7).sample(toutes, 120):
        bonnes = attendues(r)
        allees = await pages(base, r, "apres")
        assert [n for page in allees for n in page] == bonnes, r
        assert all(len(page) == r.limite for page in allees[:-1]) and (allees[-1] or len(allees) == 1), r
        trouvees += len(bonnes)
        if len(allees) > 1:
            place = await _place(base, r, len(allees) - 2)  # the last page again, from what precedes it, and back from it
            async with base.read() as tx:
                milieu = await feuilleter(tx, BAC, FORFAITS, replace(r, apres=place))
            assert milieu.suivant is None and milieu.precedent is not None, r
            retour = await pages(base, replace(r, avant=milieu.precedent), "avant")
            assert [n for page in reversed(retour) for n in page] == bonnes[: -len(allees[-1])], r
    assert trouvees > 300


async def _place(base: Database, r: Recherche, rang: int) -> str:
    place = ""
    for _ in range(rang + 1):
        async with base.read() as tx:
            place = (await feuilleter(tx, BAC, FORFAITS, replace(r, apres=place))).suivant or ""
    return place


@pytest.mark.parametrize(
    ("tri", "place"),
    [
        ("numero", f"3500~{LIGNES[1][1]}"),
        ("numero", "2"),
        ("montant", str(LIGNES[1][1])),
        ("montant", f"{'9' * 20}~{LIGNES[1][1]}"),
        ("-montant", f"1e3~{LIGNES[1][1]}"),
        ("constat", f"2024-02-26T12:00:00~{LIGNES[1][1]}"),
        ("constat", f"0001-01-01T00:00:00+14:00~{LIGNES[1][1]}"),
        ("etat", f"payé~{LIGNES[1][1]}"),
        ("etat", f"~{LIGNES[1][1]}"),
    ],
)
async def test_a_place_of_another_list_is_refused_by_its_name(tri: str, place: str, base: Database) -> None:
    for champ in ("apres", "avant"):
        with pytest.raises(Malformed) as told:
            async with base.read() as tx:
                await feuilleter(tx, BAC, FORFAITS, Recherche(tri, **{champ: place}))  # type: ignore[arg-type]
        assert [(e["code"], e["champ"]) for e in told.value.erreurs] == [("valeur-invalide", champ)]


# ------------------------------------------------------------------------------------------------------ what the engines mean to do


def formes(rangement: Rangement) -> Iterator[tuple[_Forme, bool]]:
    """Every statement that may be asked, and whether what it finds is few: sorted, and not read in the order of an index."""
    deux = (False, True)
    groupes: list[tuple[str, ...]] = [(), *((e,) for e in rangement.exacts)]
    for nom, egaux, prefixe, plaque in product(("numero", *rangement.ordres), groupes, (0, 14, 26), (0, 3)):
        colonne = rangement.colonnes.get(nom, nom)
        if "suite" in egaux and (plaque or nom != "numero"):
            continue
        for descend, plafond, du, au, borne in product(deux, deux if plaque else (False,), deux, deux, deux):
            yield _Forme(colonne, descend, egaux, prefixe, plaque, plafond, du, au, borne, 51), bool(plaque) or prefixe == 26


RANGEMENTS = {Party.COLLECTIVITE: FORFAITS, Party.ANTAI: DOSSIERS}


@pytest.mark.parametrize("party", RANGEMENTS)
def test_sqlite_reads_a_list_in_one_index_and_sorts_nothing_but_the_dossiers_of_a_plate(party: Party) -> None:
    rangement, faux = RANGEMENTS[party], []
    base = sqlite3.connect(":memory:")
    for ddl in _ddl(party, sqlite.DIALECT):
        base.execute(ddl)
    for forme, peu in random.Random(5).sample([*formes(rangement)], 200):
        sql = sqlite._compiled(_requete(rangement.table, _indices(rangement), forme))[0]
        plan = [row[3] for row in base.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?"))]
        lu = plan[0].startswith(f"SEARCH {rangement.table.name} USING COVERING INDEX ") and "(bac=?" in plan[0]
        seul = forme.prefixe == 26 and "numero=?" in plan[0]
        trie = len(plan) > 1 and "TEMP B-TREE" in plan[1]
        if not (lu or seul) or (trie and not peu) or len(plan) > 2 or (forme.plaque and not seul and "(plaque,numero)>(" not in plan[0]):
            faux.append((forme, plan))
    base.close()
    assert faux == []


LECTURE = {"Limit", "Result", "Index Only Scan", "Index Scan"}  # « only » once the database has tidied the table
TRI = {"Sort", "Incremental Sort", "Bitmap Heap Scan", "Bitmap Index Scan"}


async def test_postgresql_does_the_same(base_vide: str) -> None:
    faux = []
    connection = await asyncpg.connect(base_vide.replace("+asyncpg", ""), server_settings=postgres.SERVER)
    try:
        for party, rangement in RANGEMENTS.items():
            nom = rangement.table.name
            await connection.execute(
                f"DROP SCHEMA IF EXISTS listes_{party} CASCADE; CREATE SCHEMA listes_{party}; SET search_path TO listes_{party}"
            )
            rows = [one.replace("generate_series(1, 300)", "generate_series(1, 20000)") for one in _rows(party) if f"INTO {nom} " in one]
            await connection.execute(";".join([*_ddl(party, postgres.DIALECT), *rows]))
            await connection.execute(f"VACUUM ANALYZE {nom}")
            for forme, peu in random.Random(3).sample([*formes(rangement)], 80):
                sql, noms, _ = postgres._compiled(_requete(rangement.table, _indices(rangement), forme))
                values = f"({', '.join(['NULL'] * len(noms))})" if noms else ""
                await connection.execute(f"PREPARE asked AS {sql}")
                plan = json.loads(await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked{values}"))[0]["Plan"]
                await connection.execute("DEALLOCATE asked")
                pas = [*_pas(plan)]
                lus = [un.get("Index Cond", "") for un in pas if "Index Name" in un]
                entre_deux = bool(forme.prefixe)  # two bounds of one text: few in so small a table, it believes
                permis = LECTURE | (TRI if peu or entre_deux else set())
                if len(lus) != 1 or "bac" not in lus[0] or not {un["Node Type"] for un in pas} <= permis:
                    faux.append((forme, json.dumps(plan)))
    finally:
        await connection.close()
    assert faux == []


def _pas(plan: Any) -> Iterator[Any]:
    yield plan
    for un in plan.get("Plans", []):
        yield from _pas(un)


def test_the_bounds_of_a_list_hold_what_they_are_for() -> None:
    assert [_plafond(p) for p in ("AB1", "AB9", "AZ", "ZZ", "ЖД", "Z1")] == ["AB2", "ABA", "B", None, None, "Z2"]
    bornes = _bornes(date(2024, 1, 1), date(2024, 1, 31))
    assert bornes["des"] < datetime(2023, 12, 31, 10, tzinfo=UTC) and bornes["jusque"] > datetime(2024, 2, 1, 13, tzinfo=UTC)


async def test_a_plate_of_before_is_found_as_those_of_today() -> None:
    """What a database held at an earlier revision, packed or not, and what an export of then brings."""
    for ecrite in ("AB-123-CD", "ab o12 cd", "1234 AB 59", "B-NO 12", "WW-123-AB", "ЖД 12", "100 CD 20"):
        vehicule = json.dumps({"immatriculation": normaliser(ecrite), "marque": "une marque assez longue pour être gardée serrée"})
        assert isinstance(pack(vehicule), bytes)
        for garde in (vehicule, pack(vehicule)):
            assert kit_0014.nue(kit_0014.du_vehicule(garde or "")) == plaque_nue(ecrite), ecrite
    assert [kit_0014.du_vehicule(faux) for faux in ("x", "{}", b"", b"\x09abc", b"\x01abc")] == [""] * 5
    ancien = Dossier.ouvrir(CreationFps.exemplaire(), LUNDI)
    ancien.plaque = None
    found = open_database("sqlite+aiosqlite://")
    await found.start(10)
    await found.create(DOSSIERS.table.metadata)
    async with found.write() as tx:
        await tx.apply([Insert(DOSSIERS.table, RECORD.columns, [RECORD.row(BAC, ancien)])])
        await reprendre_plaques(tx, BAC)
        trouves, _ = await feuillet_dossiers(tx, BAC, Recherche(plaque=plaque_nue(ancien.immatriculation)))
        for jours in ({"du": date(2150, 1, 1)}, {"au": date(1950, 1, 1)}):  # days that no number bears
            assert await feuillet_dossiers(tx, BAC, Recherche(**jours)) == ([], Feuillet((), None, None))  # type: ignore[arg-type]
    await found.stop()
    assert [d.numero for d in trouves] == [ancien.numero]
