"""The decision: rendered by the judge, opened by a party, notified to both."""

from ccsp.actes.requete import connue, tracer
from ccsp.domain import decision as regles
from ccsp.domain import lettres
from ccsp.domain.articles import DECISION, NOTIFICATION
from ccsp.domain.echeances import Echeance
from ccsp.domain.mentions import Mention
from ccsp.domain.requete import Decision, Requete
from fps.kit.engine.work import Work


async def juger(numero: str, decision: Decision, work: Work) -> Requete:
    """The judge decides: both parties are told. Raises RequeteInconnue and what `decision.verifier` raises."""
    requete = await connue(numero, work)
    ville = work.villes.chercher(requete.siret, work.today)
    rendue = regles.rendre(requete, decision, ville, work.now, work.today)
    sommes = {"fps": rendue.fps_decharge, "majoration": rendue.majoration_dechargee, "amende": rendue.amende_abus, "frais": rendue.frais}
    tracer(requete, Mention(rendue.nature), DECISION, work, sens=rendue.sens, **sommes)
    for lettre in lettres.decisions(requete, ville, work.now, work.today):
        if lettre is not None:
            work.send(lettre)
    _prevoir_notification(requete, work)
    return requete


async def rectifier(numero: str, motifs: str | None, dispositif: str | None, work: Work) -> Requete:
    """A clerical error is corrected: both parties receive the decision again. Raises RequeteInconnue, RectificationImpossible."""
    requete = await connue(numero, work)
    ville = work.villes.chercher(requete.siret, work.today)
    decision = regles.rectifier(requete, motifs, dispositif, ville, work.today)
    tracer(requete, Mention.RECTIFICATION, "CGCT, art. R. 2333-120-66", work, le=work.today.isoformat())
    for lettre in lettres.decisions(requete, ville, requete.jugee_a or work.now, decision.date_decision)[:2]:
        work.send(lettre)
    return requete


async def ouvrir(numero: str, partie: str, work: Work) -> Requete:
    """A party opens the decision: it is notified that day, and the system of a collectivité is told so.

    Raises RequeteInconnue, NotificationImpossible.
    """
    requete = await connue(numero, work)
    jugee_le = work.today if requete.decision is None else requete.decision.date_decision
    regles.consulter(requete, partie, work.villes.chercher(requete.siret, jugee_le), work.today)
    tracer(requete, Mention.CONSULTATION, NOTIFICATION, work, partie=partie)
    if partie == "collectivite":
        work.send(lettres.decision_ouverte(requete))
    _prevoir_notification(requete, work)
    return requete


async def notifier(numero: str, work: Work) -> None:
    """Both parties are notified: the delays of cassation and of execution run."""
    _notifier(await connue(numero, work), work)


def _prevoir_notification(requete: Requete, work: Work) -> None:
    """Plan the day when both parties are notified, or note it at once when it has come."""
    dates = [d for d in (requete.notifiee_requerant_le, requete.notifiee_collectivite_le) if d is not None]
    work.unschedule(requete.numero)
    if max(dates) <= work.today:
        _notifier(requete, work)
    else:
        work.schedule(requete.numero, Echeance.NOTIFICATION, max(dates))


def _notifier(requete: Requete, work: Work) -> None:
    requete.passer("notifier")
    limite = requete.limite_execution
    tracer(
        requete,
        Mention.NOTIFICATION,
        NOTIFICATION,
        work,
        requerant=str(requete.notifiee_requerant_le),
        collectivite=str(requete.notifiee_collectivite_le),
        **({"execution_avant_le": limite.isoformat()} if limite else {}),
    )
