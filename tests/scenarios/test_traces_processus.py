"""One dossier followed through four processes and the broker: what a collector of OTLP receives from each of them."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from gzip import decompress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from benchmarks.lives import deployment
from fps_simulateur.joueur import Ailleurs, jouer
from fps_simulateur.langue.modele import catalogue
from tests.real import amqp_url, postgres_url

pytestmark = pytest.mark.xdist_group("broker")
VIE = next(vie for vie in catalogue() if vie.vie == "decharge-totale-du-titre")
SERVICES = {"fps-antai", "fps-ccsp", "fps-collectivite", "fps-dgfip"}


class Collecteur:
    """An HTTP server that takes what OTLP exporters send: a span has its trace, service, name, dossier, and the traces it is linked to."""

    def __init__(self) -> None:
        self.recus: list[tuple[str, str, str, str, set[str]]] = []
        recus = self.recus

        class Porte(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                corps = self.rfile.read(int(self.headers["Content-Length"]))
                lu = ExportTraceServiceRequest.FromString(decompress(corps) if self.headers.get("Content-Encoding") == "gzip" else corps)
                for un in lu.resource_spans:
                    nom = next(a.value.string_value for a in un.resource.attributes if a.key == "service.name")
                    for span in (span for scope in un.scope_spans for span in scope.spans):
                        dossier = next((a.value.string_value for a in span.attributes if a.key == "fps.dossier"), "")
                        recus.append((span.trace_id.hex(), nom, span.name, dossier, {lien.trace_id.hex() for lien in span.links}))
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None: ...

        self.serveur = ThreadingHTTPServer(("127.0.0.1", 0), Porte)
        threading.Thread(target=self.serveur.serve_forever, daemon=True).start()


@pytest.fixture
def collecteur(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collecteur]:
    found = Collecteur()
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"http://127.0.0.1:{found.serveur.server_address[1]}/v1/traces")
    yield found
    found.serveur.shutdown()
    found.serveur.server_close()


async def test_a_dossier_is_followed_through_four_processes_and_the_broker(collecteur: Collecteur) -> None:
    async with deployment(postgres_url(), amqp_url()) as deploye:
        await jouer(Ailleurs(deploye.pilot), VIE, "suivi")
    # A process that ends gives what is left.
    services, spans = defaultdict[str, set[str]](set), defaultdict[str, set[tuple[str, str]]](set)
    for trace, service, nom, _, _ in collecteur.recus:
        services[trace].add(service)
        spans[trace].add((service, nom))
    assert {service for _, service, *_ in collecteur.recus} == SERVICES
    # What each causes is under it, in every process that it reaches: in this life no act reaches more than three.
    larges = [trace for trace, vus in services.items() if len(vus) == 3]
    assert set().union(*(services[trace] for trace in larges)) == SERVICES, [sorted(spans[trace]) for trace in larges]
    courtier = {("fps-ccsp", "envoi 14.decision.v1"), ("fps-antai", "acte 14.decision.v1")}
    assert any(courtier <= spans[trace] for trace in larges), [sorted(spans[trace]) for trace in larges]
    # Its number finds it in the four; and from any of its traces the links lead to all the others, whatever days are between.
    [dossier] = {un for _, _, _, un, _ in collecteur.recus if un}
    siens = {trace for trace, _, _, un, _ in collecteur.recus if un}
    assert {service for _, service, _, un, _ in collecteur.recus if un == dossier} == SERVICES
    voisins = defaultdict[str, set[str]](set)
    for trace, _, _, un, liens in collecteur.recus:
        for autre in liens if un else ():
            voisins[trace].add(autre)
            voisins[autre].add(trace)
    vues, reste = set[str](), [next(iter(siens))]
    while reste:
        if (ici := reste.pop()) not in vues:
            vues.add(ici)
            reste += voisins[ici]
    assert siens <= vues, [sorted(spans[trace]) for trace in siens - vues]
