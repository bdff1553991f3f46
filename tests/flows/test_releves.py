"""The statement of a bac, as each service gives it: the same by small pages or at once, whole, and true."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from fps.confiance.habilitation import EtatHabilitation, Habilitation
from fps.kit.data import tables
from fps.kit.data.sql import Upsert
from fps.kit.engine.work import Work
from fps.parties import SERVICES, Party
from fps.releves import PARTIES, Dossier, Releve
from fps_simulateur.joueur import jouer
from fps_simulateur.langue.modele import catalogue
from fps_simulateur.pilote.world import World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
BAC = "precompte-reporte-sur-les-mois-suivants"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    """Two dossiers whose money goes everywhere."""
    async with open_world(token="essai") as opened:
        await jouer(opened, next(vie for vie in catalogue() if vie.vie == BAC), BAC)
        yield opened


async def lire(world: World, party: Party, reste: str = "", **params: Any) -> Any:
    return (await world.pilot._call(party, "GET", f"/bacs/{BAC}/releve{reste}", params=params)).json()


@pytest.mark.parametrize("party", SERVICES, ids=str)
@pytest.mark.parametrize(("reste", "liste"), [("/dossiers", "dossiers"), ("/entrees", "lignes")])
async def test_the_pages_of_a_statement_one_by_one_are_the_whole(world: World, party: Party, reste: str, liste: str) -> None:
    entier = await lire(world, party, reste, limite=1_000)
    assert entier["suivant"] is None
    trouves: list[Any] = []
    params: dict[str, Any] = {}
    for _ in range(100):
        page = await lire(world, party, reste, limite=1, **params)
        assert len(page[liste]) <= 1
        trouves += page[liste]
        if page["suivant"] is None:
            break
        params = {"apres": page["suivant"]}
    assert trouves == entier[liste]


@pytest.mark.parametrize("party", SERVICES, ids=str)
async def test_the_whole_is_the_sum_of_its_dossiers(world: World, party: Party) -> None:
    du_bac, du_dossier = PARTIES[party]
    releve = Releve[du_bac].model_validate(await lire(world, party))  # type: ignore[valid-type]
    lus = (await lire(world, party, "/dossiers"))["dossiers"]
    dossiers = [Dossier[du_dossier].model_validate(d) for d in lus]  # type: ignore[valid-type]
    soldes: dict[str, int] = {}
    for dossier in dossiers:
        for compte, solde in dossier.soldes.items():
            soldes[compte] = soldes.get(compte, 0) + solde
    assert soldes == releve.soldes and sum(soldes.values()) == 0
    assert len(dossiers) == len({d.sujet for d in dossiers})
    courriers = [x for d in dossiers for x in d.lettres if x.sort == "courrier"]
    assert len(courriers) == releve.lettres.courriers
    assert sum(len(d.echeances) for d in dossiers) == releve.echeances.en_attente


async def test_each_service_gives_its_part(world: World) -> None:
    ville, antai, dgfip = [(await lire(world, p))["partie"] for p in (Party.COLLECTIVITE, Party.ANTAI, Party.DGFIP)]
    assert sum(ville["forfaits"].values()) == sum(antai["dossiers"].values()) == sum(dgfip["titres"].values()) == 2
    assert antai["montant"] == dgfip["montant_impaye"] and dgfip["montant_paye"] == antai["montant_paye"]
    assert [mois["mois"] for mois in dgfip["reversements"]] and all(mois["verse_le"] for mois in dgfip["reversements"])


async def test_a_failed_day_and_a_dead_letter_are_in_the_statement(world: World) -> None:
    sujet = (await lire(world, Party.ANTAI, "/dossiers"))["dossiers"][0]["sujet"]
    service = world.services[Party.ANTAI].service
    avant = (await lire(world, Party.ANTAI))["echeances"]["enterrees"]
    async with service.reading(BAC) as lecture:
        le = lecture.batch.wall
    row = (BAC, f"{sujet}/relance", "echeance", "relance", sujet, "ValueError()", "{}", le)
    async with service.database.write() as tx:
        await tx.apply([Upsert(tables.dead_letters, tuple(tables.dead_letters.columns.keys()), [row])])
    assert (await lire(world, Party.ANTAI))["echeances"]["enterrees"] == avant + 1
    [dossier] = [d for d in (await lire(world, Party.ANTAI, "/dossiers"))["dossiers"] if d["mortes"]]
    assert (dossier["sujet"], dossier["mortes"][0]["sens"], dossier["mortes"][0]["cause"]) == (sujet, "echeance", "ValueError()")


async def test_each_change_of_a_certificate_is_a_line_of_what_came(world: World) -> None:
    siret = (await lire(world, Party.DGFIP, "/dossiers"))["dossiers"][0]["sujet"][:14]
    service = world.services[Party.DGFIP].service

    async def desactiver(work: Work) -> None:
        found = await work.find(Habilitation, "service:collectivite", siret)
        assert found is not None
        found.etat = EtatHabilitation.DESACTIVEE

    await service.ask(BAC, desactiver)
    ligne = (await lire(world, Party.DGFIP, "/entrees"))["lignes"][-1]
    assert (ligne["quoi"], ligne["certificat"], ligne["siret"], ligne["etat"]) == (
        "certificat",
        "service:collectivite",
        siret,
        "desactivee",
    )
    [pose] = [c for c in (await lire(world, Party.DGFIP))["certificats"] if c["siret"] == siret]
    assert pose["etat"] == "desactivee"
