"""The appeal before the court: communication, defence, decision, execution (flows 7 and 8)."""

from typing import Any

from collectivite.actes.annulation import annulation_titre
from collectivite.actes.dossier import ecrire, etabli_ici, oublier_echeances, recours_connu
from collectivite.domain.forfait import Etat, Forfait
from collectivite.domain.recours import EN_INSTANCE, EtatRecours, Recours
from fps.calendar import ajouter_jours
from fps.communes import commune
from fps.kit.work import Work
from fps.messages.annulation import InformationAnnulationFps
from fps.messages.parties_prenantes import Piece
from fps.messages.recours_collectivite import (
    AccuseDepotMemoire,
    CanalDefense,
    CommunicationRequete,
    DecisionCollectivite,
    MemoireDefense,
    PieceDefense,
)

DEFENSE = "CGCT, art. R. 2333-120-44"
DECISION = "CGCT, art. R. 2333-120-60"
EXECUTION = "CGCT, art. R. 2333-120-17-2"


async def _ouvrir(message: CommunicationRequete | DecisionCollectivite, forfait: Forfait, work: Work) -> Recours:
    recours = await work.find(Recours, message.numero_requete)
    if recours is None:
        recours = Recours(message.numero_requete, forfait.numero, forfait.siret, message.objet)
        work.add(recours)
    return recours


async def communiquer(message: CommunicationRequete, work: Work) -> None:
    """The court communicates a petition; after its decision this only tells who asked. Raises FpsEtabliAilleurs."""
    forfait = await etabli_ici(message.numero_fps, work)
    recours = await _ouvrir(message, forfait, work)
    recours.communiquer(message)
    limite = message.date_limite_defense
    work.record(forfait.numero, "communication-requete", DEFENSE, numero_requete=recours.numero, limite=limite.isoformat())
    if recours.etat is EtatRecours.COMMUNIQUE:
        work.schedule(recours.numero, "defense", ajouter_jours(limite, 1))


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

    Raises RecoursInconnu, DefenseHorsDelai, VoieElectroniqueObligatoire.
    """
    recours = await recours_connu(numero, work)
    recours.deposer(commune(recours.siret), canal, work.today)
    commun: dict[str, Any] = {"numero_requete": numero, "numero_fps": recours.numero_fps, "siret": recours.siret, "canal": canal}
    work.unschedule(numero, "defense")
    work.record(recours.numero_fps, "memoire", DEFENSE, numero_requete=numero, canal=canal, conteste=conteste, pieces=len(pieces))
    work.send(MemoireDefense(**commun, conteste_erreur=conteste, conclusions=conclusions, moyens=moyens, signataire=signataire))
    for piece in pieces:
        recours.pieces += 1
        work.send(PieceDefense(**commun, rang=recours.pieces, piece=piece))
    return recours


async def accuser_depot(message: AccuseDepotMemoire, work: Work) -> None:
    """The time-stamped acknowledgement of the court. Raises RecoursInconnu."""
    recours = await recours_connu(message.numero_requete, work)
    if message.numero_depot not in recours.depots:
        recours.depots = (*recours.depots, message.numero_depot)
    acte = "accuse-depot-memoire" if message.recevable else "depot-memoire-refuse"
    work.record(recours.numero_fps, acte, DEFENSE, numero_requete=recours.numero, numero_depot=message.numero_depot)


async def laisser_sans_defense(numero: str, work: Work) -> None:
    """The delay of the defence is over: the court may rule without it."""
    recours = await recours_connu(numero, work)
    if recours.laisser_sans_defense():
        work.record(recours.numero_fps, "sans-defense", DEFENSE, numero_requete=numero)


async def recevoir_decision(message: DecisionCollectivite, work: Work) -> None:
    """The court has ruled: three months to execute a discharge; the same decision again changes nothing. Raises FpsEtabliAilleurs."""
    forfait = await etabli_ici(message.numero_fps, work)
    recours = await _ouvrir(message, forfait, work)
    if recours.etat not in EN_INSTANCE:
        return
    recours.recevoir_decision(message, work.today)
    work.unschedule(recours.numero, "defense")
    donnees = {
        "numero_requete": recours.numero,
        "sens": message.sens,
        "fps": message.fps_decharge,
        "majoration": message.majoration_dechargee,
    }
    work.record(forfait.numero, "decision-juridiction", DECISION, **donnees)
    if recours.date_limite_execution is not None:
        # On its last day the town's system executes by itself what nobody has executed (hypothesis H74).
        work.schedule(recours.numero, "execution", recours.date_limite_execution)


async def executer(numero: str, work: Work) -> Recours:
    """The discharge is executed: the FPS falls, ANTAI is told (flow 8). Raises RecoursInconnu, RienAExecuter."""
    recours = await recours_connu(numero, work)
    recours.executer(work.today)
    work.unschedule(numero, "execution")
    forfait = await etabli_ici(recours.numero_fps, work)
    work.record(forfait.numero, "execution", EXECUTION, numero_requete=numero)
    if forfait.etat is not Etat.ANNULE:
        await _decharger(forfait, recours, work)
    return recours


async def executer_si_besoin(numero: str, work: Work) -> None:
    """The last day of the three months: what is not executed is."""
    if (await recours_connu(numero, work)).etat is EtatRecours.A_EXECUTER:
        await executer(numero, work)


async def _decharger(forfait: Forfait, recours: Recours, work: Work) -> None:
    decide = recours.date_decision or work.today
    motif = f"Décharge prononcée par la juridiction, requête {recours.numero}."
    annule = forfait.du if recours.sens == "decharge-totale" else min(recours.fps_decharge, forfait.du)
    reste = forfait.du - annule
    titre = recours.objet == "titre" or forfait.titre_emis(work.today)
    if titre:
        message = annulation_titre(forfait, annule, recours.majoration_dechargee, "juridiction", decide, motif, work, recours.numero)
        work.send(message)
    elif annule:
        work.send(
            InformationAnnulationFps(
                numero_fps=forfait.numero,
                siret=forfait.siret,
                origine="juridiction",
                numero_requete=recours.numero,
                date_decision=decide,
                etendue="partielle" if reste else "totale",
                montant_annule=annule,
                montant_restant=reste,
                motif=motif,
            )
        )
    if annule and reste:
        ecrire(forfait, "reduction", EXECUTION, forfait.rectifier(reste, work.today), work, montant=reste)
    elif annule:
        ecrire(forfait, "annulation", EXECUTION, forfait.annuler(work.today, motif), work, motif=motif)
        await oublier_echeances(forfait, work)
