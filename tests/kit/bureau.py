"""A service on the real kit that writes to a town: its relay, its postman and its doors, over any database."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import SecretStr
from sqlalchemy import select

from fps.confiance.habilitation import EtatHabilitation, Habilitation, Permission
from fps.kit.app.application import Running, build
from fps.kit.boxes import boites
from fps.kit.boxes.boites import LettreEnBoite
from fps.kit.data import tables
from fps.kit.data.opening import open_database
from fps.kit.data.sql import Row
from fps.kit.engine import bacs
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.clock import Marche
from fps.kit.ground.settings import Settings
from fps.kit.trust.identity import Trust
from fps.kit.trust.pki import ephemere, pem
from fps.kit.wire.carrier import always, bearer, open_client
from fps.messages.information_paiement import TitrePayeCollectivite
from tests.kit.toy import DEFINITION, START, metadata
from tests.parler.certificats import Essai, certificat

LILLE = "21590350100017"
BAC = "essai"
JETON = "jeton"
BASE = "http://bureau"


@dataclass(frozen=True)
class Bureau:
    """The service at work, and a client that may show a certificate or the pilot's token."""

    running: Running
    reference: list[bytes]  # what the reference system of the towns received

    @property
    def service(self) -> Service:
        return self.running.service

    def client(self, qui: Essai | None = None, jeton: str | None = None) -> httpx.AsyncClient:
        chaine = () if qui is None else (pem(qui.certificat),)
        return open_client({BASE: self.running.asgi}, present=always(chaine), headers=bearer(jeton) if jeton else None)

    async def piloter(self, methode: str, chemin: str, bac: str = BAC, **options: Any) -> httpx.Response:
        async with self.client(jeton=JETON) as client:
            return await client.request(methode, f"{BASE}/pilotage/bacs/{bac}{chemin}", **options)

    async def demander(self, methode: str, chemin: str, qui: Essai | None, bac: str = BAC, **options: Any) -> httpx.Response:
        async with self.client(qui) as client:
            return await client.request(methode, f"{BASE}/bacs/{bac}{chemin}", **options)

    async def poser(self, mode: str, adresse: str | None = None, bac: str = BAC, siret: str = LILLE) -> httpx.Response:
        """Choose where the letters go, as the pilot does."""
        return await self.piloter("PUT", f"/destinations/{siret}", bac, json={"mode": mode, "adresse": adresse})

    async def ecrire(self, *ordres: int, bac: str = BAC, part: int = 3000) -> list[str]:
        """One letter for each dossier of these numbers; gives their identifiers."""

        async def run(work: Work) -> None:
            for n in ordres:
                fields = {"numero_fps": dossier(n), "siret": LILLE, "part_collectivite": part}
                work.send(TitrePayeCollectivite.exemplaire().model_copy(update=fields))

        await self.service.ask(bac, run)
        query: Any = select(tables.journal.c.data, tables.journal.c.acte).where(tables.journal.c.bac == bac)
        async with self.service.database.read() as tx:
            rows = [row for row in await tx.select(query.order_by(tables.journal.c.position)) if row[1] == "envoi"]
        return [json.loads(row[0])["id"] for row in rows[-len(ordres) :]]

    async def lettres(self, bac: str = BAC) -> list[LettreEnBoite]:
        """Every letter of the box, in order."""
        async with self.service.database.read() as tx:
            rows = await tx.load(tables.boites, [(bac, LILLE)], ("bac", "siret"))
        return [boites.RECORD.item(row) for row in sorted(rows, key=lambda r: r[2])]

    async def etats(self, bac: str = BAC) -> list[str]:
        return [lettre.etat.value for lettre in await self.lettres(bac)]

    async def essais(self, bac: str = BAC) -> list[Row]:
        """Every try: number of the letter, number of the try, instant, result, status, cause."""
        async with self.service.database.read() as tx:
            rows = await tx.load(tables.tentatives, [(bac, LILLE)], ("bac", "siret"))
        return [(r[2], r[3], r[4], r[7], r[8], r[9]) for r in sorted(rows, key=lambda r: (r[2], r[3]))]

    async def etat(self, bac: str = BAC) -> dict[str, Any]:
        async with self.service.database.read() as tx:
            return await bacs.state(self.service, tx, bac)

    async def calme(self, bac: str = BAC) -> dict[str, Any]:
        """Wait until nothing is left to carry now."""

        async def rien() -> bool:
            return bool((await self.etat(bac))["en_attente"] == 0)

        await jusqua(rien)
        return await self.etat(bac)

    async def avancer(self, seconds: float, bac: str = BAC) -> None:
        """Move the clock as the pilot does, then wait for the quiet."""
        now = datetime.fromisoformat((await self.etat(bac))["instant"])
        answer = await self.piloter("POST", "/instant", bac, json={"instant": (now + timedelta(seconds=seconds)).isoformat()})
        assert answer.status_code == 200, answer.text
        await self.calme(bac)

    async def habiliter(self, siret: str = LILLE, bac: str = BAC, **fields: Any) -> Essai:
        """A provider whose certificate the town has activated."""
        lui = certificat(ephemere(), siret="73282932000074")
        await habilitation_de(self.service, bac, lui, siret, **fields)
        return lui


async def habilitation_de(service: Service, bac: str, lui: Essai, siret: str, **fields: Any) -> None:
    """Let the holder of a certificate speak for a town in a service, as its activation would have."""
    identite = service.extension(Trust).reconnaitre(lui.pem)

    async def run(work: Work) -> None:
        habilitation = Habilitation(
            cle=identite.cle,
            siret=siret,
            prestataire="Éditeur Essai",
            siret_titulaire=identite.siret,
            certificat=lui.pem,
            valide_du=identite.valide_du,
            valide_au=identite.valide_au,
            etat=EtatHabilitation.ACTIVE,
            zones=(),
            droits=tuple(Permission),
            deposee_le=work.now,
            effet_le=work.now,
        )
        work.add(replace(habilitation, **fields))

    await service.ask(bac, run)


def dossier(n: int) -> str:
    """A FPS number of the town."""
    return f"{LILLE}{n:012d}"


async def jusqua(vrai: Callable[[], Awaitable[bool]], seconds: float = 20.0) -> None:
    """Wait until something is true, or fail."""
    async with asyncio.timeout(seconds):
        while not await vrai():  # noqa: ASYNC110 (what is waited for is in a database)
            await asyncio.sleep(0.005)


@asynccontextmanager
async def bureau(url: str = "sqlite+aiosqlite://", *, creer: bool = True, **settings: Any) -> AsyncIterator[Bureau]:
    """The service started, with one frozen bac; on a database that lives, `creer` is false the second time."""
    recues: list[bytes] = []

    async def reference(scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        lines = [json.dumps(json.loads(line)["data"]).encode() for line in body.splitlines()] if scope["path"].endswith("/lot") else [body]
        recues.extend(lines)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"\n".join([b'{"statut": 202}'] * len(lines))})

    own = Settings(database_url=url, pilotage_token=SecretStr(JETON), **{"push_timeout": 2.0, **settings})
    client = open_client(dict.fromkeys(own.addresses.values(), reference))
    if creer and url != "sqlite+aiosqlite://":
        database = open_database(url)
        await database.start(10)
        await database.create(tables.metadata, metadata)
        await database.stop()
    running = build(DEFINITION, own, client=client, pki=ephemere())
    async with running.app.router.lifespan_context(running.app):
        if creer:
            await bacs.create(running.service, BAC, "graine", Marche.FIGE, START)
        yield Bureau(running, recues)
    await client.aclose()
