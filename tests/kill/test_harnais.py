"""The harness itself: it finds nothing where nothing is wrong, and finds each thing that could be."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any, cast

import httpx
import pytest

from fps.kit.ground.clock import paris
from fps.kit.trust.pki import Pki
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.kill import client, comptes, nemesis
from tests.kill.abonnes import POUSSEE, Abonnes
from tests.kill.client import Insistant
from tests.kill.comptes import Ligne, Tables
from tests.kill.editeur import Editeur, base
from tests.kill.fil import Fil, tendre
from tests.kill.foule import CHOISIES, Foule, depart
from tests.parler.exports import monde_exporte
from tests.parler.mondes import Monde, Process, free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")
VIES = 2


async def jouee(world: World, joueur: httpx.AsyncClient, bac: str, graine: int, vies: int = VIES) -> tuple[Foule, Tables]:
    """A bac that was played, and its rows."""
    await world.pilot.creer(bac, paris(depart(vies)), graine="kill")

    async def avancer(nom: str, jusqua: datetime) -> None:
        await world.pilot.avancer(nom, jusqua)

    foule = Foule(Monde(joueur, world.addresses, world.pilot), bac, vies, avancer, Random(graine))
    await foule.jouer()
    assert foule.faux == []
    export = await monde_exporte(world, bac)
    return foule, {
        Party(service): {nom: [dict(zip(x["colonnes"], row, strict=True)) for row in x["lignes"]] for nom, x in content["tables"].items()}
        for service, content in export.items()
    }


async def test_doubled_and_late_requests_change_nothing_and_what_is_lost_or_doubled_is_found(
    monde: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, share in (("COUPEE", 0.0), ("DOUBLEE", 0.5), ("TARDIVE", 0.5), ("TARD", 0.4)):
        monkeypatch.setattr(client, name, share)
    transport, headers = monde.client._transport, {"Authorization": f"Bearer {monde.pilot.token}"}
    temoin, calme = await jouee(monde, monde.client, "kill-calme", 0)
    insistant = Insistant(Random(5), transport=transport, headers=headers)
    foule, vu = await jouee(monde, insistant, "kill-coups", 1)
    await insistant.finir()
    assert insistant.anomalies == []
    assert min(insistant.comptes["doublées"], insistant.comptes["tardives"]) > 0
    assert [list(comptes.fautes(rows)) for rows in (calme, vu)] == [[], []]
    assert len(vu[Party.COLLECTIVITE]["forfaits"]) == foule.dossiers
    reference = comptes.signature(calme, temoin.noms())
    assert comptes.ecarts(reference, comptes.signature(vu, foule.noms())) == []
    for abime, mot in ABIMES:
        faux = copie(vu)
        abime(faux)
        assert any(mot in one for one in comptes.fautes(faux)), mot
    dossier = copie(vu)
    dossier[Party.COLLECTIVITE]["forfaits"].append(dossier[Party.COLLECTIVITE]["forfaits"][0])
    dossier[Party.ANTAI]["dossiers"][0]["montant_paye"] += 1
    assert len(comptes.ecarts(reference, comptes.signature(dossier, foule.noms()))) == 3


async def test_every_life_of_the_crowd_is_lived_as_it_is_written_in_one_bac_with_the_others(monde: World) -> None:
    """The size that `make kill` plays when it is asked for nothing: one life that began a day before the bac stopped it all."""
    foule, rows = await jouee(monde, monde.client, "kill-tous", 0, len(CHOISIES))
    assert list(comptes.fautes(rows)) == [] and len(rows[Party.COLLECTIVITE]["forfaits"]) == foule.dossiers


async def test_a_bac_that_cannot_go_on_is_told_with_the_others(monde: World) -> None:
    """It raised instead: the other bacs were not counted, and nobody read what was wrong but in a trace."""
    await monde.pilot.creer("kill-tard", paris(date(2023, 11, 1)), graine="kill")

    async def avancer(nom: str, jusqua: datetime) -> None:
        await monde.pilot.avancer(nom, jusqua)

    foule = Foule(Monde(monde.client, monde.addresses, monde.pilot), "kill-tard", VIES, avancer, Random(0))
    await foule.jouer()
    assert "vers le 10/10/2023" in foule.faux[-1] and "ne recule pas" in foule.faux[-1]


def copie(tables: Tables) -> dict[Party, dict[str, list[Ligne]]]:
    """Rows that can be spoilt."""
    return {party: {name: [dict(row) for row in rows] for name, rows in one.items()} for party, one in tables.items()}


def de_service(tables: Tables) -> list[Ligne]:
    """The letters of the services that ANTAI keeps, those that people sent left out."""
    written = {row["data"] for one in tables.values() for row in one["journal"] if row["acte"] == "envoi"}
    return [row for row in tables[Party.ANTAI]["inbox"] if any(row["id"] in data for data in written)]


def perdre(tables: Tables) -> None:
    tables[Party.ANTAI]["inbox"].remove(de_service(tables)[0])


def doubler(tables: Tables) -> None:
    tables[Party.DGFIP]["inbox"].append(de_service(tables)[0])


def ecrire_deux_fois(tables: Tables) -> None:
    journal = tables[Party.COLLECTIVITE]["journal"]
    journal.append(next(row for row in journal if row["acte"] == "envoi"))


def inventer(tables: Tables) -> None:
    tables[Party.ANTAI]["courriers"].append(tables[Party.ANTAI]["courriers"][0] | {"id": "inventé"})


def fausser(tables: Tables) -> None:
    tables[Party.ANTAI]["ecritures"][0]["debit"] += 1


def retarder(tables: Tables) -> None:
    tables[Party.CCSP]["bacs"][0]["instant"] = "2023-09-28T18:00:00+00:00"


def oublier(tables: Tables) -> None:
    tables[Party.ANTAI]["deadlines"].append({"subject": "1", "kind": "titre", "due": "2023-10-01"})


def compter_trop(tables: Tables) -> None:
    next(row for row in tables[Party.ANTAI]["counts"] if row["nom"] == "recues")["valeur"] += 1


def retenir(tables: Tables) -> None:
    tables[Party.ANTAI]["outbox"].append({"type": "fps.02.apa.v1", "id": "retenue"})


ABIMES: list[tuple[Callable[[Any], None], str]] = [
    (perdre, "lettre perdue"),
    (doubler, "lettre gardée 2 fois"),
    (ecrire_deux_fois, "lettre écrite 2 fois"),
    (inventer, "courrier que personne n'a écrit"),
    (fausser, "déséquilibre de 1 centimes"),
    (retarder, "les horloges ne sont pas ensemble"),
    (oublier, "échéance passée"),
    (compter_trop, "le bac dit"),
    (retenir, "outbox"),
]


async def test_a_letter_that_the_editor_lost_got_twice_or_in_disorder_is_found(tmp_path: Path) -> None:
    corps = [json.dumps({"siret": POUSSEE, "numero_fps": "1", "montant": n}) for n in range(3)]
    sans = httpx.AsyncClient()
    boites = [{"id": f"lettre-{n}", "body": un, "rang": 10 + n, "etat": "acquittee"} for n, un in enumerate(corps)]

    def fautes(bac: str, gardees: list[tuple[str, int | None, str]], etat: str = "acquittee") -> list[str]:
        abonnes = Abonnes("", tmp_path, tmp_path)
        with base(abonnes.base) as kept:
            for id_, rang, un in gardees:
                Editeur(kept, "", sans).garder(bac, id_, rang, un)
        vues: Any = {Party.ANTAI: {"boites": [{**row, "etat": etat} for row in boites]}}
        return list(abonnes.fautes(bac, vues, 3))

    toutes: list[tuple[str, int | None, str]] = [(f"lettre-{n}", 10 + n if n else None, un) for n, un in enumerate(corps)]
    assert fautes("juste", [*toutes, toutes[0], toutes[2]]) == []  # the same again is the same letter
    for bac, gardees, mot in (
        ("perdue", toutes[:2], "perdue pour l'éditeur : lettre-2"),
        ("double", [*toutes, ("lettre-9", 12, corps[2])], "que personne n'a écrite : lettre-9"),
        ("désordre", [toutes[1], toutes[0], toutes[2]], "en désordre"),
        ("changée", [toutes[1], toutes[2], ("lettre-0", 10, corps[1])], "qui n'est pas celle de sa boîte : lettre-0"),
    ):
        assert any(mot in faute for faute in fautes(bac, gardees)), mot
    assert any("encore attente" in faute for faute in fautes("ouverte", toutes, "attente"))


async def test_a_seed_draws_one_plan_with_as_many_kills_as_asked_and_every_other_act() -> None:
    assert nemesis.tirer(Random(3), 12) == nemesis.tirer(Random(3), 12) != nemesis.tirer(Random(4), 12)
    for graine in range(20):
        plan = nemesis.tirer(Random(graine), 5)
        assert sum(combien for _, combien in plan) == 5
        assert {acte for acte, _ in plan} == {
            nemesis.TUER,
            nemesis.BASE,
            nemesis.COURTIER,
            nemesis.ARRETER,
            nemesis.DEMARRER,
            nemesis.RELEVER,
            nemesis.MIGRER,
            nemesis.EDITEUR,
        }


async def test_replicas_come_and_go_where_there_are_several_and_nothing_else_is_drawn_where_each_is_alone() -> None:
    for graine in range(20):
        several = [acte for acte, _ in nemesis.tirer(Random(graine), 7, 4)]
        assert several.count(nemesis.AJOUTER) == several.count(nemesis.RETIRER) == 2
        alone = {acte for acte, _ in nemesis.tirer(Random(graine), 7)}
        assert alone == {*several} - {nemesis.AJOUTER, nemesis.RETIRER}


async def test_a_replica_that_is_taken_away_is_reached_no_more_and_one_that_ends_badly_is_told(tmp_path: Path) -> None:
    those = []
    for rang, antai in enumerate(("https://127.0.0.1:1", "https://127.0.0.1:1", "")):
        environment = {"EDITEUR_BASE": str(tmp_path / f"{rang}.db"), "FPS_PKI_DIR": str(tmp_path / "pki"), "FPS_PORT": str(rang)}
        environment |= {"EDITEUR_PORT": str(free_port()), "EDITEUR_ANTAI": antai} if antai else {}  # without them it ends at once
        those.append(Process("tests.kill.editeur", environment, tmp_path / "log"))
    Pki(tmp_path / "pki").preparer()
    fil = Fil("127.0.0.1", 0, 1, 2)
    monde = Monde(httpx.AsyncClient(), {}, cast(Any, None), {Party.ANTAI: those[0]}, {party: [] for party in Party} | {Party.ANTAI: those})
    one = nemesis.Nemesis(monde, monde.client, fil, (Party.ANTAI, {Party.ANTAI: fil}), those[0], cast(Any, None), {}, list[str]().append)
    good = those[:2]
    for process in those:
        process.start()
    those[2].wait(60)
    for process in good:
        await serves(int(process.environment["EDITEUR_PORT"]))
    for left in (2, 1, 1):
        await one._retirer(Random(0))
        assert len(those) == left and fil.ports == [int(process.environment["FPS_PORT"]) for process in those]
        assert monde.processes[Party.ANTAI] in those
    assert len(one.fautes) == 1 and "le code 1" in one.fautes[0]
    await asyncio.to_thread(those[0].end)


async def serves(port: int) -> None:
    """Until somebody listens there."""
    for _ in range(600):
        with contextlib.suppress(OSError):
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
            return
        await asyncio.sleep(0.1)
    raise AssertionError(port)


async def test_the_wire_passes_what_it_is_given_and_is_cut_at_once() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(100):
            writer.write(chunk)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, tendre(f"amqp://guest:guest@127.0.0.1:{server.sockets[0].getsockname()[1]}/") as (fil, url):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rstrip("/").rpartition(":")[2]))
        writer.write(b"bonjour")
        assert await reader.readexactly(7) == b"bonjour"
        assert fil.couper() == 1
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.close()
