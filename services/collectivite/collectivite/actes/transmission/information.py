"""What flow 8 tells after a decision, of the FPS alone or of its title: the one takes the place of the other (hypothesis H71)."""

from collections.abc import Mapping
from typing import TypeVar

from collectivite.actes.forfait import DECHARGE, reduire
from collectivite.actes.transmission.transmis import ActeTransmis
from collectivite.domain.acte import Transmis
from collectivite.domain.echeances import Echeance
from collectivite.domain.mentions import Mention
from collectivite.domain.messages import annulation, annulation_fps, annulation_titre
from collectivite.domain.recours import EtatRecours, Recours
from collectivite.domain.refus import CorrectionImpossible
from fps.kit.engine.work import Work
from fps.messages.annulation import InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.mfps import CodeTitre

Flux8 = TypeVar("Flux8", InformationAnnulationFps, InformationAnnulationTitre)


class Information(ActeTransmis[Flux8]):
    """A FPS or its title is no longer due: the decision that founds it, when a court made one, is executed with it."""

    async def appliquer(self, work: Work) -> None:
        """The FPS loses what the decision says; what had to be corrected is executed at last."""
        recours = await self._recours(work)
        if recours is not None and recours.etat is EtatRecours.A_EXECUTER:
            recours.executer(work.today)
            work.unschedule(recours.numero, Echeance.EXECUTION)
        await reduire(self.forfait, self.acte.baisse, self.message.motif, work)

    async def refuser(self, work: Work) -> None:
        """The decision is to be executed again."""
        recours = await self._recours(work)
        if recours is not None and recours.reprendre_execution():
            work.record(self.forfait.numero, Mention.EXECUTION_A_REPRENDRE, DECHARGE, numero_requete=recours.numero)

    async def _recours(self, work: Work) -> Recours | None:
        requete = self.message.numero_requete
        return None if requete is None else await work.find(Recours, requete)


class InformationFps(Information[InformationAnnulationFps]):
    """The FPS alone, when no title exists."""

    def autre_voie(self, work: Work) -> InformationAnnulationTitre | None:
        """The title, when ANTAI says that there is one."""
        if CodeTitre.EMIS not in self.acte.codes:
            return None
        dit = self.message
        return annulation_titre(self.forfait, dit.montant_annule, None, dit.origine, dit.date_decision, dit.motif, dit.numero_requete)


class InformationTitre(Information[InformationAnnulationTitre]):
    """The title, its FPS and its majoration each for their part."""

    async def appliquer(self, work: Work) -> None:
        """The title is known, and bears less."""
        self.forfait.titre_connu = True
        self.forfait.titre_fps_annule += self.message.fps_annule
        self.forfait.titre_majoration_annulee += self.message.majoration_annulee
        await super().appliquer(work)

    def autre_voie(self, work: Work) -> Transmis | None:
        """The FPS alone, when ANTAI says that no title exists: there is no majoration to cancel."""
        if CodeTitre.NON_EMIS not in self.acte.codes:
            return None
        if self.message.origine == "collectivite":
            return annulation(self.forfait, "autre", self.message.motif, work.now)
        return annulation_fps(self.forfait, self.message) if self.message.fps_annule else None

    def corrige(self, sommes: Mapping[str, int], work: Work) -> InformationAnnulationTitre:
        """The parts lowered to what ANTAI says the title still bears, in centimes. Raises CorrectionImpossible above them."""
        trop = [nom for nom, somme in sommes.items() if somme > getattr(self.message, nom)]
        if trop:
            raise CorrectionImpossible(f"Acte {self.acte.rang}, {self.acte.nature}.", next(iter(sommes)))
        return self.message.model_copy(update=dict(sommes))

    def baisse(self, corrige: InformationAnnulationTitre) -> int:
        """The part of the FPS that is no longer cancelled stays due."""
        return self.acte.baisse - (self.message.fps_annule - corrige.fps_annule)
