"""A new title of a FPS in the place of one that is all cancelled: the cheque that had made it void bounced (hypothesis H52)."""

from dgfip.domain.prise_en_charge import LigneRecue, PriseEnCharge
from dgfip.domain.refus import TitreDejaPrisEnCharge
from fps.messages.titre import EmissionTitre


def exiger_remplacable(prise: PriseEnCharge, message: EmissionTitre) -> None:
    """Raises TitreDejaPrisEnCharge while something is claimed by the title, or when the other one is not newer."""
    if prise.net_du or (message.date_emission, message.rang_annexe) <= (prise.date_titre, prise.rang):
        raise TitreDejaPrisEnCharge(f"FPS {prise.numero_fps} : titre {prise.numero_titre}, rang {prise.rang}.", "numero_titre")


def renouveler(prise: PriseEnCharge, ligne: LigneRecue, message: EmissionTitre) -> None:
    """The new title starts its own recovery, at its beginning: nothing of the former goes on but the ranks of the payments."""
    neuve = PriseEnCharge.ouvrir(message)
    neuve.paiements = prise.paiements
    vars(prise).update(vars(neuve))
    ligne.message = message
