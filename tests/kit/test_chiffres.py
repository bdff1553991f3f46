"""What /metrics says: what waits and since when, what is dead, clocks, certificates, requests; and the alerts that are made of it."""

import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

from fps.kit.app import chiffres
from fps.kit.data import tables
from fps.kit.data.opening import open_database
from fps.kit.data.sql import Insert
from fps.kit.engine import figures
from fps.kit.engine.figures import State, Waiting
from fps.kit.engine.work import JOURNAL, OUTBOX
from fps.kit.ground.clock import Marche, paris
from fps.kit.ground.traces import Spans
from fps.messages.mfps import CreationFps
from fps.messages.titre import EmissionTitre
from fps.parties import Party
from fps_simulateur.pilote.world import World, open_world
from tests.console.simulator import DEMANDE

OBSERVATION = Path(__file__).parents[2] / "deploy" / "observability"
NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)
NUMERO = "21590350100017251062072001"


async def test_what_waits_and_what_is_dead_is_read_on_either_engine(database_url: str) -> None:
    database = open_database(database_url)
    await database.start(20)
    try:
        await database.create(tables.metadata)
        async with database.write() as tx:
            await tx.apply(_rows())
        async with database.read() as tx:
            found = await figures.read(tx, NOW, ("attente", "en-souffrance"))
    finally:
        await database.stop()
    assert found == State(
        leaving={Party.ANTAI: Waiting(2, 90.0), Party.DGFIP: Waiting(1, 30.0)},
        boxed={"attente": Waiting(1, 60.0)},
        dead={"envoi": 1, "echeance": 2},
        clocks={"court": (Marche.COURANT, NOW + timedelta(hours=1)), "fige": (Marche.FIGE, NOW - timedelta(days=400))},
        late=3,
    )


def _rows() -> list[Any]:
    """Two letters to ANTAI, one to the DGFiP; a letter in a box, one that was taken; dead letters; a bac that runs, three days late."""

    def wrote(rang: int, ago: int) -> tuple[Any, ...]:
        wall = NOW - timedelta(seconds=ago)
        return ("fige", NUMERO, rang, NOW, "envoi", "L. 2333-87", "{}", "0" * 64, wall, "1" * 64)

    def leaves(rang: int, type_: str) -> tuple[Any, ...]:
        return ("fige", f"l{rang}", type_, NUMERO, rang, NOW, "{}", "", 0, NOW, None)

    def boxed(rang: int, etat: str) -> tuple[Any, ...]:
        known = {
            "bac": "fige",
            "siret": "1" * 14,
            "numero": rang,
            "id": f"b{rang}",
            "type": "x",
            "subject": NUMERO,
            "rang": rang,
            "time": NOW,
        }
        known |= {"body": "{}", "traceparent": "", "etat": etat, "essais": 0, "echecs": 0}
        return tuple(known.get(c.name) for c in tables.boites.columns)

    def bac(nom: str, mode: Marche, instant: datetime, wall: datetime) -> tuple[Any, ...]:
        known = {
            "bac": nom,
            "graine": "g",
            "mode": mode.value,
            "instant": instant,
            "wall": wall,
            "vitesse": 1,
            "vierge": False,
            "villes": "",
        }
        return tuple(known.get(c.name, "") for c in tables.bacs.columns)

    dead = [("fige", f"m{rang}", sens, "x", NUMERO, "cause", "{}", NOW) for rang, sens in enumerate(("envoi", "echeance", "echeance"))]
    bacs = [
        bac("fige", Marche.FIGE, NOW - timedelta(days=400), NOW - timedelta(days=1)),
        bac("court", Marche.COURANT, NOW, NOW - timedelta(hours=1)),
    ]
    due = [("court", NUMERO, "x", (NOW - timedelta(days=3)).date()), ("fige", NUMERO, "x", date(2000, 1, 1))]
    return [
        Insert(tables.journal, JOURNAL, [wrote(1, 90), wrote(2, 10), wrote(3, 30), wrote(4, 60), wrote(5, 900)]),
        Insert(tables.outbox, OUTBOX, [leaves(1, CreationFps.type), leaves(2, CreationFps.type), leaves(3, EmissionTitre.type)]),
        Insert(tables.boites, tuple(tables.boites.columns.keys()), [boxed(4, "attente"), boxed(5, "acquittee")]),
        Insert(tables.dead_letters, tuple(tables.dead_letters.columns.keys()), dead),
        Insert(tables.bacs, tuple(tables.bacs.columns.keys()), bacs),
        Insert(tables.deadlines, tuple(tables.deadlines.columns.keys()), due),
    ]


@pytest_asyncio.fixture
async def monde_vu(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(chiffres, "AGE", 0.0)
    async with open_world(token="essai", spans=Spans()) as world:
        yield world


async def test_the_figures_of_a_service_are_those_of_what_it_lives_and_each_alert_is_made_of_them(monde_vu: World) -> None:
    ville = monde_vu.addresses[Party.COLLECTIVITE]
    await monde_vu.pilot.creer("b", paris(date(2023, 9, 28)))
    await monde_vu.services[Party.COLLECTIVITE].relay.stop()
    assert (await monde_vu.client.post(f"{ville}/bacs/b/fps", json=DEMANDE)).status_code == 201
    assert (await monde_vu.client.request("PURGE1", f"{ville}/bacs/b/nulle-part")).status_code in (404, 405)

    answer = await monde_vu.client.get(f"{ville}/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lus = {(x.name, *sorted(x.labels.values())): x.value for f in prometheus(answer.text) for x in f.samples}
    assert lus["fps_lettres_en_partance", "antai", "collectivite"] == 1
    assert lus["fps_lettre_attente_secondes", "antai", "collectivite"] >= 0
    assert lus["fps_base_disponible", "collectivite"] == 1
    assert lus["fps_lettres_mortes", "collectivite", "echeance"] == lus["fps_lettres_mortes", "collectivite", "envoi"] == 0
    assert lus["fps_horloge_instant_secondes", "b", "collectivite", "fige"] == paris(date(2023, 9, 28)).timestamp()
    assert lus["fps_requete_duree_secondes_count", "/fps", "201", "POST", "collectivite"] == 1
    assert sum(n for cle, n in lus.items() if cle[0] == "fps_requete_duree_secondes_count" and {"AUTRE", "inconnue"} <= {*cle}) == 1
    certificats = {cle[1] if cle[2] == "collectivite" else cle[2] for cle in lus if cle[0] == "fps_certificat_expiration_secondes"}
    assert certificats == {"service", "lettres", "racine", "psce", "ac-services"}
    assert lus["fps_transaction_duree_secondes_count", "collectivite"] >= 1

    # Prometheus asks so, and has the trace of a request beside its bucket.
    answer = await monde_vu.client.get(f"{ville}/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    exemplaires = [x.exemplar for f in openmetrics(answer.text) for x in f.samples if x.exemplar and x.labels.get("porte") == "/fps"]  # type: ignore[no-untyped-call]
    assert exemplaires and all(re.fullmatch(r"[0-9a-f]{32}", x.labels["trace_id"]) for x in exemplaires)

    # Nothing is asked of figures that do not exist: a name that changes here changes there.
    exist = {x.name for f in prometheus(answer.text.replace("# EOF\n", "")) for x in f.samples} | {cle[0] for cle in lus} | {"up"}
    exist |= {
        "fps_boite_attente_secondes",
        "fps_evenements_total",
        "rabbitmq_queue_messages",
    }  # what has no value without a box or a broker
    for fichier in ("alertes.yml", "grafana/fps.json"):
        demandes = set(re.findall(r"\b(?:fps|rabbitmq)_[a-z_]+\b", (OBSERVATION / fichier).read_text()))
        assert demandes and demandes <= exist, (fichier, demandes - exist)


async def test_a_service_without_its_database_says_so_and_what_it_knows_without_it(
    monde_vu: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    antai = monde_vu.services[Party.ANTAI]
    await antai.service.database.stop()
    lus = {
        x.name: x.value
        for f in prometheus((await monde_vu.client.get(f"{monde_vu.addresses[Party.ANTAI]}/metrics")).text)
        for x in f.samples
    }
    await antai.service.database.start(20)
    assert lus["fps_base_disponible"] == 0 and lus["fps_certificat_expiration_secondes"] > 0
    assert "fps_lettres_mortes" not in lus


def test_each_alert_fires_after_its_delay_and_is_quiet_beside_its_limit() -> None:
    if (promtool := shutil.which("promtool")) is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    noms = [regle["alert"] for groupe in yaml.safe_load((OBSERVATION / "alertes.yml").read_text())["groups"] for regle in groupe["rules"]]
    essais = {essai["name"] for essai in yaml.safe_load((OBSERVATION / "alertes_test.yml").read_text())["tests"]}
    assert essais == {*noms, *(f"{nom}, beside its limit" for nom in noms)}
    fait = subprocess.run([promtool, "test", "rules", "alertes_test.yml"], cwd=OBSERVATION, capture_output=True, text=True, timeout=60)
    assert fait.returncode == 0, fait.stdout + fait.stderr
    # The files of authorities that it names are in the containers only.
    fait = subprocess.run(
        [promtool, "check", "config", "--syntax-only", "prometheus.yml"], cwd=OBSERVATION, capture_output=True, text=True, timeout=60
    )
    assert fait.returncode == 0, fait.stdout + fait.stderr


def test_the_overlay_adds_only_what_looks_and_each_file_that_it_mounts_is_there() -> None:
    racine = OBSERVATION.parents[1]
    ajoute = yaml.safe_load((racine / "docker-compose.observability.yml").read_text())["services"]
    principal = yaml.safe_load((racine / "docker-compose.yml").read_text())["services"]
    assert {*ajoute} - {*principal} == {"collecteur", "jaeger", "grafana"}
    for nom in {*ajoute} & {*principal}:
        assert ajoute[nom] == {"environment": {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collecteur:4318"}}, nom
    for nom in {*ajoute} - {*principal}:
        service = ajoute[nom]
        assert service["cap_drop"] == ["ALL"] and service["read_only"] and service["mem_limit"], nom
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), nom
    for service in (*ajoute.values(), principal["prometheus"]):
        for volume in service.get("volumes", ()):
            assert not volume.startswith("./") or (racine / volume.partition(":")[0]).is_file(), volume
    assert yaml.safe_load((OBSERVATION / "collecteur.yml").read_text())["service"]["pipelines"]["traces"]["receivers"] == ["otlp"]
    tableau = json.loads((OBSERVATION / "grafana" / "fps.json").read_text())
    sources = {une["uid"] for une in yaml.safe_load((OBSERVATION / "grafana" / "sources.yml").read_text())["datasources"]}
    assert {cible["datasource"]["uid"] for panneau in tableau["panels"] for cible in panneau["targets"]} <= sources
