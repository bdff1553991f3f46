"""The long works of the pages: each goes on when its page is closed, tells where it is, and a button stops it; one at a time in a place."""

import asyncio
import contextlib
import logging
import secrets
import sys
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from fps.kit.ground.clock import PARIS, wall_now
from fps_console.commandes.output import Panne
from fps_console.web.formes import Refus, Refuse, refus_de
from fps_simulateur.pilote.pilot import PiloteErreur

log = logging.getLogger(__name__)
GARDES: Final = 60  # works that are remembered
LIGNES: Final = 400  # lines told of one; the first ones go
BATTEMENT: Final = 10.0  # seconds without anything to tell, after which a stream says that it lives
SOUFFLE: Final = 0.25  # seconds between two tellings of one stream
ADIEU: Final = 10.0  # seconds that a command has to end when it is stopped
NOM_DE_TACHE = "chantier-"


@dataclass(eq=False)
class Chantier:
    """One work. `lieu`: the bac or the drawing where it is alone; `adresse`: its page."""

    cle: str
    genre: str
    titre: str
    lieu: str
    adresse: str
    total: int = 0
    fait: int = 0
    quoi: str = ""  # what it is doing
    lignes: list[Any] = field(default_factory=list)
    refus: Refus | None = None
    arrete: bool = False
    debut: datetime = field(default_factory=wall_now)
    tache: "asyncio.Task[None] | None" = None
    nouvelles: asyncio.Event = field(default_factory=asyncio.Event)
    tour: int = 0  # of the news: who was busy while some came has not seen this one

    @property
    def finie(self) -> bool:
        return self.tache is None or self.tache.done()

    @property
    def depuis(self) -> str:
        """When it began, as a person reads it."""
        return f"{self.debut.astimezone(PARIS):%H:%M:%S}"

    def dire(self, ligne: Any) -> None:
        """Tell a line more."""
        self.lignes.append(ligne)
        del self.lignes[:-LIGNES]
        self.reveiller()

    def reveiller(self) -> None:
        """Let those who listen look again."""
        self.tour += 1
        self.nouvelles.set()
        self.nouvelles = asyncio.Event()

    def arreter(self) -> None:
        """Stop it: it ends by cleaning its place."""
        if self.tache is not None and not self.finie:
            self.arrete = True
            self.tache.cancel()
            self.reveiller()

    async def changements(self) -> AsyncIterator[bool]:
        """True when there is something new to tell, a few times a second at most; False when nothing came for long; ends with the work."""
        vu = -1
        while not self.finie:
            if vu == self.tour:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.nouvelles.wait(), BATTEMENT)
            neuf, vu = vu != self.tour, self.tour
            yield neuf
            await asyncio.sleep(SOUFFLE)


C = TypeVar("C", bound=Chantier)


class Chantiers:
    """The works of one family of pages, by their key."""

    def __init__(self) -> None:
        self._par_cle: OrderedDict[str, Chantier] = OrderedDict()

    def __getitem__(self, cle: str) -> Chantier | None:
        return self._par_cle.get(cle)

    def tous(self) -> list[Chantier]:
        """The last one first."""
        return list(reversed(self._par_cle.values()))

    def en_cours(self, *genres: str) -> list[Chantier]:
        """Those that go on, of some kinds or of any."""
        return [un for un in self.tous() if not un.finie and (not genres or un.genre in genres)]

    def lancer(self, chantier: C, mener: Callable[[C], Awaitable[None]]) -> C:
        """Start a work; raises Refuse when another one is at work in its place."""
        ailleurs = next((un for un in self.en_cours() if un.lieu == chantier.lieu), None)
        if ailleurs is not None:
            phrase = f"« {ailleurs.titre} » est en cours depuis {ailleurs.depuis}."
            que_faire = f"Suivez ou arrêtez ce travail : {ailleurs.adresse}"
            raise Refuse(Refus("Un autre travail occupe déjà ce lieu", phrase, "", que_faire, "travail-en-cours", 409))
        self._par_cle[chantier.cle] = chantier
        while len(self._par_cle) > GARDES and (vieux := next((un for un in self._par_cle.values() if un.finie), None)) is not None:
            del self._par_cle[vieux.cle]
        chantier.tache = asyncio.create_task(_mener(chantier, mener), name=f"{NOM_DE_TACHE}{chantier.cle}")
        chantier.tache.add_done_callback(lambda tache: chantier.reveiller())
        return chantier


async def _mener(chantier: C, mener: Callable[[C], Awaitable[None]]) -> None:
    try:
        await mener(chantier)
    except (PiloteErreur, Panne, Refuse) as error:
        chantier.refus = refus_de(error)
    except asyncio.CancelledError:
        if not chantier.arrete:  # the console stops
            raise
    except Exception as error:
        log.error("un travail demandé par une page a échoué", exc_info=error)
        que_faire = "Son journal la dit en entier ; signalez-la au projet."
        chantier.refus = Refus("Le simulateur a fait une faute", type(error).__name__, "", que_faire, "erreur-imprevue", 500)


async def quitter_les_chantiers() -> None:
    """Stop every work of this loop and wait for its end: the console stops, and what a work has made takes its bac with it."""
    taches = [une for une in asyncio.all_tasks() if une.get_name().startswith(NOM_DE_TACHE)]
    for une in taches:
        une.cancel()
    await asyncio.gather(*taches, return_exceptions=True)


def cle() -> str:
    """A new key."""
    return secrets.token_hex(6)


async def commande(chantier: Chantier, arguments: Sequence[str], lire: Callable[[str], None]) -> int:
    """Run a command of `fps` in a process of its own, its lines told as they come; gives its status. Raises Panne with what it says.

    What plays a world of its own must not make the pages wait. Stopped, it is asked to end, then ended.
    """
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-u", "-m", "fps_console", *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe, limit=1 << 20
    )
    dite = asyncio.ensure_future(_lue(process.stderr))
    try:
        if process.stdout is not None:
            async for ligne in process.stdout:
                lire(ligne.decode("utf-8", "replace").rstrip())
        statut = await process.wait()
        faute = await dite
    finally:
        dite.cancel()
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), ADIEU)
            except TimeoutError:
                process.kill()
                await process.wait()
    if statut and faute:
        phrase, _, que_faire = faute.removeprefix("fps : ").partition("\n")
        raise Panne(phrase, " ".join(que_faire.split()), code="commande")
    return statut


async def _lue(flux: "asyncio.StreamReader | None") -> str:
    return "" if flux is None else (await flux.read()).decode("utf-8", "replace").strip()
