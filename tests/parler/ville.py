"""The town's doors in a bac of its own: what the tests of the collectivité say and ask."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any, ClassVar

import httpx

from fps.kit.engine.service import Receipt
from fps.kit.ground.clock import wall_now
from fps.kit.wire.envelope import Letter
from fps.messages.information_paiement import FpsPaye
from fps.messages.message import Message, MessageClass
from fps.messages.rapo import DepotRapo
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.partie import Partie, bac_neuf

LILLE, PARIS, BOURG = "21590350100017", "21750001600019", "21000200200017"
VOITURE = {"immatriculation": "AB-123-CD", "pays": "FR", "marque": "Renault", "categorie": "voiture"}
DEMANDE: dict[str, Any] = {"siret": LILLE, "zone": "rouge", "voie": "12 rue de l'Exemple", "vehicule": VOITURE, "agent": "72"}


def une_autre(n: int) -> dict[str, Any]:
    """The demand for the vehicle of that rank: a second FPS of the same one is refused while the first has effects."""
    return {**DEMANDE, "vehicule": {**VOITURE, "immatriculation": f"AB-{123 + n}-CD"}}


AU_BOURG = {"siret": BOURG, "zone": "centre", "voie": "4 rue de l'Exemple"}

RANGS = count(99)
DEMANDEUR, PIECES = DepotRapo.example["demandeur"], DepotRapo.example["pieces"]
IBAN = {"iban": "FR7699999000010000000000115"}
REJET = {"agent": "90", "sens": "rejet", "motif": "Le justificatif ne couvre pas l'heure du constat."}
TOTALE = {"agent": "90", "sens": "acceptation-totale", "motif": "Le paiement était valable."}
PARTIELLE = {"agent": "90", "sens": "acceptation-partielle", "motif": "Un paiement partiel est établi.", "montant_rectifie": 1500}


@dataclass
class Ville(Partie):
    """The towns of a bac, with their clock."""

    party: ClassVar[Party] = Party.COLLECTIVITE
    le: date
    plaques: dict[str, str] = field(default_factory=dict, kw_only=True)  # of the FPS established here: each its own vehicle

    @classmethod
    async def ouvrir(cls, world: World, le: date) -> "Ville":
        """A new bac, that day."""
        bac = await bac_neuf(world, le, "ville")
        return cls(world, bac, le)

    async def agir(self, chemin: str, corps: dict[str, Any], *, calme: bool = True) -> dict[str, Any]:
        """An act that must succeed; what it tells the other services is answered when it returns, unless one does not know the dossier."""
        reponse = await self.poster(chemin, corps)
        assert reponse.status_code in (200, 201, 202), reponse.text
        if calme:
            await self.world.pilot.au_calme(self.bac)
        fait: dict[str, Any] = reponse.json()
        return fait

    async def refuse(self, chemin: str, corps: dict[str, Any]) -> str:
        """The code of an act that must be refused, with its article and what to do."""
        reponse = await self.poster(chemin, corps)
        assert reponse.status_code in (404, 409, 422), reponse.text
        probleme = reponse.json()
        assert probleme["title"] and probleme["article"] and probleme["que_faire"].endswith("."), probleme
        return str(probleme["code"])

    async def etablir(self, **champs: Any) -> str:
        """A FPS, sent and acknowledged."""
        demande = {**DEMANDE, "vehicule": self.voiture(), **champs}
        numero: str = (await self.agir("/fps", demande))["numero"]
        self.plaques[numero] = demande["vehicule"]["immatriculation"]
        await self.world.pilot.au_calme(self.bac)
        return numero

    def voiture(self) -> dict[str, str]:
        """A vehicle that has no FPS yet: a second one is refused while the first has effects."""
        vehicule: dict[str, str] = une_autre(len(self.plaques))["vehicule"]
        return vehicule

    async def envoyer(self, cls: MessageClass, **champs: Any) -> httpx.Response:
        """As anybody, with the plate of the FPS when nothing else is said."""
        plaque = self.plaques.get(champs.get("numero_fps", ""))
        return await super().envoyer(cls, **({"immatriculation": plaque} if plaque and "immatriculation" in cls.example else {}) | champs)

    async def suivi(self, numero: str) -> Any:
        """What the follow-up shows to who has the notice."""
        return await self.lire("/suivi", numero=numero, immatriculation=self.plaques.get(numero, VOITURE["immatriculation"]))

    async def fps(self, numero: str) -> Any:
        return await self.lire(f"/fps/{numero}")

    async def aller(self, jour: date) -> None:
        self.le = jour
        await super().aller(jour)

    async def passer(self, jours: int) -> None:
        await self.aller(self.le + timedelta(days=jours))

    async def recevoir(self, cls: MessageClass, **champs: Any) -> Any:
        reponse = await self.envoyer(cls, **champs)
        assert reponse.status_code in (200, 202), reponse.text
        return reponse.json()

    async def lettre_refusee(self, cls: MessageClass, **champs: Any) -> str:
        reponse = await self.envoyer(cls, **champs)
        assert reponse.status_code in (404, 409, 422), reponse.text
        assert reponse.json()["article"] and reponse.json()["que_faire"].endswith("."), reponse.text
        return str(reponse.json()["code"])

    async def envois(self, numero: str, cls: MessageClass) -> int:
        """How many letters of this class the town has written about this FPS."""
        return sum(
            ligne["donnees"].get("type") == cls.type and ligne["acte"] in ("envoi", "courrier") for ligne in await self.journal(numero)
        )

    async def courriers(self, numero: str) -> list[str]:
        """The names of the letters that people received from the town."""
        return [pli["nom"] for pli in await self.plis(numero)]


async def deposer(ville: Ville, numero: str, **champs: Any) -> dict[str, Any]:
    """A RAPO filed on line, the day when the notice leaves at the earliest."""
    envoi = date.fromisoformat((await ville.fps(numero))["date_envoi"])
    if ville.le < envoi:
        await ville.aller(envoi)
    accuse: dict[str, Any] = await ville.recevoir(DepotRapo, numero_fps=numero, **champs)
    return accuse


async def payer(ville: Ville, numero: str, montant: int = 3500, jour: str = "2026-06-15") -> None:
    paye = {"numero_fps": numero, "reference": "CB-1", "montant_paye": montant, "date_heure_paiement": f"{jour}T10:00:00+02:00"}
    await ville.recevoir(FpsPaye, **paye, reste_du=0)


async def reponse_de(ville: Ville, message: Message) -> str:
    """An answer comes by the relay, never by a door: it is handed to the service as the relay does."""
    texte, rang = message.model_dump_json(), next(RANGS)
    lettre = Letter(f"essai-{rang}/reponse", ville.bac, message.type, "/essai", message.sujet, rang, wall_now(), wall_now(), texte)
    recu = (await ville.world.services[Party.COLLECTIVITE].service.receive([(lettre, message)]))[0]
    assert isinstance(recu, Receipt), recu
    return recu.outcome
