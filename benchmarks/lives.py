"""Whole first lives through four processes, four databases and RabbitMQ, against the same rows written without broker and HTTP."""

import json
import secrets
import ssl
import tempfile
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.donnees import INSTANT, demande
from benchmarks.figures import Bench, Figure, expect, say
from benchmarks.http1 import exchange, request
from benchmarks.rewrite import Copy
from benchmarks.servers import Process, balanced, databases, free_ports, new_pki, process, queues, secured, service_url
from fps.kit.trust.tls import between_services
from fps.kit.wire.carrier import bearer, open_client
from fps.messages.message import MessageClass
from fps.messages.paiement import PaiementFps, PaiementTitre
from fps.parties import SERVICES, Party
from fps_simulateur.pilote.pilot import Pilot

NOTIFIED = timedelta(days=8)  # the notices are notified, the reduced amount still runs
SENT = timedelta(days=140)  # the avertissements of what was not paid are sent, the rebate still runs
LOT = 500
CONNECTIONS = 32
PAGE = 500


@dataclass
class Deployment:
    """The four services as processes of this machine."""

    ports: Mapping[Party, int]
    databases: Mapping[Party, str]
    pilot: Pilot
    token: str
    tls: ssl.SSLContext
    clock: dict[str, float]  # seconds of each part of the last round
    processes: Mapping[Party, list[Process]] = field(default_factory=dict)  # none where they are those of one process

    async def post(self, party: Party, path: str, bodies: list[bytes], content: str = "application/json") -> list[bytes]:
        """The answers of a service; raises Faux when one is not a success."""
        requests = [request(path, body, content, self.token) for body in bodies]
        answers = await exchange(self.ports[party], requests, CONNECTIONS, self.tls)
        wrong = [(status, body[:300]) for status, body in answers if status not in (200, 201)]
        expect(f"answers of {party} to {path}", wrong, [])
        return [body for _, body in answers]

    async def lots(self, cls: MessageClass, bac: str, messages: list[dict[str, Any]]) -> None:
        """Messages by the batch route of their flow; each must be received."""
        packs = [messages[i : i + LOT] for i in range(0, len(messages), LOT)]
        bodies = ["\n".join(json.dumps({"data": m}) for m in pack).encode() for pack in packs]
        answers = await self.post(cls.receiver, f"/bacs/{bac}{cls.path}/lot", bodies, "application/x-ndjson")
        lines = [json.loads(line) for body in answers for line in body.splitlines()]
        expect(f"{cls.nom} received", [line for line in lines if line["statut"] != 200][:2], [])
        expect(f"{cls.nom} answered", len(lines), len(messages))

    async def pages(self, party: Party, path: str) -> list[dict[str, Any]]:
        """Every element of a list."""
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            url = f"{self.pilot.addresses[party]}{path}"
            page = (await self.pilot.client.get(url, params={"limite": PAGE, "apres": after})).json()
            found += page["elements"]
            if page["suivant"] is None:
                return found
            after = page["suivant"]

    async def establish(self, bac: str, count: int) -> list[dict[str, Any]]:
        """The FPS established by the agents, by the batch route of the collectivité when it has one."""
        path, demandes = f"/bacs/{bac}/fps", [demande(n) for n in range(count)]
        if await self._has_batch():
            packs = [demandes[i : i + LOT] for i in range(0, count, LOT)]
            answers = await self.post(Party.COLLECTIVITE, f"{path}/lot", [b"\n".join(p) for p in packs], "application/x-ndjson")
            found = [json.loads(line) for body in answers for line in body.splitlines()]
            return [line.get("reponse") or line for line in found]
        return [json.loads(body) for body in await self.post(Party.COLLECTIVITE, path, demandes)]

    async def _has_batch(self) -> bool:
        document = (await self.pilot.client.get(f"{self.pilot.addresses[Party.COLLECTIVITE]}/openapi.json")).json()
        return any(path.endswith("/fps/lot") for path in document["paths"])


@asynccontextmanager
async def deployment(admin: str, amqp: str, replicas: int = 1, parts: int = 1) -> Any:
    """Migrate, start and at the end stop the four services, by their own commands; replicas are reached each in its turn."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = dict(zip(SERVICES, await stack.enter_async_context(databases(admin, len(SERVICES))), strict=True))
        prefix = await stack.enter_async_context(queues(amqp, shared=parts > 1))
        found = free_ports(len(SERVICES) * (replicas + 1))
        ports = dict(zip(SERVICES, found[:: replicas + 1], strict=True))
        own = {party: [port] if replicas == 1 else [port + 1 + n for n in range(replicas)] for party, port in ports.items()}
        addresses = {party: f"https://127.0.0.1:{port}" for party, port in ports.items()}
        token, pki = secrets.token_urlsafe(16), new_pki(folder)
        tls = between_services(pki)
        common = {"FPS_BUS_URL": amqp, "FPS_BUS_PREFIX": prefix, "FPS_PILOTAGE_TOKEN": token, "FPS_LOG_LEVEL": "ERROR"} | secured(pki)
        common["FPS_PARTITIONS"] = str(parts)
        common["FPS_ADDRESSES"] = ",".join(f"{party}={url}" for party, url in addresses.items())

        def run(party: Party, command: str, port: int) -> Process:
            place = {"FPS_DATABASE_URL": service_url(urls[party]), "FPS_PORT": str(port)}
            return stack.enter_context(process(["-m", party.value, command], folder / f"{party}-{command}.log", **common, **place))

        for migration in [run(party, "migrate", ports[party]) for party in SERVICES]:
            await migration.finished()
        started = {party: [run(party, "serve", port) for port in own[party]] for party in SERVICES}
        for party, those in started.items():
            for port, one in zip(own[party], those, strict=True):
                await one.ready((port, "/sante/pret"), tls=tls)
            if replicas > 1:
                await stack.enter_async_context(balanced(ports[party], own[party]))
        client = await stack.enter_async_context(open_client(verify=tls, headers=bearer(token)))
        yield Deployment(ports, urls, Pilot(client, addresses, token), token, tls, {}, started)


async def life_servers(bench: Bench) -> list[Figure]:
    """Dossiers a second from the first request to the quiet after the last payment; half of them are paid at ANTAI, half at the DGFiP."""
    admin, amqp = bench.need_postgres(), bench.need_amqp()
    turn = iter(range(100))
    async with deployment(admin, amqp) as found, databases(admin, len(SERVICES)) as targets:
        copy = Copy(found.databases, dict(zip(SERVICES, targets, strict=True)))
        bac = ""

        async def ours() -> float:
            nonlocal bac
            bac = f"vies-{next(turn)}"
            return await lived(found, bac, bench.sizes.dossiers)

        async def limit() -> float:
            return bench.sizes.dossiers / await copy.rewritten(bac)

        await copy.prepare()
        await lived(found, "essai", max(bench.sizes.dossiers // 10, 2))  # plans and caches are warm
        await copy.rewritten("essai")
        played, written = await bench.medians("life-servers", ours, limit)
    say("  seconds of the last round: " + ", ".join(f"{name} {spent:.2f}" for name, spent in found.clock.items()))
    return [Figure("life-servers", played, written, "dossiers/s")]


def payments(forfaits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each of these FPS paid at ANTAI, reduced."""
    return [
        {
            "numero_telepaiement": f["telepaiement"],
            "immatriculation": f["vehicule"]["immatriculation"],
            "moyen": "internet",
            "montant": f["minoration_montant"],
        }
        for f in forfaits
    ]


def title_payments(due: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each of these titles paid at the DGFiP, for all that is due."""
    return [
        {"numero_fps": d["numero_fps"], "numero_telepaiement": d["numero_telepaiement"], "moyen": "internet", "montant": d["a_payer"]}
        for d in due
    ]


async def lived(found: Deployment, bac: str, count: int) -> float:
    """Play `count` lives in a new bac, check every one of them; gives dossiers a second."""
    await found.pilot.creer(bac, INSTANT)
    start = mark = time.perf_counter()

    def part(name: str) -> None:
        nonlocal mark
        now = time.perf_counter()
        found.clock[name], mark = now - mark, now

    forfaits = await found.establish(bac, count)
    part("establish")
    await found.pilot.au_calme(bac)
    part("accuses")
    await found.pilot.avancer(bac, INSTANT + NOTIFIED)
    part("notices")
    paid = forfaits[: count // 2]
    await found.lots(PaiementFps, bac, payments(paid))
    part("pay FPS")
    await found.pilot.avancer(bac, INSTANT + SENT)
    part("titles")
    due = await found.pages(Party.DGFIP, f"/bacs/{bac}/prises-en-charge")
    expect("avertissements sent", [d["etat"] for d in due], ["averti"] * (count - len(paid)))
    await found.lots(PaiementTitre, bac, title_payments(due))
    part("pay titles")
    state = await found.pilot.au_calme(bac)
    part("quiet")
    spent = time.perf_counter() - start
    await check(found, bac, count, len(paid), state["comptes"])
    return count / spent


async def check(found: Deployment, bac: str, count: int, paid: int, comptes: dict[str, int]) -> None:
    """Every dossier final on both sides, every letter received, nothing dead, the books balanced and the redevables free of debt."""
    counted = {name: comptes.get(name, 0) for name in ("recues", "refusees", "mortes")}
    expect("letters", counted, {"recues": comptes["ecrites"], "refusees": 0, "mortes": 0})
    for party, path in ((Party.ANTAI, "dossiers"), (Party.COLLECTIVITE, "fps")):
        states = sorted(x["etat"] for x in await found.pages(party, f"/bacs/{bac}/{path}"))
        expect(f"dossiers at {party}", states, ["paye-minore"] * paid + ["titre-paye"] * (count - paid))
    for party, soldes in (await found.pilot.soldes(bac)).items():
        expect(f"books of {party}", (sum(soldes.values()), soldes.get("redevable", 0)), (0, 0))
