"""The petition made ready for the judge: read, put in order by the applicant, communicated to the defendant."""

from datetime import date, timedelta

from ccsp.actes.requete import connue, du_fps, tracer
from ccsp.domain import lettres
from ccsp.domain.articles import CACHET, DEFENSE, REGULARISATION, TELECOPIE
from ccsp.domain.delais import notification_requerant, postee_a_temps
from ccsp.domain.echeances import Echeance
from ccsp.domain.mentions import Mention
from ccsp.domain.recevabilite import motifs, regularisables, verifier_cachet_reponse
from ccsp.domain.refus import ConfirmationParTelecopie, ReponseSansObjet, TelecopieNonConfirmee
from ccsp.domain.requete import INSTRUITES, EtatRequete, Requete
from fps.droit import parametres
from fps.droit.calculs import date_examen_requete, date_limite_defense, date_limite_regularisation
from fps.kit.engine.work import Work
from fps.messages.recours_usager import AccuseDepotRequete, ReponseRegularisation


async def examiner(numero: str, work: Work) -> None:
    """The registry reads a new petition: it is communicated, put in order, or waits for an order that rejects it.

    An unconfirmed fax is inadmissible.
    """
    requete = await connue(numero, work)
    requete.motifs = motifs(requete, work.today)
    if not requete.motifs:
        _communiquer(requete, work)
    elif regularisables(requete.motifs):
        requete.passer("demander_regularisation")
        requete.limite_regularisation = date_limite_regularisation(notification_requerant(requete, work.today))
        donnees = {"limite": requete.limite_regularisation.isoformat(), "motifs": list(requete.motifs)}
        tracer(requete, Mention.DEMANDE_REGULARISATION, REGULARISATION, work, **donnees)
        work.send(lettres.demande(requete, work.today))
        _attendre_regularisation(requete, requete.limite_regularisation, work)
    else:
        requete.passer("mettre_en_etat")
        tracer(requete, Mention.IRRECEVABILITE, REGULARISATION, work, motifs=list(requete.motifs))


async def clore_la_regularisation(numero: str, work: Work) -> None:
    """The month is over: silence is renunciation, which is not notified; an answer obliges the court to rule.

    Before its end, the law of the day may ask for less: the petition that lacks nothing any more is communicated.
    """
    requete = await connue(numero, work)
    requete.motifs = motifs(requete, work.today)
    limite = requete.limite_regularisation
    if not requete.motifs:
        _communiquer(requete, work)
    elif limite is not None and work.today <= limite:
        _attendre_regularisation(requete, limite, work)
    elif requete.repondue_le is None:
        requete.passer("renoncer")
        tracer(requete, Mention.RENONCIATION, REGULARISATION, work)
    else:
        requete.passer("mettre_en_etat")
        tracer(requete, Mention.IRRECEVABILITE, REGULARISATION, work, motifs=list(requete.motifs))


async def repondre(message: ReponseRegularisation, work: Work) -> AccuseDepotRequete:
    """Any answer of the applicant; in time, even by its postmark alone, it prevents renunciation.

    Raises CachetPosterieur, ReponseSansObjet, ConfirmationParTelecopie.
    """
    requete = await du_fps(message.numero_requete, message.numero_fps, work)
    article, cachet = ReponseRegularisation.law, message.date_cachet_poste
    verifier_cachet_reponse(requete, message.canal, cachet, work.today)
    echue = requete.etat in (EtatRequete.RENONCIATION, EtatRequete.EN_ETAT) and bool(requete.motifs)
    rattrapee = echue and message.objet != "confirmation-telecopie"
    rattrapee = rattrapee and postee_a_temps(requete.limite_regularisation, cachet, work.today)
    if rattrapee:
        requete.passer("recevoir_a_temps")
        tracer(requete, Mention.REPONSE_POSTEE_A_TEMPS, CACHET, work, objet=message.objet)
    elif requete.etat is EtatRequete.RENONCIATION:
        requete.passer("repondre_tard")
        tracer(requete, Mention.REPONSE_TARDIVE, article, work)
    elif requete.etat not in INSTRUITES:
        raise ReponseSansObjet(f"Requête {requete.numero}, état « {requete.etat} ».")
    elif message.objet == "confirmation-telecopie":
        _confirmer(requete, message, work)
    elif message.objet == "regularisation" and requete.etat is not EtatRequete.REGULARISATION:
        raise ReponseSansObjet(f"Requête {requete.numero} : rien n'est demandé, état « {requete.etat} ».", "objet")
    else:
        tracer(requete, Mention.REPONSE, article, work, objet=message.objet)
    if requete.etat in (EtatRequete.REGULARISATION, EtatRequete.REPONSE_TARDIVE):
        requete.repondue_le = work.today
    requete.pieces = (*requete.pieces, *(piece.nature for piece in message.pieces))
    requete.complements = "\n".join(filter(None, (requete.complements, message.texte)))[:20_000]
    if message.objet == "desistement":
        requete.desistement_le = work.today
    if requete.etat is EtatRequete.REGULARISATION:
        requete.motifs = motifs(requete, work.today)
        if not requete.motifs:
            _communiquer(requete, work)
        elif rattrapee:
            requete.passer("mettre_en_etat")
            tracer(requete, Mention.IRRECEVABILITE, REGULARISATION, work, motifs=list(requete.motifs))
    return lettres.accuse_depot(requete, len(message.pieces), message.canal, work.now, work.today)


async def clore_la_defense(numero: str, work: Work) -> None:
    """The delay of the defence is over: an error of fact that was not contested allows an order (CGCT, art. R. 2333-120-27, 6°)."""
    requete = await connue(numero, work)
    requete.passer("mettre_en_etat")
    tracer(requete, Mention.FIN_DEFENSE, DEFENSE, work, contestee=requete.erreur_contestee_le is not None)


def _confirmer(requete: Requete, message: ReponseRegularisation, work: Work) -> None:
    echue = requete.etat is EtatRequete.EN_ETAT and TelecopieNonConfirmee.code in requete.motifs
    rattrapee = echue and postee_a_temps(requete.confirmer_avant_le, message.date_cachet_poste, work.today)
    ouverte = requete.etat is EtatRequete.DEPOSEE or rattrapee
    if requete.confirmer_avant_le is None or requete.confirmee_le is not None or not ouverte:
        raise ReponseSansObjet(f"Requête {requete.numero} : aucune télécopie à confirmer.", "objet")
    if message.canal == "telecopie":
        raise ConfirmationParTelecopie(f"Requête {requete.numero}", "canal")
    if rattrapee:
        requete.passer("reprendre_l_examen")
    requete.confirmee_le = work.today
    tracer(requete, Mention.CONFIRMATION_TELECOPIE, TELECOPIE, work)
    work.schedule(requete.numero, Echeance.EXAMEN, date_examen_requete(work.today))


def _attendre_regularisation(requete: Requete, limite: date, work: Work) -> None:
    """The petition is looked at again when its month is over, or before, the day the law asks for less (Cons. const., n° 2020-855 QPC)."""
    fin = limite + timedelta(days=1)
    assouplie = parametres()["paiement_prealable"].change_apres(work.today)
    work.schedule(requete.numero, Echeance.REGULARISATION, min(fin, assouplie or fin))


def _communiquer(requete: Requete, work: Work) -> None:
    """The petition goes to the defendant, with the delay of its defence."""
    requete.passer("communiquer")
    requete.communiquee_le, requete.communiquee_a = work.today, work.now
    requete.limite_defense = date_limite_defense(work.today)
    work.unschedule(requete.numero)
    work.schedule(requete.numero, Echeance.DEFENSE, requete.limite_defense + timedelta(days=1))
    tracer(requete, Mention.COMMUNICATION, DEFENSE, work, limite=requete.limite_defense.isoformat())
    work.send(lettres.communication(requete, work.now, work.today))
