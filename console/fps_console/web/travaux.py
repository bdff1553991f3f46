"""What pages asked of the time of a bac: each lives on when its page is left, and tells what happens as it happens."""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from fps_console.commandes.output import Panne
from fps_console.mots import recit
from fps_console.web.formes import Refus, Refuse, refus_de
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur
from fps_simulateur.pilote.reprise import Avancee, avancer

log = logging.getLogger(__name__)
GARDES: Final = 100  # advances that are remembered
LIGNES: Final = 100  # lines told of one; the rest is counted
REGARD: Final = 0.3  # seconds between two looks at the journals


@dataclass(eq=False)
class Travail:
    """One advance, or another act on the time: what was typed to ask for it, what happened, and how it ended."""

    bac: str
    valeurs: Mapping[str, str]
    lignes: list[tuple[str, recit.Ligne]] = field(default_factory=list)  # the number of the dossier, and what is told
    autres: int = 0
    dit: tuple[str, str] | None = None  # what is told at the end of what is no advance, and the address of what it made
    instant: datetime | None = None
    refus: Refus | None = None
    tache: "asyncio.Task[None] | None" = None
    nouvelles: asyncio.Event = field(default_factory=asyncio.Event)
    tour: int = 0  # of the news: who was busy while some came has not seen this one

    @property
    def finie(self) -> bool:
        return self.tache is None or self.tache.done()

    def dire(self, line: Mapping[str, Any]) -> None:
        """Tell a line of the journals."""
        if len(self.lignes) < LIGNES:
            self.lignes.append((str(line["sujet"]), recit.ligne(line)))
        else:
            self.autres += 1

    def reveiller(self) -> None:
        """Let those who listen look again."""
        self.tour += 1
        self.nouvelles.set()
        self.nouvelles = asyncio.Event()

    async def fin(self, patience: float) -> None:
        """Wait for the end, so many real seconds at most."""
        if self.tache is not None:
            await asyncio.wait([self.tache], timeout=patience)

    async def suite(self, vu: int) -> None:
        """Wait until there is more to tell than at that turn, or nothing more."""
        if vu == self.tour and not self.finie:
            await self.nouvelles.wait()


Mener = Callable[[Travail], Awaitable[None]]
Cible = Callable[[Mapping[str, Any]], Awaitable[datetime]]


class Travaux:
    """The advances of one console, by their key."""

    def __init__(self, pilot: Pilot):
        self.pilot = pilot
        self._par_cle: OrderedDict[str, Travail] = OrderedDict()

    def __getitem__(self, cle: str) -> Travail | None:
        return self._par_cle.get(cle)

    def noter(self, cle: str, travail: Travail) -> Travail:
        """Remember an advance, or that it was refused."""
        self._par_cle[cle] = travail
        while len(self._par_cle) > GARDES:
            self._par_cle.popitem(last=False)
        return travail

    def lancer(self, cle: str, bac: str, valeurs: Mapping[str, str], mener: Mener) -> Travail:
        """Start what is asked, or find it when this key has started it and it was not refused."""
        deja = self._par_cle.get(cle)
        if deja is not None and deja.refus is None:
            return deja
        travail = self.noter(cle, Travail(bac, valeurs))
        travail.tache = asyncio.create_task(_tenir(travail, mener), name=f"temps-{bac}")
        travail.tache.add_done_callback(lambda tache: _finie(travail, tache))
        return travail

    def avance(self, cle: str, cible: Cible) -> Mener:
        """An advance, made once for its key, and told as it goes."""

        async def mener(travail: Travail) -> None:
            regard = asyncio.create_task(self._regarder(travail, await self.pilot.marques(travail.bac)))
            try:
                avancee = await avancer(self.pilot, travail.bac, cible, cle, cle)
            finally:
                regard.cancel()
                await asyncio.gather(regard, return_exceptions=True)
            await self._raconter(travail, avancee)

        return mener

    async def _regarder(self, travail: Travail, marques: Mapping[Any, int]) -> None:
        """Tell the journals as they grow; the whole is told again, in order, at the end."""
        while True:
            await asyncio.sleep(REGARD)
            with contextlib.suppress(PiloteErreur):
                etat = await self.pilot.etat(travail.bac)
                travail.instant = datetime.fromisoformat(etat["instant"])
                ici = await self.pilot.marques(travail.bac)
                async for line in recit.au_fil(self.pilot.faits(travail.bac, marques, ici)):
                    travail.dire(line)
                marques = ici
                travail.reveiller()

    async def _raconter(self, travail: Travail, avancee: Avancee) -> None:
        travail.lignes, travail.autres = [], 0
        async for line in recit.au_fil(avancee.evenements):
            travail.dire(line)
        travail.instant = datetime.fromisoformat(avancee.etat["instant"])


async def _tenir(travail: Travail, mener: Mener) -> None:
    try:
        await mener(travail)
    except (PiloteErreur, Panne, Refuse) as error:
        travail.refus = refus_de(error)


def _finie(travail: Travail, tache: "asyncio.Task[None]") -> None:
    """The end of an advance, whatever it was, is told to who listens."""
    if not tache.cancelled() and (error := tache.exception()) is not None:
        log.error("une avance demandée par une page a échoué", exc_info=error)
        travail.refus = Refus(
            "Le simulateur a fait une faute", type(error).__name__, "", "Son journal la dit en entier.", "erreur-imprevue", 500
        )
    travail.reveiller()
