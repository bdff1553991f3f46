"""The creation, the first thing that ANTAI answers: the FPS goes on, or is over before anybody was asked to pay (flow 1)."""

from collections.abc import Callable
from datetime import datetime

from collectivite.domain.calendrier import dates
from collectivite.domain.forfait import Etat, Forfait
from fps.droit.calendar import paris_date
from fps.kit.engine.work import Work
from fps.messages.mfps import AccuseFps

CREATION = "CGCT, art. L. 2333-87, II"


class Creation:
    """What follows from the accusé of a creation; it may come after a payment, which it leaves as it is."""

    def __init__(self, forfait: Forfait, accuse: AccuseFps, motif: str):
        self.forfait, self.accuse, self.motif = forfait, accuse, motif

    async def appliquer(self, work: Work) -> None:
        """ANTAI has accepted: the notice leaves at the day that its reception fixes."""
        if self.forfait.etat is Etat.ETABLI:
            ville = work.ville(self.forfait.siret, paris_date(self.forfait.date_heure_constat))
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
