"""The table: what is told to ANTAI, and the class that knows what follows from it."""

from typing import Any

from collectivite.actes.transmission.annulation import Annulation
from collectivite.actes.transmission.impaye import Impaye
from collectivite.actes.transmission.information import InformationFps, InformationTitre
from collectivite.actes.transmission.modification import Modification
from collectivite.actes.transmission.transmis import ActeTransmis
from collectivite.domain.acte import Acte, Transmis
from collectivite.domain.forfait import Forfait
from fps.messages.annulation import FpsImpaye, InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.mfps import AnnulationFps, ModificationFps

CLASSES: dict[type[Transmis], type[ActeTransmis[Any]]] = {
    ModificationFps: Modification,
    AnnulationFps: Annulation,
    InformationAnnulationFps: InformationFps,
    InformationAnnulationTitre: InformationTitre,
    FpsImpaye: Impaye,
}


def transmis(forfait: Forfait, acte: Acte) -> ActeTransmis[Any]:
    """This act of this FPS, by its class."""
    return CLASSES[type(acte.message)](forfait, acte, acte.message)
