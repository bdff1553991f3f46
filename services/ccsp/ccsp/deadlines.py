"""What the days that pass change at the court: examination, end of a delay, notification, execution; the subject is the petition."""

from ccsp.actes.greffe import DEFENSE, REGULARISATION, attendre_regularisation, communiquer, examiner, notifier
from ccsp.domain.recevabilite import motifs
from ccsp.domain.requete import Requete
from fps.kit.engine.definition import Deadline
from fps.kit.engine.work import Work


async def _requete(numero: str, work: Work) -> Requete:
    requete = await work.find(Requete, numero)
    if requete is None:
        raise LookupError(f"{numero}: a deadline without its petition")
    return requete


async def examen(numero: str, work: Work) -> None:
    """The registry reads the petition; an unconfirmed fax is inadmissible."""
    examiner(await _requete(numero, work), work)


async def regularisation(numero: str, work: Work) -> None:
    """The month is over: silence is renunciation, which is not notified; an answer obliges the court to rule.

    Before its end, the law of the day may ask for less: the petition that lacks nothing any more is communicated.
    """
    requete = await _requete(numero, work)
    requete.motifs = motifs(requete, work.today)
    limite = requete.limite_regularisation
    if not requete.motifs:
        communiquer(requete, work)
        return
    if limite is not None and work.today <= limite:
        attendre_regularisation(requete, limite, work)
        return
    if requete.repondue_le is None:
        requete.passer("renoncer")
        work.record(requete.numero_fps, "renonciation", REGULARISATION, numero_requete=numero)
        return
    requete.passer("mettre_en_etat")
    work.record(requete.numero_fps, "irrecevabilite", REGULARISATION, numero_requete=numero, motifs=list(requete.motifs))


async def defense(numero: str, work: Work) -> None:
    """The delay of the defence is over: an error of fact that was not contested allows an order (CGCT, art. R. 2333-120-27, 6°)."""
    requete = await _requete(numero, work)
    requete.passer("mettre_en_etat")
    contestee = requete.erreur_contestee_le is not None
    work.record(requete.numero_fps, "fin-defense", DEFENSE, numero_requete=numero, erreur_contestee=contestee)


async def notification(numero: str, work: Work) -> None:
    """Both parties are notified."""
    notifier(await _requete(numero, work), work)


async def execution(numero: str, work: Work) -> None:
    """The administrative phase of an execution is over: the judge takes it."""
    requete = await _requete(numero, work)
    requete.passer("saisir_le_juge")
    work.record(requete.numero_fps, "execution-juridictionnelle", "CGCT, art. R. 2333-120-74", numero_requete=numero)


DEADLINES: dict[str, Deadline] = {
    "examen": examen,
    "regularisation": regularisation,
    "defense": defense,
    "notification": notification,
    "execution": execution,
}
