"""What follows a decision: the appeal in cassation, and its execution, asked, ordered, satisfied (CGCT, art. R. 2333-120-74)."""

from datetime import date

from ccsp.domain.delais import limite_pourvoi
from ccsp.domain.refus import ExecutionImpossible, ExecutionPrematuree, PourvoiImpossible
from ccsp.domain.requete import EtatRequete, Requete
from fps.villes.communes import Commune


def se_pourvoir(requete: Requete, ville: Commune | None, le: date) -> None:
    """An appeal in cassation, once, in its delay (CJA, art. R. 821-1). Raises PourvoiImpossible."""
    limite = limite_pourvoi(requete, ville)
    if limite is None or requete.pourvoi_le is not None or le > limite:
        raise PourvoiImpossible(f"Requête {requete.numero}, état « {requete.etat} ».")
    requete.pourvoi_le = le


def demander(requete: Requete, le: date) -> None:
    """The execution is asked once its delay is over. Raises ExecutionImpossible, ExecutionPrematuree."""
    if requete.limite_execution is None or requete.etat is not EtatRequete.NOTIFIEE:
        raise _impossible(requete)
    if le <= requete.limite_execution:
        raise ExecutionPrematuree(f"Jusqu'au {requete.limite_execution:%d/%m/%Y}.")
    requete.passer("demander_execution")
    requete.execution_demandee_le = le


def astreindre(requete: Requete, montant_jour: int) -> None:
    """The judge of the execution orders a penalty, in centimes a day. Raises ExecutionImpossible."""
    if requete.etat is not EtatRequete.EXECUTION_JURIDICTIONNELLE:
        raise _impossible(requete)
    requete.astreinte_jour = montant_jour


def classer(requete: Requete) -> None:
    """The decision is executed. Raises ExecutionImpossible."""
    if requete.etat not in (EtatRequete.EXECUTION_DEMANDEE, EtatRequete.EXECUTION_JURIDICTIONNELLE):
        raise _impossible(requete)
    requete.passer("classer")


def _impossible(requete: Requete) -> ExecutionImpossible:
    return ExecutionImpossible(f"Requête {requete.numero}, état « {requete.etat} ».")
