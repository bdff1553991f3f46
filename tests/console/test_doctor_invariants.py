"""One row altered in the database of a service, in a copy of a world: the doctor names the act; the world it was copied from is well."""

import gc
import json
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import date
from itertools import count
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import delete, select, update

from fps.confiance.habilitation import EtatHabilitation, Habilitation
from fps.kit.data.database import Transaction
from fps.kit.data.sql import Insert
from fps.kit.data.tables import courriers, ecritures, habilitations
from fps.kit.engine.work import Work
from fps.kit.ground.clock import paris
from fps.parties import LIBELLES, Party
from fps.villes.catalogue import connues
from fps_console.commandes.doctor import Report, _invariants
from fps_simulateur import auscultation
from fps_simulateur.invariants import INVARIANTS
from fps_simulateur.joueur import jouer
from fps_simulateur.langue.modele import catalogue
from fps_simulateur.pilote.world import World, open_world
from tests.console.simulator import DEMANDE, VEHICULE

pytestmark = pytest.mark.asyncio(loop_scope="module")
COMPTES, JUGE = "precompte-reporte-sur-les-mois-suivants", "decharge-totale-du-titre"
COPIES = count(1)
Place = tuple[str, str, int]  # bac, subject, rang


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    """The four services, and two lives: one whose money goes everywhere, one that goes to court."""
    async with open_world(token="essai") as opened:
        for vie in catalogue():
            if vie.vie in (COMPTES, JUGE):
                await jouer(opened, vie, vie.vie)
        yield opened


@pytest.fixture(autouse=True)
def un_a_un(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dossiers are read one by one: whatever the size of a bac, no more of it is held than this."""
    monkeypatch.setattr(auscultation, "TRANCHE", 1)


async def copie(world: World, source: str) -> str:
    nom = f"copie-{next(COPIES)}"
    await world.pilot.copier(source, nom)
    return nom


async def ausculter(world: World, bac: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """What the doctor counts as wrong, and what it says."""
    report = Report()
    await _invariants(report, world.pilot, await world.pilot.etat(bac))
    return report.wrong, capsys.readouterr().out


def lignes(place: Place) -> Any:
    return (ecritures.c.bac == place[0]) & (ecritures.c.subject == place[1]) & (ecritures.c.rang == place[2])


async def montant(tx: Transaction, place: Place) -> None:
    assert await tx.execute(update(ecritures).where(lignes(place), ecritures.c.debit > 0).values(debit=ecritures.c.debit + 1))


async def compte(tx: Transaction, place: Place) -> None:
    assert await tx.execute(update(ecritures).where(lignes(place), ecritures.c.debit > 0).values(compte="indus"))


async def manquante(tx: Transaction, place: Place) -> None:
    assert await tx.execute(delete(ecritures).where(lignes(place)))


async def doublee(tx: Transaction, place: Place) -> None:
    rows = await tx.select(select(ecritures).where(lignes(place)))
    again = [(*row[:3], row[3] + len(rows), *row[4:]) for row in rows]
    await tx.apply([Insert(ecritures, tuple(ecritures.columns.keys()), again)])


@pytest.mark.parametrize("party", [Party.COLLECTIVITE, Party.ANTAI, Party.DGFIP], ids=str)
@pytest.mark.parametrize("alterer", [montant, compte, manquante, doublee], ids=lambda f: f.__name__)
async def test_the_doctor_names_the_entry_that_was_altered_in_a_copy(
    world: World, party: Party, alterer: Callable[[Transaction, Place], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    bac = await copie(world, COMPTES)
    assert (await ausculter(world, bac, capsys))[0] == 0
    async with world.services[party].service.database.write() as tx:
        found = await tx.select(select(ecritures.c.subject, ecritures.c.rang, ecritures.c.libelle).where(ecritures.c.bac == bac))
        sujet, rang, libelle = max(found, key=lambda row: row[1])
        await alterer(tx, (bac, sujet, rang))
    wrong, told = await ausculter(world, bac, capsys)
    assert wrong == 1 and f"— écriture « {libelle} », {LIBELLES[party]}, {sujet}, rang {rang}, " in told, told
    assert "invariant 5" in told and "fps bac exporter" in told
    wrong, told = await ausculter(world, COMPTES, capsys)
    assert wrong == 0 and told.startswith(f"  ok     Bac « {COMPTES} » : les {len(INVARIANTS)} invariants tiennent (limite gardée, "), told


async def test_the_doctor_names_the_letter_of_the_court_that_exists_twice(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    bac = await copie(world, JUGE)
    async with world.services[Party.CCSP].service.database.write() as tx:
        rows = await tx.select(select(courriers).where(courriers.c.bac == bac))
        assert rows
        again = (rows[-1][0], "une-autre", *rows[-1][2:])
        await tx.apply([Insert(courriers, tuple(courriers.columns.keys()), [again])])
    wrong, told = await ausculter(world, bac, capsys)
    assert wrong == 1 and "invariant 9" in told and "existe deux fois" in told and LIBELLES[Party.CCSP] in told, told
    assert (await ausculter(world, JUGE, capsys))[0] == 0


async def test_the_doctor_names_the_certificate_that_came_back_by_itself(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A collectivité deactivates a certificate; the database then says that it is active."""
    bac = await copie(world, JUGE)
    service = world.services[Party.CCSP].service

    async def desactiver(work: Work) -> None:
        poses = [await work.find(Habilitation, "service:collectivite", ville.siret) for ville in connues()]
        assert poses and all(poses)
        for pose in poses:
            assert pose is not None
            pose.etat = EtatHabilitation.DESACTIVEE

    await service.ask(bac, desactiver)
    assert (await ausculter(world, bac, capsys))[0] == 0
    async with service.database.write() as tx:
        assert await tx.execute(update(habilitations).where(habilitations.c.bac == bac).values(etat="active"))
    wrong, told = await ausculter(world, bac, capsys)
    assert wrong and "invariant 8" in told and "son dernier acte le laisse « desactivee »" in told and LIBELLES[Party.CCSP] in told, told


async def test_the_doctor_names_a_fps_whose_last_act_antai_has_refused(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    entiere = next(vie for vie in catalogue() if vie.vie == "decharge-refusee-par-l-antai")
    renvoi = next(i for i, etape in enumerate(entiere.etapes) if etape.acte == "renvoyer un acte refusé")
    vie = entiere.model_copy(update={"vie": "acte-refuse", "etapes": entiere.etapes[:renvoi]})
    deroulement = await jouer(world, vie, vie.vie)
    faux, dit = await ausculter(world, vie.vie, capsys)
    assert faux == 1 and "refusé par l'ANTAI" in dit and deroulement.mots["numero"] in dit and "suite=a-corriger" in dit


async def test_four_times_more_dossiers_need_no_more_memory_to_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auscultation, "TRANCHE", 5)  # as small as these dossiers are few
    pics: dict[int, int] = {}
    gc.collect()
    gc.freeze()  # what the other tests keep is not swept at each page
    async with open_world(token="essai") as world:
        for nombre in (20, 30, 120):  # the first one: what is made once, at the first use
            bac = f"memoire-{nombre}"
            await world.pilot.creer(bac, paris(date(2026, 6, 12)), vierge=False)
            lignes = [{**DEMANDE, "vehicule": {**VEHICULE, "immatriculation": f"EF-{n + 1:03d}-GA"}} for n in range(nombre)]
            corps, genre = "\n".join(map(json.dumps, lignes)), {"Content-Type": "application/x-ndjson"}
            adresse = f"{world.addresses[Party.COLLECTIVITE]}/bacs/{bac}/fps/lot"
            assert (await world.client.post(adresse, content=corps, headers=genre)).status_code == 200
            await world.pilot.avancer(bac, paris(date(2026, 6, 13)))
            vus, tenus = Counter[Party](), list[int]()

            def voir(tranche: auscultation.Tranche, vus: Counter[Party] = vus, tenus: list[int] = tenus) -> None:
                gc.collect()  # what nothing holds any more is not counted
                tenus.append(tracemalloc.get_traced_memory()[0])
                vus.update({party: len(dossiers) for party, dossiers in tranche.items()})

            gc.collect()
            tracemalloc.start()
            try:
                assert (await auscultation.ausculter(world.pilot, bac, voir)).ruptures == []
                pics[nombre] = max(tenus)
            finally:
                tracemalloc.stop()
            assert vus[Party.ANTAI] == vus[Party.COLLECTIVITE] == nombre
    assert pics[120] < pics[30] * 1.6, pics  # were the pages kept: seven times more
