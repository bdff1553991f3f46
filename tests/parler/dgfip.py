"""The DGFiP with what ANTAI sends it: one title of 30 € and 50 €, whose avertissement leaves on 12 October 2026."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import httpx

from fps.messages.message import Message
from fps.messages.paiement import PaiementTitre
from fps.messages.titre import AnnulationTitre, EmissionTitre
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.partie import Partie, bac_neuf

NUMERO, SIRET = "21590350100017261163072245", "21590350100017"


@dataclass
class Tresorerie(Partie):
    """A bac in which the example of a title was received."""

    party: ClassVar[Party] = Party.DGFIP

    @classmethod
    async def ouvrir(cls, world: World, **emission: Any) -> "Tresorerie":
        bac = await bac_neuf(world, date(2026, 10, 5), "tresorerie")
        ici = cls(world, bac)
        assert await ici.recevoir(EmissionTitre.exemplaire().model_copy(update=emission), "emission") == 0
        return ici

    async def recevoir(self, message: Message, nom: str) -> int:
        """Hand a letter over; gives how many must come again."""
        return len(await self.porter(message, nom))

    async def payer(self, montant: int, moyen: str = "internet", **champs: Any) -> httpx.Response:
        return await self.envoyer(PaiementTitre, montant=montant, moyen=moyen, **champs)

    async def annuler(self, fps: int, majoration: int, ordre: int = 3, **champs: Any) -> None:
        etendue = "totale" if fps + majoration == 8000 else "partielle"
        valeurs = {
            "montant_fps_annule": fps,
            "majoration_annulee": majoration,
            "etendue": etendue,
            "numero_annulation": f"27000000{ordre:02d}",
        }
        await self.recevoir(AnnulationTitre.exemplaire().model_copy(update=valeurs | champs), f"annulation-{ordre}-{fps}-{champs}")

    async def voir(self, chemin: str = f"/prises-en-charge/{NUMERO}") -> Any:
        return await self.lire(chemin)

    async def etat(self) -> str:
        etat: str = (await self.voir())["etat"]
        return etat

    async def actes(self, sujet: str = NUMERO) -> list[str]:
        return await super().actes(sujet)

    async def refus(self, sujet: str = NUMERO) -> list[str]:
        return await super().refus(sujet)

    async def courriers(self) -> list[str]:
        return [pli["type"] for pli in await self.plis(NUMERO)]
