"""The registry of the court: a petition, what it asks for, its decision."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import httpx

from fps.messages.message import MessageClass
from fps.messages.recours_usager import Requete
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.partie import Partie, bac_neuf

DEPOT = date(2026, 11, 5)
PIECE = Requete.example["pieces"][0]
CONTRE_RAPO = {"objet": "decision-rapo", "numero_titre": None, "date_decision_rapo": "2026-10-20", "date_notification_avertissement": None}
TROIS = [{**PIECE, "nature": nature} for nature in ("avis-paiement", "rapo", "avis-reception-rapo")]
EXPRESSE = [*TROIS, {**PIECE, "nature": "decision-rapo"}]
MANDATAIRE = {**Requete.example["requerant"], "qualite": "mandataire"}


@dataclass
class Greffe(Partie):
    """A bac, and the court in it."""

    party: ClassVar[Party] = Party.CCSP

    @classmethod
    async def ouvrir(cls, world: World, le: date = DEPOT) -> "Greffe":
        bac = await bac_neuf(world, le, "greffe")
        return cls(world, bac)

    async def poster(self, chemin: str, corps: Any = None) -> httpx.Response:
        return await super().poster(chemin, corps or {})

    async def envoyer(self, cls: MessageClass, numero: str | None = None, **champs: Any) -> httpx.Response:
        corps = {**cls.example, **({"numero_requete": numero} if numero else {}), **champs}
        return await self.poster(cls.path, corps)

    async def deposer(self, **champs: Any) -> str:
        answer = await self.envoyer(Requete, **champs)
        assert answer.status_code == 200, answer.text
        numero: str = answer.json()["numero_requete"]
        return numero

    async def juger(self, numero: str, nature: str, sens: str, **champs: Any) -> httpx.Response:
        return await self.poster(f"/requetes/{numero}/decision", {"nature": nature, "sens": sens, "motifs": "Motifs.", **champs})

    async def decharger(self, numero: str, nature: str = "jugement") -> httpx.Response:
        return await self.juger(numero, nature, "decharge-totale", fps_du=3000, majoration_due=5000)

    async def voir(self, numero: str) -> Any:
        return await self.lire(f"/requetes/{numero}")

    async def etat(self, numero: str) -> str:
        etat: str = (await self.voir(numero))["etat"]
        return etat

    async def lettres_ecrites(self) -> dict[str, int]:
        comptes = (await self.world.pilot.etat(self.bac))["comptes"]
        return {k.removeprefix("emis:fps."): v for k, v in comptes.items() if k.startswith("emis:fps.")}
