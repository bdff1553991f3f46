"""What the court does with each message it receives: one function a message, one table."""

from ccsp.actes import defense
from ccsp.actes.greffe import communiquer, connue
from ccsp.domain import lettres
from ccsp.domain.recevabilite import motifs
from ccsp.domain.refus import (
    ConfirmationParTelecopie,
    ReponseSansObjet,
    RequeteDejaEnregistree,
)
from ccsp.domain.requete import INSTRUITES, EtatRequete, RequeteDuFps, SerieRequetes
from ccsp.domain.requete import Requete as Dossier
from fps.droit.calculs import date_examen_requete, date_limite_confirmation_telecopie
from fps.kit.engine.definition import Handler
from fps.kit.engine.work import Work
from fps.messages.message import MessageClass
from fps.messages.recours_collectivite import MemoireDefense, PieceDefense
from fps.messages.recours_usager import AccuseDepotRequete, ReponseRegularisation, Requete


async def requete(message: Requete, work: Work) -> AccuseDepotRequete:
    """Register a petition, one per FPS and object; its examination comes later. Raises RequeteDejaEnregistree."""
    unique = await work.find(RequeteDuFps, message.numero_fps, message.objet)
    if unique is not None:
        former = await connue(unique.numero, work)
        if former.etat is not EtatRequete.RENONCIATION:
            raise RequeteDejaEnregistree(f"FPS {message.numero_fps} : requête {unique.numero}, état « {former.etat} ».", "numero_fps")
    serie = await work.find(SerieRequetes, work.today.year)
    if serie is None:
        serie = SerieRequetes(work.today.year)
        work.add(serie)
    numero = serie.suivant()
    if unique is None:
        work.add(RequeteDuFps(message.numero_fps, message.objet, numero))
    else:
        unique.numero = numero
    telecopie = message.canal == "telecopie"
    dossier = Dossier(
        numero=numero,
        numero_fps=message.numero_fps,
        siret=message.numero_fps[:14],
        objet=message.objet,
        canal=message.canal,
        date_depot=work.today,
        deposee_a=work.now,
        depot=message,
        pieces=tuple(piece.nature for piece in message.pieces),
        confirmer_avant_le=date_limite_confirmation_telecopie(work.today) if telecopie else None,
    )
    work.add(dossier)
    work.record(message.numero_fps, "enregistrement", "CGCT, art. R. 2333-120-32 octies", numero_requete=numero, canal=message.canal)
    # A fax waits for its written confirmation before it is read.
    examen = date_limite_confirmation_telecopie(work.today) if telecopie else work.today
    work.schedule(numero, "examen", date_examen_requete(examen))
    return lettres.accuse_depot(dossier, len(message.pieces), message.canal, work.now, work.today)


async def reponse(message: ReponseRegularisation, work: Work) -> AccuseDepotRequete:
    """Any answer of the applicant; in time, it prevents renunciation. Raises ReponseSansObjet, ConfirmationParTelecopie."""
    dossier = await connue(message.numero_requete, work, message.numero_fps)
    article = ReponseRegularisation.law
    if dossier.etat is EtatRequete.RENONCIATION:
        dossier.passer("repondre_tard")
        work.record(dossier.numero_fps, "reponse-tardive", article, numero_requete=dossier.numero)
    elif dossier.etat not in INSTRUITES:
        raise ReponseSansObjet(f"Requête {dossier.numero}, état « {dossier.etat} ».")
    elif message.objet == "confirmation-telecopie":
        _confirmer(dossier, message, work)
    elif message.objet == "regularisation" and dossier.etat is not EtatRequete.REGULARISATION:
        raise ReponseSansObjet(f"Requête {dossier.numero} : rien n'est demandé, état « {dossier.etat} ».", "objet")
    else:
        work.record(dossier.numero_fps, "reponse", article, numero_requete=dossier.numero, objet=message.objet)
    if dossier.etat in (EtatRequete.REGULARISATION, EtatRequete.REPONSE_TARDIVE):
        dossier.repondue_le = work.today
    dossier.pieces = (*dossier.pieces, *(piece.nature for piece in message.pieces))
    dossier.complements = "\n".join(filter(None, (dossier.complements, message.texte)))[:20_000]
    if message.objet == "desistement":
        dossier.desistement_le = work.today
    if dossier.etat is EtatRequete.REGULARISATION:
        dossier.motifs = motifs(dossier, work.today)
        if not dossier.motifs:
            communiquer(dossier, work)
    return lettres.accuse_depot(dossier, len(message.pieces), message.canal, work.now, work.today)


def _confirmer(dossier: Dossier, message: ReponseRegularisation, work: Work) -> None:
    if dossier.confirmer_avant_le is None or dossier.confirmee_le is not None or dossier.etat is not EtatRequete.DEPOSEE:
        raise ReponseSansObjet(f"Requête {dossier.numero} : aucune télécopie à confirmer.", "objet")
    if message.canal == "telecopie":
        raise ConfirmationParTelecopie(f"Requête {dossier.numero}", "canal")
    dossier.confirmee_le = work.today
    work.record(dossier.numero_fps, "confirmation-telecopie", "CGCT, art. R. 2333-120-32", numero_requete=dossier.numero)
    work.schedule(dossier.numero, "examen", date_examen_requete(work.today))


HANDLERS: dict[MessageClass, Handler] = {
    Requete: requete,
    ReponseRegularisation: reponse,
    MemoireDefense: defense.memoire,
    PieceDefense: defense.piece,
}
