"""A petition: registered under its number, found again; every act of it is told with that number."""

from collections.abc import Iterable

from ccsp.domain import lettres
from ccsp.domain.articles import ENREGISTREMENT
from ccsp.domain.bordereau import Bordereau
from ccsp.domain.echeances import Echeance
from ccsp.domain.mentions import Mention
from ccsp.domain.recevabilite import verifier_cachet
from ccsp.domain.refus import AutreDossier, RequeteDejaEnregistree, RequeteInconnue
from ccsp.domain.requete import EtatRequete, Requete, RequeteDuFps, SerieRequetes
from fps.droit.calculs import date_examen_requete, date_limite_confirmation_telecopie
from fps.kit.engine.work import Key, Work
from fps.messages.recours_collectivite import MemoireDefense, PieceDefense
from fps.messages.recours_usager import AccuseDepotRequete, ReponseRegularisation
from fps.messages.recours_usager import Requete as Depot


def cles_requete(message: ReponseRegularisation) -> Iterable[Key]:
    """The petition that an answer is about."""
    return ((Requete, (message.numero_requete,)),)


def cles_defense(message: MemoireDefense | PieceDefense) -> Iterable[Key]:
    """The petition that a filing is about, and what was filed for it before."""
    return ((Requete, (message.numero_requete,)), (Bordereau, (message.numero_requete,)))


async def connue(numero: str, work: Work) -> Requete:
    """The petition of this number; raises RequeteInconnue."""
    requete = await work.find(Requete, numero)
    if requete is None:
        raise RequeteInconnue(f"Requête {numero[:20]}", "numero_requete")
    return requete


async def du_fps(numero: str, numero_fps: str, work: Work) -> Requete:
    """The petition of this number, about this FPS; raises RequeteInconnue, AutreDossier."""
    requete = await connue(numero, work)
    if requete.numero_fps != numero_fps:
        raise AutreDossier(f"Requête {numero}, FPS {numero_fps}.", "numero_fps")  # whose it is, is not said
    return requete


async def communiquee(numero: str, siret: str, work: Work) -> Requete:
    """A petition communicated to this collectivité; raises RequeteInconnue, the same for another town's and for none."""
    requete = await work.find(Requete, numero)
    if requete is None or requete.siret != siret or requete.communiquee_le is None:
        raise RequeteInconnue(f"Requête {numero[:20]}", "numero")
    return requete


async def enregistrer(message: Depot, work: Work) -> AccuseDepotRequete:
    """Register a petition, one per FPS and object; its examination comes later. Raises RequeteDejaEnregistree, CachetPosterieur."""
    verifier_cachet(message, work.today)
    unique = await work.find(RequeteDuFps, message.numero_fps, message.objet)
    if unique is not None:
        former = await connue(unique.numero, work)
        if former.etat is not EtatRequete.RENONCIATION:
            raise RequeteDejaEnregistree(f"FPS {message.numero_fps} : requête {unique.numero}, état « {former.etat} ».", "numero_fps")
    numero = (await work.find_or_add(SerieRequetes(work.today.year))).suivant()
    if unique is None:
        work.add(RequeteDuFps(message.numero_fps, message.objet, numero))
    else:
        unique.numero = numero
    telecopie = message.canal == "telecopie"
    requete = Requete(
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
    work.add(requete)
    tracer(requete, Mention.ENREGISTREMENT, ENREGISTREMENT, work, canal=message.canal)
    # A fax waits for its written confirmation before it is read.
    work.schedule(numero, Echeance.EXAMEN, date_examen_requete(requete.confirmer_avant_le or work.today))
    return lettres.accuse_depot(requete, len(message.pieces), message.canal, work.now, work.today)


def tracer(requete: Requete, mention: Mention, article: str, work: Work, **donnees: object) -> None:
    """A line of the journal of the FPS, with the number of the petition."""
    work.record(requete.numero_fps, mention, article, numero_requete=requete.numero, **donnees)
