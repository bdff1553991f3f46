"""The cost of a batch: a day of the first life takes as many statements for fifty dossiers as for five."""

import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import date

import pytest

from antai.app import DEFINITION as ANTAI
from dgfip.app import DEFINITION as DGFIP
from fps.droit.numero import NumeroFps, telepaiement, telepaiement_titre
from fps.kit.boxes.sonnette import Boites
from fps.kit.data.opening import open_database
from fps.kit.engine import bacs
from fps.kit.engine.definition import Definition
from fps.kit.engine.service import Receipt, Service
from fps.kit.ground.clock import Marche, paris, wall_now
from fps.kit.ground.settings import Settings
from fps.kit.trust.identity import Trust
from fps.kit.trust.pki import ephemere
from fps.kit.wire.envelope import Letter
from fps.messages.message import Message
from fps.messages.mfps import CreationFps
from fps.messages.paiement import PaiementFps, PaiementTitre
from fps.messages.titre import EmissionTitre

RECU = date(2026, 6, 28)


async def ouvrir(definition: Definition, le: date) -> Service:
    service = Service(
        definition, Settings(database_url="sqlite+aiosqlite://"), open_database("sqlite+aiosqlite://"), [Trust(ephemere()), Boites()]
    )
    await service.start()
    await bacs.create(service, "essai", "graine", Marche.FIGE, paris(le))
    return service


async def recevoir(service: Service, messages: list[Message]) -> int:
    """Hand letters over; gives the number of statements it took."""
    now, before = wall_now(), service.database.statements
    letters = [
        (Letter(f"{m.type}/{m.sujet}", "essai", m.type, "/services/antai", m.sujet, 1, ECRITES, now, m.model_dump_json()), m)
        for m in messages
    ]
    results = await service.receive(letters)
    assert all(isinstance(r, Receipt) and r.outcome == "recu" for r in results), results
    return service.database.statements - before


ECRITES = paris(date(2020, 1, 1))  # before the date of every bac here


async def vivre(service: Service, le: date, nombre: int) -> int:
    """Live a day on which every dossier has something to do; gives the number of statements it took."""
    await bacs.set_clock(service, "essai", paris(le))
    before = service.database.statements
    assert await service.live("essai") == nombre
    return service.database.statements - before


def numeros(nombre: int) -> Iterator[str]:
    for ordre in range(1, nombre + 1):
        yield str(NumeroFps.composer("21590350100017", date(2026, 6, 12), autorite=1, dispositif=72, ordre=ordre))


def creation(numero: str) -> Message:
    corps = {**CreationFps.example, "numero_fps": numero, "cle": telepaiement(numero)[26:]}
    return CreationFps.model_validate_json(json.dumps(corps))


def paiement(numero: str) -> Message:
    return PaiementFps(numero_telepaiement=telepaiement(numero), immatriculation="AB-123-CD", moyen="internet", montant=3000)


async def une_annee_a_l_antai(nombre: int) -> list[int]:
    service = await ouvrir(ANTAI, RECU)
    found = [await recevoir(service, [creation(n) for n in numeros(nombre)])]
    found += [await vivre(service, jour, nombre) for jour in (date(2026, 6, 29), date(2026, 7, 5))]
    moitie = list(numeros(nombre))[: nombre // 2]
    found.append(await recevoir(service, [paiement(n) for n in moitie]))
    found += [await vivre(service, jour, nombre - len(moitie)) for jour in (date(2026, 10, 6), date(2026, 10, 16))]
    await service.stop()
    return found


async def une_annee_a_la_dgfip(nombre: int) -> list[int]:
    service = await ouvrir(DGFIP, date(2026, 10, 5))
    modele, liste = EmissionTitre.exemplaire(), list(numeros(nombre))
    titres: list[Message] = [modele.model_copy(update={"numero_fps": n, "rang_annexe": i}) for i, n in enumerate(liste, 1)]
    found = [await recevoir(service, titres), await vivre(service, date(2026, 10, 12), nombre)]
    payes: list[Message] = [
        PaiementTitre(numero_fps=n, numero_telepaiement=telepaiement_titre(modele.numero_titre, i), moyen="internet", montant=6400)
        for i, n in enumerate(liste, 1)
    ]
    found.append(await recevoir(service, payes))
    await service.stop()
    return found


@pytest.mark.parametrize("annee", [une_annee_a_l_antai, une_annee_a_la_dgfip])
async def test_the_statements_of_a_batch_do_not_depend_on_its_size(annee: Callable[[int], Awaitable[list[int]]]) -> None:
    assert await annee(6) == await annee(60)
