"""One dossier seen from outside: its spans in the four services, what each is under, what a day is linked to; and nobody's data in them."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from opentelemetry.sdk.trace import ReadableSpan

from fps.kit.ground.clock import paris
from fps.kit.ground.traces import Spans
from fps.kit.wire.carrier import Carrier, open_client
from fps.kit.wire.envelope import Letter
from fps.messages.mfps import CreationFps
from fps.parties import Party
from fps_console.web import observation
from fps_console.web.app import application
from fps_console.web.observation import Chiffres, Observateur
from fps_simulateur.joueur import jouer
from fps_simulateur.langue.modele import catalogue
from fps_simulateur.pilote.world import World, open_world
from tests import fourche
from tests.parler.mondes import monde_de
from tests.scenarios.test_vie_privee import people_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
VIE = next(vie for vie in catalogue() if vie.vie == "decharge-totale-du-titre")


class Suivi:
    """The spans of a life, by their names and by what they are under."""

    def __init__(self, world: World, spans: Spans, numero: str, gens: set[str]):
        self.world, self.spans, self.tous, self.numero, self.gens = world, spans, list(spans.ended), numero, gens
        self.par_id = {cle(x.context): x for x in self.tous}

    def du_dossier(self) -> list[ReadableSpan]:
        return [x for x in self.tous if dit(x).get("fps.dossier") == self.numero]

    def un(self, nom: str, de: str) -> ReadableSpan:
        return next(x for x in self.du_dossier() if (x.name, service(x)) == (nom, de))

    def sous(self, span: ReadableSpan) -> list[ReadableSpan]:
        return [x for x in self.tous if x.parent is not None and cle(x.parent) == cle(span.context)]

    def au_dessus(self, span: ReadableSpan) -> list[ReadableSpan]:
        """What a span is under, nearest first."""
        found = []
        while span.parent is not None:
            span = self.par_id[cle(span.parent)]
            found.append(span)
        return found


def cle(context: Any) -> tuple[int, int]:
    return context.trace_id, context.span_id


def dit(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def service(span: ReadableSpan) -> str:
    return str(span.resource.attributes["service.name"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def suivi() -> AsyncIterator[Suivi]:
    spans = Spans()
    async with open_world(token="essai", spans=spans) as world:
        joue = await jouer(monde_de(world), VIE, "suivi")
        numero = next(iter(joue.dossiers.values()))["numero"]
        courriers = await world.pilot.courriers("suivi", numero)
        letters = [await world.pilot.courrier("suivi", c["service"], c["id"]) for c in courriers]
        yield Suivi(world, spans, numero, people_of(letters))


async def test_a_dossier_is_followed_through_the_four_services(suivi: Suivi) -> None:
    assert {service(x) for x in suivi.du_dossier()} == {"fps-antai", "fps-ccsp", "fps-collectivite", "fps-dgfip"}
    # Asked of the town, brought to ANTAI by HTTP, answered: one trace, each span under the one that caused it.
    accuse = suivi.un("acte 01.accuse.v1", "fps-collectivite")
    recu = suivi.un("acte 01.creation.v1", "fps-antai")
    chemin = [(service(x), x.name) for x in suivi.au_dessus(recu)]
    assert chemin == [
        ("fps-antai", "POST /flux/01-message-fps/creation"),
        ("fps-collectivite", "envoi 01.creation.v1"),
        ("fps-collectivite", "acte"),
        ("fps-collectivite", "POST /fps"),
    ]
    assert accuse.context.trace_id == recu.context.trace_id == suivi.au_dessus(recu)[-1].context.trace_id
    assert [x.name for x in suivi.sous(recu)] == ["transaction"]
    # By the broker, the same without a request.
    decision = suivi.un("acte 14.decision.v1", "fps-antai")
    assert [x.name for x in suivi.au_dessus(decision)] == ["envoi 14.decision.v1", "acte", "POST /requetes/{numero}/decision"]


async def test_what_is_said_of_a_letter_tells_where_it_is_in_the_life_of_its_dossier(suivi: Suivi) -> None:
    said = dit(suivi.un("acte 12.emission.v1", "fps-dgfip"))
    assert said.pop("fps.lettre")
    assert said == {
        "fps.bac": "suivi",
        "fps.dossier": suivi.numero,
        "fps.flux": 12,
        "fps.instant": "2024-01-16T06:00:00+01:00",
        "fps.message": "fps.12.emission.v1",
    }
    assert dit(suivi.un("envoi 12.emission.v1", "fps-antai"))["fps.instant"] == "2024-01-16T06:00:00+01:00"


async def test_what_a_day_brings_is_linked_to_what_was_seen_of_its_dossier_and_to_who_moved_the_date(suivi: Suivi) -> None:
    jours = [x for x in suivi.du_dossier() if x.name.startswith("échéance ")]
    assert {service(x) for x in jours} == {"fps-antai", "fps-ccsp", "fps-dgfip"}
    for jour in jours:
        assert jour.parent is None
        vers = [suivi.par_id[cle(lien.context)] for lien in jour.links]
        assert [x.name for x in vers if x.name.startswith("POST ")] == ["POST /pilotage/bacs/{nom}/jour"], jour.name
        assert any(dit(x).get("fps.dossier") == suivi.numero for x in vers), jour.name


async def test_the_spans_of_a_whole_life_hold_nobody_s_data(suivi: Suivi) -> None:
    texte = json.dumps([json.loads(x.to_json()) for x in suivi.tous], ensure_ascii=False)
    assert suivi.numero in texte
    for secret in {*suivi.gens, "AB-123-CD"}:
        assert secret not in texte, secret


@pytest.mark.parametrize(
    ("environment", "traces"),
    [
        ({}, False),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}, False),
        ({"OTEL_TRACES_EXPORTER": "console", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_TRACES_EXPORTER": "console"}, True),
    ],
    ids=["rien", "none", "coupe", "console"],
)
async def test_nothing_of_them_is_imported_unless_they_are_asked_for(environment: dict[str, str], traces: bool) -> None:
    env = {nom: valeur for nom, valeur in os.environ.items() if not nom.startswith("OTEL_")} | environment
    command = [sys.executable, "-m", "tests.scenarios.traces_demandees"]
    fait = await asyncio.to_thread(fourche.executer, command, env, timeout=60)
    assert fait.returncode == 0, fait.stderr
    assert json.loads(fait.stdout) == {"traces": traces, "modules": ["fps.kit.ground.traces", "opentelemetry.sdk"] if traces else []}


async def test_each_letter_of_a_batch_keeps_what_caused_it() -> None:
    lues: list[dict[str, Any]] = []

    async def porte(scope: Any, receive: Any, send: Any) -> None:
        lues.extend(json.loads(ligne) for ligne in (await receive())["body"].splitlines())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b'{"statut": 202, "reponse": null}\n' * len(lues)})

    causes = ["00-" + "a" * 32 + "-" + "b" * 16 + "-01", "00-" + "c" * 32 + "-" + "d" * 16 + "-01", 'é"\r\n']
    instant = paris(date(2024, 1, 2))
    lettres = [
        Letter(f"l{rang}", "b", CreationFps.type, "/services/collectivite", "", rang, instant, instant, "{}", cause)
        for rang, cause in enumerate(causes)
    ]
    async with open_client({"http://ici": porte}) as client:
        await Carrier(Party.COLLECTIVITE, {Party.ANTAI: "http://ici"}, client).deliver(lettres)
    assert [ligne.get("traceparent") for ligne in lues] == [*causes[:2], None]


async def test_the_page_shows_the_essentials_and_each_trace_as_a_waterfall_without_any_collector(suivi: Suivi) -> None:
    world = suivi.world
    observateur = Observateur(world.client, world.addresses, suivi.spans)
    await observateur.relever()
    app = application(world.pilot, world.client, world.addresses, observateur=observateur)
    async with open_client({"http://console": app}) as client:
        texte = (await client.get("http://console/observation")).text
        for mots in ("répond", "suivi", "ensemble", "Requêtes les plus lentes", "Lettres reçues", "SPÉCIMEN"):
            assert mots in texte, mots
        assert len(re.findall(r"<td>36\d\d jours</td>", texte)) == 4
        assert texte.count("<strong>") == 0  # nothing is wrong
        sienne = (await client.get("http://console/observation", params={"dossier": f" {suivi.numero} "})).text
        assert suivi.numero in sienne and "Aucune trace gardée" not in sienne
        assert "Aucune trace gardée" in (await client.get("http://console/observation", params={"dossier": "0"})).text
        recu = suivi.un("acte 01.creation.v1", "fps-antai")
        trace = f"{recu.context.trace_id:032x}"
        assert f"/observation/traces/{trace}" in sienne
        page = (await client.get(f"http://console/observation/traces/{trace}")).text
        etapes = re.findall(r'class="fond-(\d)">([^<]+)<', page)
        assert etapes[:5] == [
            ("0", "POST /fps"),
            ("1", "acte"),
            ("2", "transaction"),
            ("2", "envoi 01.creation.v1"),
            ("3", "POST /flux/01-message-fps/creation"),
        ]
        assert "échéance envoi-apa" in page  # what a day brought after it
        assert (await client.get(f"http://console/observation/traces/{'0' * 32}")).status_code == 404
        assert (await client.get("http://console/observation/traces/x")).status_code == 404


async def test_without_anybody_who_keeps_them_the_page_tells_what_stands_and_what_gives_the_rest(suivi: Suivi) -> None:
    world = suivi.world
    gone = {**world.addresses, Party.CCSP: "http://nulle-part"}
    async with open_client({"http://console": application(world.pilot, world.client, gone)}) as client:
        texte = (await client.get("http://console/observation")).text
        assert "fps up --observe" in texte and "ne répond pas" in texte and "Requêtes les plus lentes" not in texte
        assert (await client.get(f"http://console/observation/traces/{'a' * 32}")).status_code == 404


async def test_what_stands_apart_is_said() -> None:
    def chiffres(service: Party, instant: float, requetes: float) -> Chiffres:
        series = {
            "fps_horloge_instant_secondes": [({"bac": "b", "marche": "fige"}, instant)],
            "fps_requete_duree_secondes_count": [({"statut": "200"}, requetes), ({"statut": "409"}, requetes / 2)],
            "fps_lettres_mortes": [({"sens": "envoi"}, 2.0), ({"sens": "echeance"}, 1.0)],
            "fps_evenements_total": [({"nature": "lettre"}, requetes)],
        }
        return Chiffres(service, series)

    lus = {Party.ANTAI: chiffres(Party.ANTAI, 0.0, 120.0), Party.DGFIP: chiffres(Party.DGFIP, 86_400.0, 60.0)}
    assert [(x["bac"], x["ecart"]) for x in observation.horloges(lus)] == [("b", "1 j")]
    assert [(x["mortes"], x["enterrees"]) for x in observation.lignes(lus)] == [(2, 1), (2, 1)]
    avant = {Party.ANTAI: chiffres(Party.ANTAI, 0.0, 0.0), Party.DGFIP: chiffres(Party.DGFIP, 0.0, 60.0)}
    debits = observation.debits(lus, (120.0, avant))
    assert [(x["acceptees"], x["refusees"], x["fautes"], x["lettres"]) for x in debits] == [(60.0, 30.0, 0.0, 60.0), (0.0, 0.0, 0.0, 0.0)]
