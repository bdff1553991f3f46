"""The same client for programs that do not await: each call waits, in a loop that runs beside."""

from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from fps.parties import Party
from fps_simulateur.client.asynchrone import DEPART, Bac, Champs, Dossier, Enrole, Jusqua, Monde, ouvrir

T = TypeVar("T")


class _Attend:
    """What is called from a thread without a loop."""

    def __init__(self, portail: BlockingPortal):
        self._portail = portail

    def _attendre(self, appel: Callable[[], Coroutine[Any, Any, T]]) -> T:
        __tracebackhide__ = True  # pytest shows the line of the test, not how it was asked
        try:
            found: T = self._portail.call(appel)
        except AssertionError as error:
            raise AssertionError(str(error)) from None
        return found


class DossierSync(_Attend):
    """A FPS of a bac; each method as `Dossier`."""

    def __init__(self, portail: BlockingPortal, dossier: Dossier):
        super().__init__(portail)
        self._dossier = dossier

    @property
    def numero(self) -> str:
        """Its number, 26 digits."""
        return self._dossier.numero

    @property
    def cle(self) -> str:
        """The key of its number."""
        return self._dossier.cle

    @property
    def etat(self) -> str:
        """Its state at ANTAI."""
        return self._attendre(lambda: self._dossier.etat())

    def voir(self, service: Party | str = Party.ANTAI) -> Champs:
        """What a service shows of it, amounts in centimes; raises AssertionError when it does not know it."""
        return self._attendre(lambda: self._dossier.voir(service))

    def attendre(self, **attendus: Mapping[str, Any]) -> None:
        """What services must say of it; raises AssertionError with every difference."""
        __tracebackhide__ = True
        self._attendre(lambda: self._dossier.attendre(**attendus))

    @property
    def courriers(self) -> list[str]:
        """The short types of the letters that people received about it, in order."""
        return self._attendre(lambda: self._dossier.courriers())

    @property
    def echeances(self) -> list[Champs]:
        """What is due if nobody does anything."""
        return self._attendre(lambda: self._dossier.echeances())

    @property
    def journal(self) -> list[Champs]:
        """Everything that happened to it, in order."""
        return self._attendre(lambda: self._dossier.journal())


class BacSync(_Attend):
    """A world of its own; each method as `Bac`."""

    def __init__(self, portail: BlockingPortal, bac: Bac):
        super().__init__(portail)
        self._bac, self.nom = bac, bac.nom

    @property
    def instant(self) -> datetime:
        """Its instant, in Paris."""
        return self._attendre(lambda: self._bac.instant())

    @property
    def date(self) -> date:
        """Its day."""
        return self.instant.date()

    def advance(self, to: Jusqua, dossier: DossierSync | None = None) -> list[Champs]:
        """Live until a named day, a date, or after a duration; gives what happened."""
        return self._attendre(lambda: self._bac.advance(to, _de(dossier)))

    def etablir(self, nom: str | None = None, *, usager: str | None = None, **avec: Any) -> DossierSync:
        """A FPS of the town of the bac (or of `ville`), for `plaque`; `usager`: how its driver behaves. Raises Refuse, ValueError."""
        return DossierSync(self._portail, self._attendre(lambda: self._bac.etablir(nom, usager=usager, **avec)))

    def faire(self, acte: str, dossier: DossierSync | None = None, **avec: Any) -> Champs:
        """An act of the language of the lives, by its name; gives its answer. Raises Refuse."""
        return self._attendre(lambda: self._bac.faire(acte, _de(dossier), **avec))

    def payer(self, dossier: DossierSync, montant: int | None = None, **avec: Any) -> Champs:
        """Pay a FPS or its title; `montant` in centimes, all that is due that day by default. Raises Refuse."""
        return self._attendre(lambda: self._bac.payer(dossier._dossier, montant, **avec))

    def contester(self, dossier: DossierSync, **avec: Any) -> Champs:
        """A RAPO filed on line; raises Refuse."""
        return self._attendre(lambda: self._bac.contester(dossier._dossier, **avec))

    def decider(self, dossier: DossierSync, sens: str, motif: str = "Décision d'essai.", **avec: Any) -> Champs:
        """The town decides the RAPO; raises Refuse."""
        return self._attendre(lambda: self._bac.decider(dossier._dossier, sens, motif, **avec))

    def saisir(self, dossier: DossierSync, **avec: Any) -> str:
        """A petition before the court; gives its number. Raises Refuse."""
        return self._attendre(lambda: self._bac.saisir(dossier._dossier, **avec))

    def adresse(self, service: Party | str = Party.ANTAI) -> str:
        """Where a product speaks to a service in this bac; raises ValueError when the services are in memory."""
        return self._bac.adresse(service)

    def suivre(self, numero: str, nom: str | None = None) -> DossierSync:
        """The dossier of a FPS that a product sent, as ANTAI knows it; raises AssertionError when it does not."""
        return DossierSync(self._portail, self._attendre(lambda: self._bac.suivre(numero, nom)))

    def enroler(self, dossier: Path, siret: str | None = None, prestataire: str = "Éditeur Essai") -> Enrole:
        """Enrol a town and its provider in this bac; key and certificate stay in `dossier`. Raises ValueError, EnrolementImpossible."""
        return self._attendre(lambda: self._bac.enroler(dossier.absolute(), siret, prestataire))

    def raconter(self, derniers: int = 40) -> str:
        """What happened in it, the last lines of its journals."""
        return self._attendre(lambda: self._bac.raconter(derniers))

    def conduire(self, quoi: Callable[[Bac], Coroutine[Any, Any, T]]) -> T:
        """What another tool does with the same bac, awaited: `quoi` is given the bac that awaits."""
        return self._attendre(lambda: quoi(self._bac))

    def verifier(self) -> None:
        """Every invariant of a bac at rest holds, and no deadline is buried; raises AssertionError."""
        self._attendre(lambda: self._bac.verifier())


class MondeSync(_Attend):
    """Four services, and the bacs that this client made in them."""

    def __init__(self, portail: BlockingPortal, monde: Monde):
        super().__init__(portail)
        self._monde = monde

    def bac(self, depart: date = DEPART, ville: str = "lille", nom: str | None = None) -> BacSync:
        """A new bac, the evening of that day."""
        return BacSync(self._portail, self._attendre(lambda: self._monde.bac(depart, ville, nom)))

    def oublier(self, bac: BacSync) -> None:
        """Delete a bac and all that it holds."""
        self._attendre(lambda: self._monde.oublier(bac._bac))


def _de(dossier: DossierSync | None) -> Dossier | None:
    return None if dossier is None else dossier._dossier


@contextmanager
def ouvrir_sync(adresses: Mapping[Party, str] | None = None, jeton: str | None = None, pki: Path | None = None) -> Iterator[MondeSync]:
    """A world, as `ouvrir`."""
    with start_blocking_portal("asyncio") as portail, portail.wrap_async_context_manager(ouvrir(adresses, jeton, pki)) as monde:
        yield MondeSync(portail, monde)
