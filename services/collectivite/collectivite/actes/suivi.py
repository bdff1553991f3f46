"""Opening the follow-up door: one answer for every wrong pair, and for a locked one."""

from collectivite.actes.dossier import initial
from collectivite.domain.forfait import Forfait
from collectivite.domain.refus import SuiviInconnu
from fps.droit.numero import cle
from fps.kit.engine.work import Work
from fps.messages.plaques import identiques
from fps.regles.verrou import Verrou


async def ouvrir(numero: str, immatriculation: str, work: Work) -> str:
    """The number of the FPS behind a notice, its own or that of a rectificatif, with or without its key.

    Raises SuiviInconnu: nobody learns which numbers exist, nor which ones are locked (hypothesis H50).
    """
    avis, lue = numero[:26], numero[26:]
    forfait = await work.find(Forfait, await initial(avis, work))
    if forfait is None:
        raise SuiviInconnu(f"Numéro {avis}", "numero")
    verrou = await work.find(Verrou, forfait.numero)
    if verrou is not None and verrou.ferme(work.verrous):
        raise SuiviInconnu(f"Numéro {avis}", "numero")
    if lue in ("", cle(avis)) and identiques(immatriculation, forfait.vehicule.immatriculation):
        if verrou is not None:
            verrou.reussir()
        return forfait.numero
    verrou = await work.find_or_add(Verrou(forfait.numero))
    verrou.echouer(work.verrous)
    work.lasting(verrou)
    raise SuiviInconnu(f"Numéro {avis}", "numero")
