"""A town that nobody enrolled, its agents, its providers with their certificates, and what a service holds of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx
from cryptography.hazmat.primitives.hashes import SHA256

from fps.droit.numero import NumeroFps
from fps.kit.ground.clock import paris, wall_now
from fps.kit.trust.pki import RevocationAuPsce
from fps.kit.wire.carrier import always, bearer, open_client
from fps.messages.message import MessageClass
from fps.messages.mfps import CreationFps
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.certificats import Essai, certificat
from tests.parler.exports import tenu
from tests.parler.partie import bac_neuf

LILLE, PARIS, BOURG, PORT = "21590350100017", "21750001600019", "21000200200017", "21000300000010"
LE = date(2026, 6, 12)
CONTACT = CreationFps.example["contact_rapo"]
LOGIN, MOT_DE_PASSE = "alix", "une phrase assez longue"
PDF = b"%PDF-1.7\nconvention signee\n%%EOF\n"
SIGNATAIRE = {"nom": "Camille Exemple", "qualite": "Maire"}
ADMINISTRATION = bearer("essai")


def demande(siret: str = LILLE, login: str = LOGIN, **champs: Any) -> dict[str, Any]:
    """The public form."""
    contact = {"nom": "Direction du stationnement", "adresse": CONTACT["adresse"]}
    agent = {"login": login, "nom": "Alix Exemple", "mot_de_passe": MOT_DE_PASSE}
    return {"siret": siret, "type": "commune", "adresse": CONTACT["adresse"], "contact": contact, "agent": agent, **champs}


@dataclass
class Espace:
    """One town in a bac of its own, and how to speak to ANTAI for it."""

    world: World
    bac: str
    siret: str = LILLE
    session: dict[str, str] = field(default_factory=dict)
    fps: int = 0
    lettres: int = 0

    @classmethod
    async def vierge(cls, world: World, le: date = LE) -> "Espace":
        """A bac where nobody is enrolled."""
        bac = await bac_neuf(world, le, "espace", graine="graine", vierge=True)
        return cls(world, bac)

    @classmethod
    async def ouverte(cls, world: World, le: date = LE) -> "Espace":
        """The espace is open, an agent has a session."""
        ville = await cls.vierge(world, le)
        assert (await ville.demander()).status_code == 201
        await ville.connecter()
        return ville

    @classmethod
    async def conventionnee(cls, world: World, le: date = LE, cycle: str = "complet", **champs: Any) -> "Espace":
        """The convention is signed by both."""
        ville = await cls.ouverte(world, le)
        await ville.convenir(cycle, **champs)
        return ville

    def autre(self, siret: str) -> "Espace":
        """Another town of the same bac."""
        return Espace(self.world, self.bac, siret)

    async def appeler(
        self, methode: str, chemin: str, certificat: Essai | None = None, entetes: Mapping[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        """One call to ANTAI, with the certificate and the headers given and nothing else."""
        reseau = {self.world.addresses[p]: un.asgi for p, un in self.world.services.items()}
        url = f"{self.world.addresses[Party.ANTAI]}/bacs/{self.bac}{chemin}"
        async with open_client(reseau, present=always(() if certificat is None else (certificat.pem,))) as client:
            return await client.request(methode, url, headers=entetes, **options)

    async def agent(self, methode: str, chemin: str, **options: Any) -> httpx.Response:
        """What an agent asks of the espace, in an open session."""
        return await self.appeler(methode, f"/espaces/{self.siret}{chemin}", entetes=self.session, **options)

    async def administrer(self, methode: str, chemin: str, **options: Any) -> httpx.Response:
        """What the administration asks."""
        return await self.appeler(methode, chemin, entetes=ADMINISTRATION, **options)

    async def demander(self, **champs: Any) -> httpx.Response:
        return await self.appeler("POST", "/espaces", json=demande(self.siret, **champs))

    async def connecter(self, login: str = LOGIN, mot_de_passe: str = MOT_DE_PASSE) -> httpx.Response:
        corps = {"login": login, "mot_de_passe": mot_de_passe}
        reponse = await self.appeler("POST", f"/espaces/{self.siret}/sessions", json=corps)
        if reponse.status_code == 201:
            self.session = bearer(reponse.json()["jeton"])
        return reponse

    async def preparer(self, cycle: str | None = "complet", **champs: Any) -> httpx.Response:
        return await self.agent("POST", "/conventions", json={"signataire": SIGNATAIRE, "cycle": cycle, **champs})

    async def deposer_convention(self, rang: int = 1, pdf: bytes = PDF, type_: str = "application/pdf") -> httpx.Response:
        chemin = f"/espaces/{self.siret}/conventions/{rang}/depot"
        return await self.appeler("PUT", chemin, entetes=self.session | {"Content-Type": type_}, content=pdf)

    async def convenir(self, cycle: str = "complet", **champs: Any) -> dict[str, Any]:
        """Prepare a convention and deposit it; ANTAI signs by itself."""
        preparee = await self.preparer(cycle, **champs)
        assert preparee.status_code == 201, preparee.text
        deposee = await self.deposer_convention(preparee.json()["rang"])
        assert deposee.status_code == 200, deposee.text
        vue: dict[str, Any] = deposee.json()
        return vue

    def prestataire(self, siret: str | None = "73282932000074", **options: Any) -> Essai:
        """A provider's certificate."""
        return certificat(self.world.pki, siret, **options)

    async def deposer(self, qui: Essai, **champs: Any) -> httpx.Response:
        return await self.appeler("POST", "/certificats", qui, json={"siret": self.siret, "prestataire": "Éditeur Essai", **champs})

    async def activer(self, qui: Essai, **champs: Any) -> httpx.Response:
        return await self.agent("POST", f"/certificats/{empreinte(qui)}/activation", json=champs)

    async def actif(self, **champs: Any) -> Essai:
        """A provider's certificate, deposited and activated."""
        qui = self.prestataire()
        assert (await self.deposer(qui)).status_code == 201
        reponse = await self.activer(qui, **champs)
        assert reponse.status_code == 200, reponse.text
        return qui

    async def envoyer(self, cls: MessageClass, qui: Essai, **champs: Any) -> httpx.Response:
        """Send the example of a message, changed; each letter is a new one, even with the same content."""
        self.lettres += 1
        cle = {"Idempotency-Key": f"lettre-{self.lettres}"}
        return await self.appeler("POST", cls.path, qui, cle, json={**cls.example, **champs})

    async def mfps(self, qui: Essai, le: date = LE, zone: str = "rouge", **champs: Any) -> httpx.Response:
        """A new FPS found that morning in Lille."""
        self.fps += 1
        numero = NumeroFps.composer(LILLE, le, autorite=1, dispositif=72, ordre=self.fps)
        dates = {nom: f"{le.isoformat()}T{heure}:00+00:00" for nom, heure in (("date_heure_constat", "08:00"), ("fin_effets", "13:00"))}
        corps = {"numero_fps": str(numero), "cle": numero.cle, "lieu": {**CreationFps.example["lieu"], "zone": zone}}
        montants = {"montant_fps": 2000, "montant_deduit": 0, "minoration": None}
        return await self.envoyer(CreationFps, qui, **(corps | dates | montants | champs))

    async def front(self, qui: Essai | None, **params: str) -> dict[str, Any]:
        reponse = await self.appeler("GET", "/front", qui, params=params)
        assert reponse.status_code == 200, reponse.text
        vu: dict[str, Any] = reponse.json()
        return vu

    async def manques(self, qui: Essai, **params: str) -> list[str]:
        """The codes of what is missing, in order; each says its sentence and what to do."""
        manques = (await self.front(qui, **params))["manques"]
        assert all(m["phrase"].endswith((".", "…")) and m["que_faire"].endswith(".") for m in manques), manques
        return [m["code"] for m in manques]

    async def aller(self, jour: date) -> None:
        await self.world.pilot.avancer(self.bac, paris(jour))

    async def controler(self, objet: str, mode: str, jours: int = 0) -> None:
        assert (await self.administrer("PUT", f"/controles/{objet}", json={"mode": mode, "jours": jours})).status_code == 200

    async def traces(self) -> dict[str, Any]:
        """Everything that ANTAI holds of the bac but what it notes of refused requests."""
        export = await self.world.pilot._call(Party.ANTAI, "GET", f"/bacs/{self.bac}/export")
        return tenu(export.content)

    async def audit(self) -> list[tuple[str, str]]:
        """What ANTAI's audit journal says, in order: the act and the code of its refusal."""
        return [(x["acte"], x["code"]) for x in await self.world.pilot.audit(self.bac) if x["service"] == "antai"]


def code(reponse: httpx.Response) -> tuple[int, str]:
    """The status and the code of a refusal, which says what to do."""
    corps = reponse.json()
    assert reponse.status_code >= 400 and corps["title"] and corps["que_faire"].endswith("."), reponse.text
    return reponse.status_code, corps["code"]


def empreinte(qui: Essai) -> str:
    """The SHA-256 by which a certificate is known."""
    return qui.certificat.fingerprint(SHA256()).hex()


def revoquer(world: World, qui: Essai) -> None:
    """The PSCE revokes a certificate, at once."""
    le = wall_now().replace(microsecond=0) - timedelta(seconds=1)
    world.pki.publier_crl({**world.pki.publies(), qui.certificat.serial_number: RevocationAuPsce(le)})
