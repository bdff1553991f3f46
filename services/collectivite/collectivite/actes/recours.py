"""The appeal before the court: communication, defence, decision, execution (flows 7 and 8)."""

from collections.abc import Iterable
from typing import Any

from collectivite.actes.dossier import etabli_ici, recours_connu
from collectivite.actes.forfait import DECHARGE, reduire
from collectivite.actes.transmission.creation import laisser_partir
from collectivite.actes.transmission.envoi import transmettre
from collectivite.domain.echeances import Echeance
from collectivite.domain.forfait import Etat, Forfait
from collectivite.domain.mentions import Mention
from collectivite.domain.messages import annulation_fps, annulation_titre
from collectivite.domain.recours import EN_INSTANCE, EtatRecours, Recours
from fps.droit.calendar import ajouter_jours
from fps.kit.engine.work import Key, Work
from fps.messages.parties_prenantes import Piece
from fps.messages.recours_collectivite import (
    AccuseDepotMemoire,
    CanalDefense,
    CommunicationRequete,
    DecisionCollectivite,
    MemoireDefense,
    PieceDefense,
)
from fps.regles.defense import ELECTRONIQUES, exiger_voie, octets_de

DEFENSE = "CGCT, art. R. 2333-120-44"
DECISION = "CGCT, art. R. 2333-120-60"
FRAIS = "CGCT, art. L. 2333-87-8"


def cles(message: CommunicationRequete | DecisionCollectivite) -> Iterable[Key]:
    """The petition, when the court has told of it before."""
    yield Recours, (message.numero_requete,)


async def _ouvrir(message: CommunicationRequete | DecisionCollectivite, forfait: Forfait, work: Work) -> Recours:
    recours = await work.find_or_add(Recours(message.numero_requete, forfait.numero, forfait.siret, message.objet))
    # Only a title that was issued can be contested; one that a cheque posted in time made void is no title any more.
    forfait.titre_connu = forfait.titre_connu or (message.objet == "titre" and forfait.titre_leve is None)
    return recours


async def communiquer(message: CommunicationRequete, work: Work) -> None:
    """The court communicates a petition; after its decision this only tells who asked. Raises FpsEtabliAilleurs."""
    forfait = await etabli_ici(message.numero_fps, work)
    recours = await _ouvrir(message, forfait, work)
    recours.communiquer(message)
    limite = message.date_limite_defense
    work.record(forfait.numero, Mention.COMMUNICATION_REQUETE, DEFENSE, numero_requete=recours.numero, limite=limite.isoformat())
    if recours.etat is EtatRecours.COMMUNIQUE:
        work.schedule(recours.numero, Echeance.DEFENSE, ajouter_jours(limite, 1))


async def defendre(
    numero: str,
    canal: CanalDefense,
    *,
    conteste: bool,
    conclusions: str,
    moyens: str,
    signataire: str,
    pieces: tuple[Piece, ...],
    work: Work,
) -> Recours:
    """The town files its brief and its pieces (CGCT, art. R. 2333-120-32 quater and -44).

    Raises RecoursInconnu, DefenseHorsDelai, VoieElectroniqueFermee, VoieElectroniqueObligatoire, and what `octets_de` raises.
    """
    recours = await recours_connu(numero, work)
    exiger_voie(canal, work.today)
    if canal in ELECTRONIQUES:
        for piece in pieces:
            octets_de(piece, work.today)
    recours.deposer(work.ville(recours.siret), canal, work.today)
    commun: dict[str, Any] = {"numero_requete": numero, "numero_fps": recours.numero_fps, "siret": recours.siret, "canal": canal}
    work.record(recours.numero_fps, Mention.MEMOIRE, DEFENSE, numero_requete=numero, canal=canal, conteste=conteste, pieces=len(pieces))
    work.send(MemoireDefense(**commun, conteste_erreur=conteste, conclusions=conclusions, moyens=moyens, signataire=signataire))
    for piece in pieces:
        recours.pieces += 1
        work.send(PieceDefense(**commun, rang=recours.pieces, piece=piece))
    return recours


async def accuser_depot(message: AccuseDepotMemoire, work: Work) -> None:
    """The time-stamped acknowledgement of the court: a petition is defended when the court has received it, not when it refuses.

    Raises RecoursInconnu.
    """
    recours = await recours_connu(message.numero_requete, work)
    donnees = {"numero_requete": recours.numero, "numero_depot": message.numero_depot}
    if not message.recevable:
        work.record(recours.numero_fps, Mention.DEPOT_MEMOIRE_REFUSE, DEFENSE, **donnees, motif=message.motif)
        return
    recours.recevoir_depot(message.numero_depot)
    work.unschedule(recours.numero, Echeance.DEFENSE)
    work.record(recours.numero_fps, Mention.ACCUSE_DEPOT_MEMOIRE, DEFENSE, **donnees)


async def laisser_sans_defense(numero: str, work: Work) -> None:
    """The delay of the defence is over: the court may rule without it."""
    recours = await recours_connu(numero, work)
    if recours.laisser_sans_defense():
        work.record(recours.numero_fps, Mention.SANS_DEFENSE, DEFENSE, numero_requete=numero)


async def recevoir_decision(message: DecisionCollectivite, work: Work) -> None:
    """The court has ruled: three months to execute a discharge, from the notification that it tells. Raises FpsEtabliAilleurs.

    The same decision again changes nothing but that day, when the town has opened it on the portal before the eight days were over.
    """
    forfait = await etabli_ici(message.numero_fps, work)
    recours = await _ouvrir(message, forfait, work)
    if recours.etat in EN_INSTANCE:
        recours.recevoir_decision(message)
        work.unschedule(recours.numero, Echeance.DEFENSE)
        donnees = {
            "numero_requete": recours.numero,
            "sens": message.sens,
            "fps": message.fps_decharge,
            "majoration": message.majoration_dechargee,
        }
        work.record(forfait.numero, Mention.DECISION_JURIDICTION, DECISION, **donnees)
    elif not recours.avancer_notification(message.date_notification):
        return
    if recours.date_limite_execution is not None and recours.etat is EtatRecours.A_EXECUTER:
        # On its last day the town's system executes by itself what nobody has executed (hypothesis H74).
        work.schedule(recours.numero, Echeance.EXECUTION, recours.date_limite_execution)


async def executer(numero: str, work: Work) -> Recours:
    """The discharge is executed: ANTAI is told, and the FPS falls when it has accepted (flow 8). Raises RecoursInconnu, RienAExecuter.

    What ANTAI refuses is to be executed again.
    """
    recours = await recours_connu(numero, work)
    recours.executer(work.today)
    work.unschedule(numero, Echeance.EXECUTION)
    forfait = await etabli_ici(recours.numero_fps, work)
    work.record(forfait.numero, Mention.EXECUTION, DECHARGE, numero_requete=numero)
    if forfait.etat is not Etat.ANNULE:
        await _decharger(forfait, recours, work)
    return recours


async def regler_frais(numero: str, work: Work) -> Recours:
    """The costs that the decision awards are paid by the town, or received by it. Raises RecoursInconnu, FraisNonDus."""
    recours = await recours_connu(numero, work)
    ecriture = recours.regler_frais(work.today)
    mention = Mention.FRAIS_VERSES if recours.frais_a_la_charge_de == "collectivite" else Mention.FRAIS_RECUS
    work.record(recours.numero_fps, mention, FRAIS, numero_requete=numero, montant=recours.frais)
    work.book(recours.numero_fps, ecriture, FRAIS)
    return recours


async def executer_si_besoin(numero: str, work: Work) -> None:
    """The last day of the three months: what is not executed is."""
    if (await recours_connu(numero, work)).etat is EtatRecours.A_EXECUTER:
        await executer(numero, work)


async def _decharger(forfait: Forfait, recours: Recours, work: Work) -> None:
    decide, totale = recours.date_decision or work.today, recours.sens == "decharge-totale"
    motif = f"Décharge prononcée par la juridiction, requête {recours.numero}."
    fps, plus = (forfait.du, None) if totale else (min(recours.fps_decharge, forfait.du), recours.majoration_dechargee)
    message = annulation_titre(forfait, fps, plus, "juridiction", decide, motif, recours.numero)
    titre = (recours.objet == "titre" and forfait.titre_leve is None) or forfait.titre_possible(work.today)
    if titre and message.fps_annule + message.majoration_annulee:
        transmettre(forfait, message, work, baisse=fps)
    elif fps and not titre and forfait.cycle == "partiel":
        await reduire(forfait, fps, motif, work)
    elif fps and not titre:
        laisser_partir(forfait, work)
        transmettre(forfait, annulation_fps(forfait, message.model_copy(update={"fps_annule": fps})), work, baisse=fps)
