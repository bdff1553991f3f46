"""An act that ANTAI refused, told again when what stood in its way is gone."""

from collections.abc import Mapping

from collectivite.actes.dossier import demande
from collectivite.actes.transmission.envoi import exiger_sans_attente, transmettre
from collectivite.actes.transmission.natures import transmis
from collectivite.domain.forfait import Forfait
from collectivite.domain.mentions import Mention
from collectivite.domain.refus import ActeInconnu, ActeNonRefuse
from fps.kit.engine.work import Work


async def renvoyer(numero: str, rang: int, sommes: Mapping[str, int], work: Work) -> Forfait:
    """The refused act of this rank leaves again, corrected.

    `sommes` lowers the parts of a flow 8 to what ANTAI says the title still bears, in centimes. Raises ForfaitInconnu, ActeInconnu,
    ActeNonRefuse, ActeEnAttente, CorrectionImpossible.
    """
    forfait = await demande(numero, work)
    acte = next((a for a in forfait.actes if a.rang == rang), None)
    if acte is None:
        raise ActeInconnu(f"Acte {rang} du FPS {numero}.", "rang")
    if acte.etat != "refuse":
        raise ActeNonRefuse(f"Acte {rang} du FPS {numero} : « {acte.etat} ».", "rang")
    exiger_sans_attente(forfait)
    suivi = transmis(forfait, acte)
    message = suivi.corrige(sommes, work)
    work.record(numero, Mention.ACTE_RENVOYE, acte.message.law, rang=rang, nature=acte.nature, **sommes)
    transmettre(forfait, message, work, baisse=suivi.baisse(message))
    return forfait
