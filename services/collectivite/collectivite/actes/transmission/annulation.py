"""The cancellation told before a title (flow 1)."""

from collectivite.actes.forfait import annuler
from collectivite.actes.transmission.transmis import ActeTransmis
from collectivite.domain.messages import annulation_titre
from fps.kit.engine.work import Work
from fps.messages.annulation import InformationAnnulationTitre, Origine
from fps.messages.mfps import AnnulationFps, CodeTitre


class Annulation(ActeTransmis[AnnulationFps]):
    """The FPS is withdrawn, or was paid before its notice left."""

    async def appliquer(self, work: Work) -> None:
        """The FPS is no longer due; one that was paid quickly, or by a cheque posted in time before any title, stays paid (H25, H52)."""
        if self.message.origine != "paiement-rapide" and not (self.acte.releve and self.forfait.titre_leve is not None):
            await annuler(self.forfait, self.message.motif, work)

    def autre_voie(self, work: Work) -> InformationAnnulationTitre | None:
        """Flow 8, when a title exists: the town does not know when an e-avis was read, so it may be wrong (hypothesis H71)."""
        if CodeTitre.EMIS not in self.acte.codes:
            return None
        origine: Origine = "rapo" if self.message.origine == "rapo" else "collectivite"
        return annulation_titre(self.forfait, self.forfait.du, None, origine, work.today, self.message.motif)
