"""ANTAI alone with what the others send it: one FPS of Lille, received on 28 June 2026, and the letters about it."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import httpx

from fps.droit.numero import telepaiement
from fps.kit.wire.envelope import Letter
from fps.messages.annulation import InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.information_paiement import TitrePaye
from fps.messages.message import MessageClass
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps.messages.paiement import PaiementFps
from fps.messages.recours_collectivite import DecisionTitre
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.partie import Partie, bac_neuf

DEPART = date(2026, 6, 28)  # sent the 29th, notified 5 July, to pay until 5 October, title on the 16th: no law of 2027 reaches it
NUMERO = "21590350100017261163072245"
TITRE = "2600000001"


@dataclass
class Antai(Partie):
    """ANTAI in a bac, and one FPS of Lille."""

    party: ClassVar[Party] = Party.ANTAI

    @classmethod
    async def ouvrir(cls, world: World, le: date = DEPART) -> "Antai":
        bac = await bac_neuf(world, le, "antai", graine="graine")
        return cls(world, bac)

    @classmethod
    async def avec_un_fps(cls, world: World, **champs: Any) -> "Antai":
        antai = await cls.ouvrir(world)
        reponse = await antai.envoyer(CreationFps, **champs)
        assert reponse.json()["statut"] == "accepte", reponse.text
        return antai

    async def envoyer(self, cls: MessageClass, **champs: Any) -> httpx.Response:
        """Each letter is a new one, even with the same content."""
        self.lettres += 1
        entetes = {"Idempotency-Key": f"lettre-{self.lettres}"}
        return await self.world.client.post(self.url(cls.path), json={**cls.example, **champs}, headers=entetes)

    async def faire(self, chemin: str, **corps: Any) -> httpx.Response:
        return await self.poster(chemin, corps or None)

    async def dossier(self, numero: str = NUMERO) -> dict[str, Any]:
        vu: dict[str, Any] = await self.lire(f"/dossiers/{numero}")
        return vu

    async def etat(self) -> str:
        return str((await self.dossier())["etat"])

    async def payer(self, montant: int = 3000, moyen: str = "internet", **champs: Any) -> httpx.Response:
        champs = {"numero_telepaiement": telepaiement(NUMERO), "reference": f"REF-{self.lettres}"} | champs
        return await self.envoyer(PaiementFps, moyen=moyen, montant=montant, **champs)

    async def rectifier(self, montant: int, **champs: Any) -> httpx.Response:
        dates = {"date_reception_rapo": "2026-07-06T09:00:00+02:00", "date_edition": "2026-07-07T09:00:00+02:00"}
        return await self.envoyer(ModificationFps, montant_rectifie=montant, **(dates | champs))

    async def retirer(self, **champs: Any) -> httpx.Response:
        return await self.envoyer(AnnulationFps, **champs)

    async def decharger_fps(self, annule: int, restant: int, **champs: Any) -> httpx.Response:
        etendue = "totale" if restant == 0 else "partielle"
        montants = {"montant_annule": annule, "montant_restant": restant, "etendue": etendue, "date_decision": "2026-07-05"}
        return await self.envoyer(InformationAnnulationFps, **(montants | champs))

    async def annuler_titre(self, fps: int = 3000, majoration: int = 5000, **champs: Any) -> httpx.Response:
        etendue = "totale" if (fps, majoration) == (3000, 5000) else "partielle"
        montants = {"numero_titre": TITRE, "fps_annule": fps, "majoration_annulee": majoration, "etendue": etendue}
        montants |= {"date_decision": "2026-10-10"}
        return await self.envoyer(InformationAnnulationTitre, **(montants | champs))

    async def juger(self, fps: int = 3000, majoration: int = 5000, **champs: Any) -> list[Letter]:
        corps = DecisionTitre.example | {"numero_titre": TITRE, "fps_decharge": fps, "majoration_dechargee": majoration} | champs
        return await self.porter(DecisionTitre.model_validate_json(json.dumps(corps)))

    async def titre_paye(self, total: int, collectivite: int, etat: int, rabais: int = 0, reste: int = 0) -> list[Letter]:
        corps = TitrePaye.example | {"numero_titre": TITRE, "rang_annexe": 1, "montant_paye": total, "rabais": rabais}
        corps |= {"part_collectivite": collectivite, "part_etat": etat, "reste_du": reste}
        return await self.porter(TitrePaye.model_validate_json(json.dumps(corps)))

    async def actes(self, sujet: str = NUMERO) -> list[str]:
        return await super().actes(sujet)

    async def refus(self, sujet: str = NUMERO) -> list[str]:
        return await super().refus(sujet)

    async def soldes(self, sujet: str | None = NUMERO) -> dict[str, int]:
        return await super().soldes(sujet)

    async def courriers(self) -> list[str]:
        return sorted(str(pli["nom"]) for pli in await self.plis(NUMERO))

    async def echeances(self) -> list[str]:
        vu = await self.lire(f"/va-pilote/dossiers/{NUMERO}", siret=NUMERO[:14])
        return [echeance["acte"] for echeance in vu["echeances"]]
