"""The court as the agents and the systems of a collectivité reach it: without the pilot's credential, by session or by certificate."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx

from fps.kit.trust.pki import Pki
from fps.kit.wire.carrier import always, bearer, open_client
from fps.messages.message import MessageClass
from fps.messages.recours_collectivite import MemoireDefense, PieceDefense
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.certificats import certificat
from tests.parler.exports import tenu
from tests.parler.greffe import Greffe
from tests.parler.partie import bac_neuf

LILLE, PARIS, EDITEUR = "21590350100017", "21750001600019", "73282932000074"
ICI = f"/teletransmission/{LILLE}"
SYSTEME = {"systeme": "Essai SI", "version": "1.0"}
SIGNATURE = {"signataire": "Le maire"}
MOTS = {"mot_de_passe": "correct cheval pile agrafe"}


@dataclass
class Visiteur:
    """Somebody at the door of the court: what it shows (a certificate, a token), in one bac."""

    client: httpx.AsyncClient
    url: str
    jeton: str | None = None

    async def demander(self, methode: str, chemin: str, corps: Any = None, **entetes: str) -> httpx.Response:
        porteur = {} if self.jeton is None else bearer(self.jeton)
        return await self.client.request(methode, f"{self.url}{chemin}", json=corps, headers={**porteur, **entetes})

    async def lire(self, chemin: str) -> Any:
        reponse = await self.demander("GET", chemin)
        assert reponse.status_code == 200, reponse.text
        return reponse.json()

    async def faire(self, chemin: str, corps: Any = None, methode: str = "POST", **entetes: str) -> Any:
        reponse = await self.demander(methode, chemin, corps, **entetes)
        assert reponse.status_code < 300, reponse.text
        return reponse.json() if reponse.content else None

    async def refus(self, chemin: str, corps: Any = None, methode: str = "POST", **entetes: str) -> str:
        """The code of a refusal, which always says what to do."""
        reponse = await self.demander(methode, chemin, corps, **entetes)
        assert reponse.status_code >= 400, reponse.text
        dit = reponse.json()
        assert dit.get("que_faire", dit.get("erreurs")) is not None, dit
        code: str = dit["code"]
        return code


def reseau(world: World, party: Party) -> dict[str, Any]:
    """The service alone, at its address."""
    return {world.addresses[party]: world.services[party].asgi}


@dataclass
class Tribunal:
    """A bac, its registry, and the people who come."""

    greffe: Greffe
    party: Party = Party.CCSP
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def pki(self) -> Pki:
        return self.greffe.world.pki

    def visiteur(self, pem: str | None = None, jeton: str | None = None, bac: str | None = None) -> Visiteur:
        world = self.greffe.world
        client = open_client(reseau(world, self.party), present=always(() if pem is None else (pem,)))
        self.clients.append(client)
        return Visiteur(client, f"{world.addresses[self.party]}/bacs/{bac or self.greffe.bac}", jeton)

    @property
    def pilote(self) -> Visiteur:
        return self.visiteur(jeton=self.greffe.world.token)

    async def agent(self, siret: str = LILLE, login: str = "c.specimen", role: str = "agent") -> Visiteur:
        """A registered agent with an open session."""
        inscrit = {"login": login, "nom": "Camille Spécimen", "role": role}
        (recu,) = await self.pilote.faire(f"/portail/{siret}/inscriptions", {"agents": [inscrit]})
        public = self.visiteur()
        await public.faire(f"/portail/{siret}/activation", {"login": login, "code": recu["code"], **MOTS})
        ouverte = await public.faire(f"/portail/{siret}/sessions", {"login": login, **MOTS})
        return self.visiteur(jeton=ouverte["jeton"])

    def editeur(self, siret: str = EDITEUR) -> Visiteur:
        """A provider, with a certificate of the test PSCE."""
        return self.visiteur(certificat(self.pki, siret=siret).pem)

    async def export(self) -> dict[str, Any]:
        """Everything the service keeps in this bac, but what it notes of refusals, and how often it tried the letters that wait."""
        tables = tenu((await self.greffe.world.pilot._call(self.party, "GET", f"/bacs/{self.greffe.bac}/export")).content)
        waiting = tables["outbox"]
        tries = {waiting["colonnes"].index(nom) for nom in ("attempts", "not_before")}
        waiting["lignes"] = [[value for i, value in enumerate(line) if i not in tries] for line in waiting["lignes"]]
        return tables

    async def audit(self) -> list[dict[str, Any]]:
        lignes = await self.greffe.world.pilot.audit(self.greffe.bac)
        return [ligne for ligne in lignes if ligne["service"] == self.party]


@asynccontextmanager
async def tribunal(world: World, le: date, *, vierge: bool = False, party: Party = Party.CCSP) -> AsyncIterator[Tribunal]:
    """A new bac, whose visitors leave at the end; `party`: another service than the court."""
    if vierge:
        nom = await bac_neuf(world, le, "vierge", vierge=True)
        ouvert = Tribunal(Greffe(world, nom), party)
    else:
        ouvert = Tribunal(await Greffe.ouvrir(world, le), party)
    try:
        yield ouvert
    finally:
        for client in ouvert.clients:
            await client.aclose()


async def communiquee(court: Tribunal, **champs: Any) -> str:
    numero = await court.greffe.deposer(**champs)
    await court.greffe.au(2026, 11, 6)
    return numero


def corps(cls: MessageClass, numero: str, **champs: Any) -> dict[str, Any]:
    return {**cls.example, "numero_requete": numero, **champs}


async def empreinte(systeme: Visiteur) -> str:
    trouvee: str = (await systeme.lire("/front"))["identite"]["empreinte"]
    return trouvee


async def reussir(systeme: Visiteur, chef: Visiteur, **declare: str) -> dict[str, Any]:
    """Go through the whole test session; gives its report."""
    demande = {**SYSTEME, **declare, "empreinte": await empreinte(systeme)}
    seance = await chef.faire(f"{ICI}/homologations", demande)
    essai = {"numero_requete": seance["numero_requete"], "numero_fps": seance["numero_fps"]}
    memoire = {**MemoireDefense.example, **essai}
    for _ in range(2):
        await systeme.faire(f"{ICI}/essais/memoire", memoire, **{"Idempotency-Key": "memoire-1"})
    piece = {**PieceDefense.example, **essai, "piece": seance["piece"]}
    alteree = bytearray(base64.b64decode(seance["piece"]["contenu"]))
    alteree[60] ^= 1
    change = {**seance["piece"], "contenu": base64.b64encode(bytes(alteree)).decode()}
    assert await systeme.refus(f"{ICI}/essais/piece", {**piece, "piece": change}) == "piece-alteree"
    resultat = await systeme.faire(f"{ICI}/essais/piece", piece, **{"Idempotency-Key": "piece-1"})
    rapport: dict[str, Any] = resultat["seance"]
    return rapport


async def manques(chef: Visiteur) -> list[str]:
    return [m["code"] for m in (await chef.lire(ICI))["manques"]]
