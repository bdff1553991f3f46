"""What one says to any service in a bac: ask, send, hand over a letter, let days pass, and look at what it keeps."""

from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any, ClassVar

import httpx

from fps.kit.engine import bacs
from fps.kit.ground.clock import paris, wall_now
from fps.kit.wire.envelope import Letter, pack
from fps.messages.message import Message, MessageClass
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.villes import donnees

RANGS = count(1)


async def bac_neuf(monde: World, le: date, prefixe: str = "bac", *, graine: str = "essai", vierge: bool = False) -> str:
    """A bac that no other test of the process has, on that day, where the shipped towns are enrolled, or only known; gives its name."""
    nom = f"{prefixe}-{next(RANGS)}"
    await monde.pilot.creer(nom, paris(le), graine=graine, vierge=vierge, villes=donnees() if vierge else None)
    return nom


def code(reponse: httpx.Response) -> tuple[int, str]:
    """The status and the code of a refusal."""
    return reponse.status_code, reponse.json()["code"]


@dataclass
class Partie:
    """One service in one bac; the pilot's credential opens its doors."""

    party: ClassVar[Party]
    world: World
    bac: str
    lettres: int = field(default=0, kw_only=True)

    def url(self, chemin: str) -> str:
        return f"{self.world.addresses[self.party]}/bacs/{self.bac}{chemin}"

    async def poster(self, chemin: str, corps: Any = None) -> httpx.Response:
        return await self.world.client.post(self.url(chemin), json=corps)

    async def envoyer(self, cls: MessageClass, **champs: Any) -> httpx.Response:
        """Send the example of a message, changed, as the party that writes it would."""
        return await self.poster(cls.path, {**cls.example, **champs})

    async def lire(self, chemin: str, **params: Any) -> Any:
        reponse = await self.world.client.get(self.url(chemin), params=params)
        assert reponse.status_code == 200, reponse.text
        return reponse.json()

    async def lire_texte(self, chemin: str, **params: Any) -> str:
        reponse = await self.world.client.get(self.url(chemin), params=params)
        assert reponse.status_code == 200, reponse.text
        return str(reponse.text)

    async def porter(self, message: Message, nom: str = "") -> list[Letter]:
        """Hand a letter of the broker over; gives those that must come again."""
        self.lettres += 1
        now, corps = wall_now(), message.model_dump_json()
        lettre = Letter(nom or f"courrier-{self.lettres}", self.bac, message.type, "/externe", message.sujet, 1, now, now, corps)
        attente: list[Letter] = await self.world.services[self.party].inbound.take([pack([lettre])])
        return attente

    async def aller(self, jour: date) -> None:
        """The clock of the bac goes to that day, at eight in the evening."""
        await self.world.pilot.avancer(self.bac, paris(jour))

    async def au(self, *jour: int) -> None:
        """Live each due day of this service alone: the others do not know its dossiers, and their news would wait for ever."""
        service, cible = self.world.services[self.party].service, date(*jour)
        while (due := await self.echeance()) is not None and date.fromisoformat(due) <= cible:
            await bacs.set_clock(service, self.bac, paris(date.fromisoformat(due)))
            await service.live(self.bac)
        await bacs.set_clock(service, self.bac, paris(cible))

    async def echeance(self) -> str | None:
        """The next due day."""
        service = self.world.services[self.party].service
        async with service.database.read() as tx:
            due: date | str | None = (await bacs.state(service, tx, self.bac))["prochaine_echeance"]
        return None if due is None else str(due)

    async def journal(self, sujet: str) -> list[dict[str, Any]]:
        """What this service wrote about a dossier."""
        return [ligne for ligne in await self.world.pilot.journal(self.bac, sujet) if ligne["service"] == self.party]

    async def actes(self, sujet: str) -> list[str]:
        return [ligne["acte"] for ligne in await self.journal(sujet)]

    async def refus(self, sujet: str) -> list[str]:
        """The codes of the letters refused, which nobody could answer."""
        return [ligne["donnees"]["code"] for ligne in await self.journal(sujet) if ligne["acte"] == "refus"]

    async def emis(self, cls: MessageClass) -> int:
        """How many letters of this class the bac has seen written."""
        comptes = (await self.world.pilot.etat(self.bac))["comptes"]
        return int(comptes.get(f"emis:{cls.type}", 0))

    async def soldes(self, sujet: str | None = None) -> dict[str, int]:
        """The accounts of a dossier, or of the whole bac, that are not at zero; they balance."""
        soldes: dict[str, int] = (await self.world.pilot.soldes(self.bac, sujet))[self.party]
        assert sum(soldes.values()) == 0
        return {compte: valeur for compte, valeur in soldes.items() if valeur}

    async def plis(self, sujet: str) -> list[dict[str, Any]]:
        """The letters that people received from this service."""
        return [pli for pli in await self.world.pilot.courriers(self.bac, sujet) if pli["service"] == self.party]
