"""The rectificatif told before a title (flow 1)."""

from collections.abc import Mapping

from collectivite.actes.forfait import rectifier
from collectivite.actes.transmission.transmis import ActeTransmis
from collectivite.domain.avis import rectificatif
from fps.kit.engine.work import Work
from fps.messages.mfps import ModificationFps


class Modification(ActeTransmis[ModificationFps]):
    """A lower amount, after a RAPO or by the town alone."""

    async def appliquer(self, work: Work) -> None:
        """The FPS amounts to what the rectificatif says."""
        await rectifier(self.forfait, rectificatif(self.message, work.today), self.message.motif, work)

    def corrige(self, sommes: Mapping[str, int], work: Work) -> ModificationFps:
        """The rectificatif is established on the day when it is told again."""
        return super().corrige(sommes, work).model_copy(update={"date_edition": work.now})
