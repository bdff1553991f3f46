"""The acts of the registry that several doors share: examine a petition, communicate it, notify a decision."""

from datetime import date, timedelta

from ccsp.domain import decision as regles
from ccsp.domain import lettres
from ccsp.domain.delais import notification_requerant
from ccsp.domain.recevabilite import motifs, regularisables
from ccsp.domain.refus import AutreDossier, RequeteInconnue
from ccsp.domain.requete import Requete
from fps.droit import parametres
from fps.droit.calculs import date_limite_defense, date_limite_regularisation
from fps.kit.engine.work import Work

EXAMEN = "CGCT, art. R. 2333-120-38"
REGULARISATION = "CGCT, art. R. 2333-120-39"
DEFENSE = "CGCT, art. R. 2333-120-44"
NOTIFICATION = "CGCT, art. R. 2333-120-60"


async def connue(numero: str, work: Work, numero_fps: str | None = None) -> Requete:
    """The petition of this number; raises RequeteInconnue, AutreDossier."""
    requete = await work.find(Requete, numero)
    if requete is None:
        raise RequeteInconnue(f"Requête {numero[:20]}", "numero_requete")
    if numero_fps is not None and requete.numero_fps != numero_fps:
        raise AutreDossier(f"Requête {numero}, FPS {numero_fps}.", "numero_fps")  # whose it is, is not said
    return requete


def examiner(requete: Requete, work: Work) -> None:
    """The registry reads a new petition: it is communicated, put in order, or waits for an order that rejects it."""
    requete.motifs = motifs(requete, work.today)
    if not requete.motifs:
        communiquer(requete, work)
    elif regularisables(requete.motifs):
        requete.passer("demander_regularisation")
        requete.limite_regularisation = date_limite_regularisation(notification_requerant(requete, work.today))
        _tracer(requete, work, "demande-regularisation", REGULARISATION, limite=requete.limite_regularisation.isoformat())
        work.send(lettres.demande(requete, work.today))
        attendre_regularisation(requete, requete.limite_regularisation, work)
    else:
        requete.passer("mettre_en_etat")
        _tracer(requete, work, "irrecevabilite", REGULARISATION, motifs=list(requete.motifs))


def attendre_regularisation(requete: Requete, limite: date, work: Work) -> None:
    """The petition is looked at again when its month is over, or before, the day the law asks for less (Cons. const., n° 2020-855 QPC)."""
    fin = limite + timedelta(days=1)
    work.schedule(requete.numero, "regularisation", min(fin, parametres()["paiement_prealable"].change_apres(work.today) or fin))


def communiquer(requete: Requete, work: Work) -> None:
    """The petition goes to the defendant, with the delay of its defence."""
    requete.passer("communiquer")
    requete.communiquee_le, requete.communiquee_a = work.today, work.now
    requete.limite_defense = date_limite_defense(work.today)
    work.unschedule(requete.numero)
    work.schedule(requete.numero, "defense", requete.limite_defense + timedelta(days=1))
    _tracer(requete, work, "communication", DEFENSE, limite=requete.limite_defense.isoformat())
    work.send(lettres.communication(requete, work.now, work.today))


def ouvrir_decision(requete: Requete, partie: str, work: Work) -> None:
    """A party opens the decision: it is notified that day, and the system of a collectivité is told so. Raises NotificationImpossible."""
    regles.consulter(requete, partie, work.today)
    _tracer(requete, work, "consultation", NOTIFICATION, partie=partie)
    if partie == "collectivite":
        work.send(lettres.decision_ouverte(requete))
    prevoir_notification(requete, work)


def prevoir_notification(requete: Requete, work: Work) -> None:
    """Plan the day when both parties are notified, or note it at once when it has come."""
    dates = [d for d in (requete.notifiee_requerant_le, requete.notifiee_collectivite_le) if d is not None]
    work.unschedule(requete.numero)
    if max(dates) <= work.today:
        notifier(requete, work)
    else:
        work.schedule(requete.numero, "notification", max(dates))


def notifier(requete: Requete, work: Work) -> None:
    """Both parties know the decision: the delays of cassation and of execution run."""
    requete.passer("notifier")
    limite = requete.limite_execution
    _tracer(
        requete,
        work,
        "notification",
        NOTIFICATION,
        requerant=str(requete.notifiee_requerant_le),
        collectivite=str(requete.notifiee_collectivite_le),
        **({"execution_avant_le": limite.isoformat()} if limite else {}),
    )


def _tracer(requete: Requete, work: Work, acte: str, article: str, **donnees: object) -> None:
    work.record(requete.numero_fps, acte, article, numero_requete=requete.numero, **donnees)
