"""The unpaid FPS of cycle partiel, told to ANTAI (flow 11)."""

from collectivite.actes.forfait import ecrire, oublier_echeances
from collectivite.actes.transmission.transmis import ActeTransmis
from collectivite.domain.forfait import Etat
from collectivite.domain.mentions import Mention
from fps.kit.engine.work import Work
from fps.messages.annulation import FpsImpaye


class Impaye(ActeTransmis[FpsImpaye]):
    """What a title will bear; accepted, it changes nothing more here."""

    async def abandonner(self, motif: str, work: Work) -> None:
        """The redevable cannot be found: no title, what remains due is lost (CGCT, art. R. 2333-120-17-2)."""
        if self.forfait.etat is not Etat.IMPAYE:
            return
        self.forfait.abandonner(motif, work.now)
        ecriture = self.forfait.clore_sans_suite(work.today)
        ecrire(self.forfait, Mention.ABANDON, self.message.law, ecriture, work, motif=motif)
        await oublier_echeances(self.forfait, work)
