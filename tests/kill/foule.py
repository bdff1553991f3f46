"""Many lives of the catalogue in one bac, at the same dates: what each bac of the harness plays, the calm one like the others."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from random import Random
from typing import Final

from fps.parties import Party
from fps_simulateur.joueur import Deroulement, QuatreServices, constat
from fps_simulateur.langue.actes import ETABLIR
from fps_simulateur.langue.modele import Etape, Vie, catalogue
from fps_simulateur.langue.moments import Moment, instant
from tests.kill.abonnes import Abonnes, Dossiers

# Lives that together write every sort of entry; none counts what others do in its bac, which begins on the first of their days.
CHOISIES: Final = (
    "decharge-apres-rapo",
    "titre-annule-apres-paiement",
    "rapo-partiel-rectificatif",
    "double-paiement-rendu",
    "rembourse-par-mandat",
    "bourg-impaye",
    "annule-apres-avis",
    "minore-lille-dernier-jour",
    "titre-paye-avec-rabais",
    "cheque-impaye-apres-terme",
    "titre-paye-en-deux-fois",
    "minore-paris-serveur-vocal",
    "rapo-rejet-implicite",
    "decharge-totale-du-titre",
    "remise-gracieuse",
    "modifie-sans-rapo",
)
NDJSON: Final = "application/x-ndjson"
Avancer = Callable[[str, datetime], Awaitable[None]]


class Foule:
    """The lives of one bac. The n-th is the same in every bac: same life, same plate."""

    def __init__(
        self,
        monde: QuatreServices,
        bac: str,
        nombre: int,
        avancer: Avancer,
        hasard: Random,
        abonnes: Abonnes | None = None,
        ensemble: int = 6,
    ):
        """`abonnes`: the editor of two more towns, whose dossiers are lived too."""
        self.monde, self.bac, self.avancer, self.hasard = monde, bac, avancer, hasard
        self.vies = [seule(n) for n in range(nombre)]
        self.deroulements = [Deroulement(monde, vie, bac) for vie in self.vies]
        self.abonnes = abonnes
        self.depart = depart(nombre)
        self.siens = None if abonnes is None else Dossiers(monde, bac, instant(self.depart), self.dates)
        self.lot: list[str] = []  # the numbers of the FPS established by one lot, which nobody pays
        self._place = asyncio.Semaphore(ensemble)
        self.faux: list[str] = []

    @property
    def dates(self) -> list[datetime]:
        """Where the bac is moved to, one after the other."""
        return sorted({le for vie in self.vies for le in jours(vie, self.depart) if le is not None})

    async def jouer(self) -> None:
        """Day by day; a life that is not as it is written is noted, and stops there."""
        journees = [jours(vie, self.depart) for vie in self.vies]
        vivantes = set(range(len(self.vies)))
        await self._etablir_par_lot()
        if self.abonnes is not None and self.siens is not None:
            await self.abonnes.abonner(self.monde, self.bac)
            await self._noter(self.siens.etablir())
        for jour in (None, *self.dates):
            if jour is not None and not await self._noter(self.avancer(self.bac, jour), f"vers le {jour:%d/%m/%Y}"):
                return  # nothing of what follows can be lived: the other bacs go on, and all is counted
            if self.siens is not None:
                await self._noter(self.siens.jour(jour))
            todo = [n for n in vivantes if jour in journees[n]]
            self.hasard.shuffle(todo)
            ends = await asyncio.gather(*(self._vivre(n, journees[n][jour]) for n in todo))
            vivantes -= {n for n, end in zip(todo, ends, strict=True) if not end}

    async def _noter(self, acte: Awaitable[None], quoi: str = "villes de l'éditeur") -> bool:
        """An act of the editor's towns, or an advance; what is wrong with it is told with the others."""
        try:
            await acte
        except Exception as error:
            self.faux.append(f"{self.bac}, {quoi} : {error!r}"[:900])
            return False
        return True

    async def _vivre(self, n: int, etapes: Sequence[Etape]) -> bool:
        async with self._place:
            try:
                for etape in etapes:
                    await self.deroulements[n].etape(etape)
            except Exception as error:  # told with the others at the end: one life never stops the run
                self.faux.append(f"{self.bac}, {self.vies[n].vie} ({n}) : {error!r}"[:900])
                return False
        return True

    async def _etablir_par_lot(self) -> None:
        """As many again by half, in one request: their lines stand in the order of the answer."""
        demandes = [constat({"plaque": plaque(5_000 + n)}) for n in range(max(2, len(self.vies) // 2))]
        url = f"{self.monde.addresses[Party.COLLECTIVITE]}/bacs/{self.bac}/fps/lot"
        answer = await self.monde.client.post(url, content="\n".join(map(json.dumps, demandes)), headers={"Content-Type": NDJSON})
        lines = [json.loads(line) for line in answer.text.splitlines()] if answer.status_code == 200 else []
        self.lot = [line["reponse"]["numero"] for line in lines if line["statut"] == 201]
        if len(self.lot) != len(demandes):
            self.faux.append(f"{self.bac}, POST /fps/lot : {answer.status_code} {answer.text[:600]}")

    @property
    def dossiers(self) -> int:
        """How many FPS were asked."""
        return len(self.lot) + sum(len(one.dossiers) for one in self.deroulements)

    def noms(self) -> dict[str, str]:
        """What the numbers of each dossier are, in words that are the same in every bac. Several dossiers share the number of a title."""
        du_lot = {numero: f"<lot.{n}>" for n, numero in enumerate(self.lot)}
        return du_lot | {
            value: f"<{n}.{nom}.{mot}>"
            for n, one in enumerate(self.deroulements)
            for nom, mots in one.dossiers.items()
            for mot, value in mots.items()
            if isinstance(value, str) and value.isdigit() and len(value) >= 8 and mot not in ("siret", "numero_titre", "telepaiement_titre")
        }


def seule(n: int) -> Vie:
    """The n-th life, with a plate of its own, and nothing that counts what the others of its bac do."""
    vie = next(v for v in catalogue() if v.vie == CHOISIES[n % len(CHOISIES)])
    etapes = []
    for rang, etape in enumerate(vie.etapes):
        if etape.acte == ETABLIR and "plaque" not in etape.avec:
            etape = etape.model_copy(update={"avec": {**etape.avec, "plaque": plaque(n * 10 + rang)}})
        etapes.append(etape.model_copy(update={"echeances": None}))
    return vie.model_copy(update={"etapes": tuple(etapes)})


def plaque(n: int) -> str:
    """A plate of its own, of no reserved series."""
    return f"{'ABCDEFGH'[n // 999 % 8]}B-{n % 999 + 1:03d}-{'ABCDEFGH'[n // 7992 % 8]}C"


def depart(nombre: int) -> date:
    """The first day of a bac of so many lives: some begin later than others."""
    return min(seule(n).depart for n in range(nombre))


def jours(vie: Vie, debut: date) -> dict[datetime | None, list[Etape]]:
    """The steps of a life by the day that they follow, in a bac that begins on `debut`; None: those of that first day."""
    found: dict[datetime | None, list[Etape]] = {}
    jour = None if vie.depart == debut else instant(vie.depart)
    for etape in vie.etapes:
        if etape.le is not None:
            assert not isinstance(etape.le, Moment), f"{vie.vie} : the days of a crowd are dates"
            jour = instant(etape.le)
        found.setdefault(jour, []).append(etape.model_copy(update={"le": None}))
    return found
