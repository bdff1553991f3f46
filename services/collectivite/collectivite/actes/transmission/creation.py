"""The creation, the first thing that ANTAI answers: the FPS goes on, or is over before anybody was asked to pay (flow 1)."""

from collections.abc import Callable
from datetime import datetime

from collectivite.actes.dossier import demande
from collectivite.domain.calendrier import dates
from collectivite.domain.echeances import Echeance
from collectivite.domain.forfait import Etat, Forfait
from fps.droit.calculs import date_transmission
from fps.droit.calendar import paris_date
from fps.kit.engine.work import Work
from fps.messages.mfps import AccuseFps, CreationFps

CREATION = "CGCT, art. L. 2333-87, II"


def annoncer(forfait: Forfait, message: CreationFps, garde_jours: int, work: Work) -> None:
    """The message FPS leaves at once, or on the day that the town keeps it until (hypothesis H125)."""
    if not garde_jours:
        work.send(message)
        return
    forfait.retenir(message, date_transmission(work.today, garde_jours))
    work.schedule(forfait.numero, Echeance.TRANSMISSION, date_transmission(work.today, garde_jours))


async def partir(numero: str, work: Work) -> None:
    """The day has come: the message FPS that the town kept leaves."""
    laisser_partir(await demande(numero, work), work)


def laisser_partir(forfait: Forfait, work: Work) -> None:
    """The message FPS leaves now, when it had not: what is told next is about a FPS that ANTAI knows."""
    if (message := forfait.liberer()) is not None:
        work.unschedule(forfait.numero, Echeance.TRANSMISSION)
        work.send(message)


def oublier(forfait: Forfait, work: Work) -> bool:
    """Whether the message FPS had not left: it never will, and nothing has to be told of a FPS that is over."""
    if forfait.liberer() is None:
        return False
    work.unschedule(forfait.numero, Echeance.TRANSMISSION)
    return True


class Creation:
    """What follows from the accusé of a creation; it may come after a payment, which it leaves as it is."""

    def __init__(self, forfait: Forfait, accuse: AccuseFps, motif: str):
        self.forfait, self.accuse, self.motif = forfait, accuse, motif

    async def appliquer(self, work: Work) -> None:
        """ANTAI has accepted: the notice leaves at the day that its reception fixes."""
        if self.forfait.etat is Etat.ETABLI:
            ville = work.ville(self.forfait.siret, self.forfait.jour)
            prevues = dates(ville, self.forfait, paris_date(self.accuse.date_reception))
            self.forfait.dater(prevues.envoi, prevues.notification, prevues.limite_paiement)
        self.forfait.accuser(self.accuse.date_reception)

    async def refuser(self, work: Work) -> None:
        """ANTAI has refused: the FPS will not be notified."""
        self._clore(self.forfait.refuser, work)

    async def abandonner(self, work: Work) -> None:
        """ANTAI gives the FPS up: nobody will be asked to pay."""
        self._clore(self.forfait.abandonner, work)

    def _clore(self, fermer: Callable[[str, datetime], None], work: Work) -> None:
        if self.forfait.etat is not Etat.ETABLI:
            self.forfait.accuse_le = self.accuse.date_reception
            return
        fermer(self.motif, self.accuse.date_reception)
        if (ecriture := self.forfait.clore_sans_suite(work.today)) is not None:
            work.book(self.forfait.numero, ecriture, CREATION)
