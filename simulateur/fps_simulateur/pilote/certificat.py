"""The letters of a town, brought to services that run elsewhere with the certificate of its reference system, on their routes alone."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx

from fps.flows import MESSAGES
from fps.kit.wire.carrier import open_client
from fps.parties import Channel, Party
from fps_simulateur.langue.actes import ACTES
from fps_simulateur.langue.modele import Vie
from fps_simulateur.pilote.pilot import Pilot

LETTRES: Final = frozenset(cls.path for cls in MESSAGES if cls.channel is Channel.REST and cls.sender is Party.COLLECTIVITE)


def montre_un_certificat(vie: Vie) -> bool:
    """Whether somebody writes the letters of the collectivité in this life: they are taken from who shows its certificate only."""
    return any(etape.acte is not None and ACTES[etape.acte].route in LETTRES for etape in vie.etapes)


class _Aiguillage(httpx.AsyncBaseTransport):
    """The letters go by the connections that show the certificate, the rest by the others."""

    def __init__(self, ordinaire: httpx.AsyncClient, lettres: httpx.AsyncClient):
        self._ordinaire, self._lettres = ordinaire, lettres

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it by the one or the other."""
        _, flux, suite = request.url.path.partition("/flux/")
        client = self._lettres if f"{flux}{suite}" in LETTRES else self._ordinaire
        return await client.send(request)


@dataclass(frozen=True, slots=True)
class PortesLettres:
    """Four services that run elsewhere, to which a life may bring the letters of a collectivité."""

    pilot: Pilot
    client: httpx.AsyncClient

    @property
    def addresses(self) -> Mapping[Party, str]:
        """Where they are."""
        return self.pilot.addresses


@asynccontextmanager
async def portant(pilot: Pilot, tls: ssl.SSLContext) -> AsyncIterator[PortesLettres]:
    """What plays there; `tls` shows the certificate of the reference system of the towns, which every bac knows but a blank one."""
    async with open_client(verify=tls) as lettres:
        client = httpx.AsyncClient(transport=_Aiguillage(pilot.client, lettres), headers=pilot.client.headers, timeout=pilot.client.timeout)
        yield PortesLettres(pilot, client)
