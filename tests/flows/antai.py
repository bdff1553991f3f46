"""ANTAI alone with what the others send it: one FPS of Lille, received on 28 September 2026, and the letters about it."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

from fps.droit.numero import telepaiement
from fps.kit.ground.clock import paris, wall_now
from fps.kit.wire.envelope import Letter, pack
from fps.messages.annulation import InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.information_paiement import TitrePaye
from fps.messages.message import Message, MessageClass
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps.messages.paiement import PaiementFps
from fps.messages.recours_collectivite import DecisionTitre
from fps.parties import Party
from fps_simulateur.pilote.world import World

DEPART = date(2026, 9, 28)  # sent the 29th, notified 5 October, to pay until 5 January 2027, title on the 16th
NUMERO = "21590350100017261163072245"
TITRE = "2700000001"


@dataclass
class Antai:
    """A bac, and how to speak to ANTAI."""

    world: World
    bac: str
    lettres: int = 0

    @classmethod
    async def ouvrir(cls, world: World, le: date = DEPART) -> "Antai":
        bac = f"antai-{len(await world.pilot.lister())}"
        await world.pilot.creer(bac, paris(le), graine="graine")
        return cls(world, bac)

    @classmethod
    async def avec_un_fps(cls, world: World, **champs: Any) -> "Antai":
        antai = await cls.ouvrir(world)
        reponse = await antai.poster(CreationFps, **champs)
        assert reponse.json()["statut"] == "accepte", reponse.text
        return antai

    async def poster(self, cls: MessageClass, **champs: Any) -> httpx.Response:
        """Send the example of a message, changed; each letter is a new one, even with the same content."""
        self.lettres += 1
        entetes = {"Idempotency-Key": f"lettre-{self.lettres}"}
        return await self.world.client.post(self.url(cls.path), json={**cls.example, **champs}, headers=entetes)

    def url(self, chemin: str) -> str:
        return f"{self.world.addresses[Party.ANTAI]}/bacs/{self.bac}{chemin}"

    async def porter(self, message: Message) -> list[Letter]:
        """Hand a letter of the broker over; gives those that must come again."""
        self.lettres += 1
        now = wall_now()
        nom, corps = f"courrier-{self.lettres}", message.model_dump_json()
        lettre = Letter(nom, self.bac, type(message).type, "/externe", message.sujet, 1, now, now, corps)
        attente: list[Letter] = await self.world.services[Party.ANTAI].inbound.take([pack([lettre])])
        return attente

    async def aller(self, jour: date) -> None:
        await self.world.pilot.avancer(self.bac, paris(jour))

    async def lire(self, chemin: str, **params: Any) -> Any:
        reponse = await self.world.client.get(self.url(chemin), params=params)
        assert reponse.status_code == 200, reponse.text
        return reponse.json()

    async def faire(self, chemin: str, **corps: Any) -> httpx.Response:
        return await self.world.client.post(self.url(chemin), json=corps or None)

    async def dossier(self, numero: str = NUMERO) -> dict[str, Any]:
        vu: dict[str, Any] = await self.lire(f"/dossiers/{numero}")
        return vu

    async def etat(self) -> str:
        return str((await self.dossier())["etat"])

    async def payer(self, montant: int = 3000, moyen: str = "internet", **champs: Any) -> httpx.Response:
        champs = {"numero_telepaiement": telepaiement(NUMERO), "reference": f"REF-{self.lettres}"} | champs
        return await self.poster(PaiementFps, moyen=moyen, montant=montant, **champs)

    async def rectifier(self, montant: int, **champs: Any) -> httpx.Response:
        dates = {"date_reception_rapo": "2026-10-06T09:00:00+02:00", "date_edition": "2026-10-07T09:00:00+02:00"}
        return await self.poster(ModificationFps, montant_rectifie=montant, **(dates | champs))

    async def retirer(self, **champs: Any) -> httpx.Response:
        return await self.poster(AnnulationFps, **champs)

    async def decharger_fps(self, annule: int, restant: int, **champs: Any) -> httpx.Response:
        etendue = "totale" if restant == 0 else "partielle"
        montants = {"montant_annule": annule, "montant_restant": restant, "etendue": etendue}
        return await self.poster(InformationAnnulationFps, **(montants | champs))

    async def annuler_titre(self, fps: int = 3000, majoration: int = 5000, **champs: Any) -> httpx.Response:
        etendue = "totale" if (fps, majoration) == (3000, 5000) else "partielle"
        montants = {"numero_titre": TITRE, "fps_annule": fps, "majoration_annulee": majoration, "etendue": etendue}
        montants |= {"date_decision": "2027-01-10"}
        return await self.poster(InformationAnnulationTitre, **(montants | champs))

    async def juger(self, fps: int = 3000, majoration: int = 5000, **champs: Any) -> list[Letter]:
        corps = DecisionTitre.example | {"numero_titre": TITRE, "fps_decharge": fps, "majoration_dechargee": majoration} | champs
        return await self.porter(DecisionTitre.model_validate_json(json.dumps(corps)))

    async def titre_paye(self, total: int, collectivite: int, etat: int, rabais: int = 0, reste: int = 0) -> list[Letter]:
        corps = TitrePaye.example | {"numero_titre": TITRE, "rang_annexe": 1, "montant_paye": total, "rabais": rabais}
        corps |= {"part_collectivite": collectivite, "part_etat": etat, "reste_du": reste}
        return await self.porter(TitrePaye.model_validate_json(json.dumps(corps)))

    async def actes(self, numero: str = NUMERO) -> list[str]:
        lignes = await self.world.pilot.journal(self.bac, numero)
        return [ligne["acte"] for ligne in lignes if ligne["service"] == "antai"]

    async def refus(self) -> list[str]:
        """The codes of the letters refused, which nobody could answer."""
        lignes = await self.world.pilot.journal(self.bac, NUMERO)
        return [ligne["donnees"]["code"] for ligne in lignes if ligne["acte"] == "refus" and ligne["service"] == "antai"]

    async def courriers(self) -> list[str]:
        found = await self.world.pilot.courriers(self.bac, NUMERO)
        return sorted(str(c["nom"]) for c in found if c["service"] == "antai")

    async def emis(self, cls: MessageClass) -> int:
        comptes = (await self.world.pilot.etat(self.bac))["comptes"]
        return int(comptes.get(f"emis:{cls.type}", 0))

    async def soldes(self) -> dict[str, int]:
        """ANTAI's accounts that are not at zero; they balance."""
        soldes: dict[str, int] = (await self.world.pilot.soldes(self.bac, NUMERO))[Party.ANTAI]
        assert sum(soldes.values()) == 0
        return {compte: valeur for compte, valeur in soldes.items() if valeur}

    async def echeances(self) -> list[str]:
        vu = await self.lire(f"/va-pilote/dossiers/{NUMERO}", siret=NUMERO[:14])
        return [echeance["acte"] for echeance in vu["echeances"]]
