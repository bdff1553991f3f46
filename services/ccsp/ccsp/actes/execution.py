"""What follows a decision: an appeal in cassation, and the execution that a party asks for."""

from datetime import timedelta

from ccsp.actes.requete import connue, tracer
from ccsp.domain import execution as regles
from ccsp.domain.articles import EXECUTION, POURVOI
from ccsp.domain.echeances import Echeance
from ccsp.domain.mentions import Mention
from ccsp.domain.requete import Requete
from fps.droit.calculs import date_phase_juridictionnelle
from fps.kit.engine.work import Work


async def noter_pourvoi(numero: str, work: Work) -> Requete:
    """An appeal in cassation is noted. Raises RequeteInconnue, PourvoiImpossible."""
    requete = await connue(numero, work)
    regles.se_pourvoir(requete, work.villes.chercher(requete.siret, work.today), work.today)
    tracer(requete, Mention.POURVOI, POURVOI, work)
    return requete


async def demander(numero: str, work: Work) -> Requete:
    """A party asks for the execution: its administrative phase begins. Raises RequeteInconnue, ExecutionImpossible, ExecutionPrematuree."""
    requete = await connue(numero, work)
    regles.demander(requete, work.today)
    work.schedule(numero, Echeance.EXECUTION, date_phase_juridictionnelle(work.today) + timedelta(days=1))
    tracer(requete, Mention.DEMANDE_EXECUTION, EXECUTION, work)
    return requete


async def saisir_le_juge(numero: str, work: Work) -> None:
    """The administrative phase of an execution is over: the judge takes it."""
    requete = await connue(numero, work)
    requete.passer("saisir_le_juge")
    tracer(requete, Mention.EXECUTION_JURIDICTIONNELLE, EXECUTION, work)


async def astreindre(numero: str, montant_jour: int, work: Work) -> Requete:
    """The judge of the execution orders a penalty, in centimes a day. Raises RequeteInconnue, ExecutionImpossible."""
    requete = await connue(numero, work)
    regles.astreindre(requete, montant_jour)
    tracer(requete, Mention.ASTREINTE, EXECUTION, work, montant_jour=montant_jour)
    return requete


async def classer(numero: str, work: Work) -> Requete:
    """A satisfied request is closed. Raises RequeteInconnue, ExecutionImpossible."""
    requete = await connue(numero, work)
    regles.classer(requete)
    work.unschedule(numero)
    tracer(requete, Mention.CLASSEMENT, EXECUTION, work)
    return requete
