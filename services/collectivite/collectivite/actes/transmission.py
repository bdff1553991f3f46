"""The acts told to ANTAI: each waits for its accusé; accepted it takes effect, refused it is to be corrected (flows 1, 8 and 11)."""

from collections.abc import Mapping

from collectivite.actes.dossier import demande, ecrire, oublier_echeances
from collectivite.domain.acte import LIBELLES, TITRE_EMIS, TITRE_NON_EMIS, Acte, Suite, Transmis
from collectivite.domain.avis import AvisRectificatif
from collectivite.domain.forfait import SANS_SUITE, Etat, Forfait
from collectivite.domain.recours import EtatRecours, Recours
from collectivite.domain.refus import ActeEnAttente, ActeInconnu, ActeNonRefuse, CorrectionImpossible
from collectivite.domain.titre import annulation_titre
from fps.kit.engine.work import Work
from fps.messages.annulation import AccuseAnnulation, AccuseImpaye, FpsImpaye, InformationAnnulationFps, InformationAnnulationTitre, Origine
from fps.messages.mfps import AccuseFps, AnnulationFps, ModificationFps

RECTIFICATIF = "CGCT, art. R. 2333-120-14"
EXECUTION = "CGCT, art. R. 2333-120-17-2"
SANS_ERREUR = "L'ANTAI refuse sans dire pourquoi."


def exiger_sans_attente(forfait: Forfait) -> None:
    """Raises ActeEnAttente: what the town decides by itself waits until ANTAI has answered the act before."""
    if forfait.suite is Suite.EN_ATTENTE:
        raise ActeEnAttente(f"FPS {forfait.numero}.", "numero")


def transmettre(forfait: Forfait, message: Transmis, work: Work, *, baisse: int = 0, releve: bool = False) -> None:
    """An act leaves for ANTAI; nothing changes here before its accusé. `baisse`: what a flow 8 takes off the FPS, in centimes."""
    forfait.transmettre(message, work.now, baisse=baisse, releve=releve)
    work.send(message)


async def repondre(forfait: Forfait, accuse: AccuseFps | AccuseAnnulation | AccuseImpaye, work: Work) -> None:
    """The accusé of the oldest act that waits for one takes it into effect, or tells what is to be corrected."""
    acte = forfait.repondre(accuse.flow, accuse.statut, accuse.erreurs, work.now)
    if acte is None:
        return
    nature = LIBELLES[type(acte.message)]
    if acte.etat == "accepte":
        work.record(forfait.numero, "acte-accepte", acte.message.law, rang=acte.rang, nature=nature)
        await _executer(acte, work)
        await _appliquer(forfait, acte, work)
    elif acte.etat == "abandonne":
        await _abandonner(forfait, acte, work)
    else:
        await _corriger(forfait, acte, work)


async def renvoyer(numero: str, rang: int, sommes: Mapping[str, int], work: Work) -> Forfait:
    """An act that ANTAI refused is told again, when what stood in its way is gone.

    `sommes` lowers the parts of a flow 8 to what ANTAI says the title still bears, in centimes. Raises ForfaitInconnu, ActeInconnu,
    ActeNonRefuse, ActeEnAttente, CorrectionImpossible.
    """
    forfait = await demande(numero, work)
    acte = next((a for a in forfait.actes if a.rang == rang), None)
    if acte is None:
        raise ActeInconnu(f"Acte {rang} du FPS {numero}.", "rang")
    if acte.etat != "refuse":
        raise ActeNonRefuse(f"Acte {rang} du FPS {numero} : « {acte.etat} ».", "rang")
    exiger_sans_attente(forfait)
    message = acte.message
    if isinstance(message, ModificationFps):
        message = message.model_copy(update={"date_edition": work.now})
    if sommes and not (isinstance(message, InformationAnnulationTitre) and all(s <= getattr(message, nom) for nom, s in sommes.items())):
        raise CorrectionImpossible(f"Acte {rang}, {LIBELLES[type(message)]}.", next(iter(sommes)))
    avant, message = message, message.model_copy(update=dict(sommes))
    moins = getattr(avant, "fps_annule", 0) - getattr(message, "fps_annule", 0)
    work.record(numero, "acte-renvoye", message.law, rang=rang, nature=LIBELLES[type(message)], **sommes)
    transmettre(forfait, message, work, baisse=acte.baisse - moins)
    return forfait


# ------------------------------------------------------------------------------------------------------------- accepted


async def _appliquer(forfait: Forfait, acte: Acte, work: Work) -> None:
    """What the accepted act makes of the FPS here; nothing is left to do to one that is already cancelled or given up."""
    message = acte.message
    if isinstance(message, ModificationFps):
        await rectifier(forfait, avis_de(forfait, message, work), message.motif, work)
    elif isinstance(message, InformationAnnulationTitre):
        forfait.titre_connu = True
        forfait.titre_fps_annule += message.fps_annule
        forfait.titre_majoration_annulee += message.majoration_annulee
        await reduire(forfait, acte.baisse, message.motif, work)
    elif isinstance(message, InformationAnnulationFps):
        await reduire(forfait, acte.baisse, message.motif, work)
    elif isinstance(message, AnnulationFps) and message.origine != "paiement-rapide":
        await annuler(forfait, message.motif, work)


def avis_de(forfait: Forfait, message: ModificationFps, work: Work) -> AvisRectificatif:
    """The rectificatif that a modification tells."""
    rapo = message.origine == "rapo"
    return AvisRectificatif(message.numero_avis, forfait.numero, message.agent.identifiant, message.montant_rectifie, work.today, rapo)


async def rectifier(forfait: Forfait, avis: AvisRectificatif, motif: str, work: Work) -> None:
    """The FPS amounts to what the rectificatif says, and is cancelled at 0 (CGCT, art. R. 2333-120-14)."""
    work.add(avis)
    ecriture = forfait.rectifier(avis.montant, work.today)
    ecrire(forfait, "rectification", RECTIFICATIF, ecriture, work, montant=avis.montant, numero_avis=avis.numero_avis)
    if avis.montant == 0:
        await annuler(forfait, motif, work)


async def annuler(forfait: Forfait, motif: str, work: Work) -> None:
    """The FPS is no longer due."""
    if forfait.etat in SANS_SUITE or forfait.etat is Etat.ANNULE:
        return
    ecrire(forfait, "annulation", RECTIFICATIF, forfait.annuler(work.today, motif), work, motif=motif)
    await oublier_echeances(forfait, work)


async def reduire(forfait: Forfait, montant: int, motif: str, work: Work) -> None:
    """The FPS loses `montant` centimes after a decision: what remains is due, or nothing (CGCT, art. R. 2333-120-17-2)."""
    if not montant or forfait.etat is Etat.ANNULE:
        return
    reste = max(forfait.du - montant, 0)
    if reste:
        ecrire(forfait, "reduction", EXECUTION, forfait.rectifier(reste, work.today), work, montant=reste)
    else:
        await annuler(forfait, motif, work)


async def _executer(acte: Acte, work: Work) -> None:
    """The decision that the act executes is executed, even when the act had to be corrected."""
    requete = getattr(acte.message, "numero_requete", None)
    recours = await work.find(Recours, requete) if requete is not None else None
    if recours is not None and recours.etat is EtatRecours.A_EXECUTER:
        recours.executer(work.today)
        work.unschedule(recours.numero, "execution")


# -------------------------------------------------------------------------------------------------------------- refused


async def _abandonner(forfait: Forfait, acte: Acte, work: Work) -> None:
    """ANTAI gives up an unpaid FPS whose redevable cannot be found: no title, what remains due is lost (art. R. 2333-120-17-2)."""
    motif = ", ".join(acte.codes) or SANS_ERREUR
    work.record(forfait.numero, "acte-abandonne", acte.message.law, rang=acte.rang, motif=motif)
    if not isinstance(acte.message, FpsImpaye) or forfait.etat is not Etat.IMPAYE:
        return
    forfait.abandonner(motif, work.now)
    ecrire(forfait, "abandon", acte.message.law, forfait.clore_sans_suite(work.today), work, motif=motif)
    await oublier_echeances(forfait, work)


async def _corriger(forfait: Forfait, acte: Acte, work: Work) -> None:
    """Nothing changes here but what is to be corrected; a cancellation sent by the wrong way takes the other one."""
    phrases = [erreur.phrase for erreur in acte.erreurs] or [SANS_ERREUR]
    refus = {"rang": acte.rang, "nature": LIBELLES[type(acte.message)], "codes": acte.codes, "phrases": phrases}
    work.record(forfait.numero, "acte-refuse", acte.message.law, **refus)
    releve = autre_voie(forfait, acte, work)
    if releve is not None:
        transmettre(forfait, releve, work, baisse=acte.baisse or forfait.du, releve=True)
        return
    requete = getattr(acte.message, "numero_requete", None)
    recours = await work.find(Recours, requete) if requete is not None else None
    if recours is not None and recours.reprendre_execution():
        work.record(forfait.numero, "execution-a-reprendre", EXECUTION, numero_requete=recours.numero)


def autre_voie(forfait: Forfait, acte: Acte, work: Work) -> Transmis | None:
    """The same cancellation by the way that ANTAI says: flow 8 once a title exists, flow 1 as long as none does; only once.

    The town does not know when an e-avis was read, so it may be wrong about the title (hypothesis H71).
    """
    message = acte.message
    if acte.releve:
        return None
    if TITRE_EMIS in acte.codes and isinstance(message, AnnulationFps):
        origine: Origine = "rapo" if message.origine == "rapo" else "collectivite"
        return annulation_titre(forfait, forfait.du, None, origine, work.today, message.motif)
    if TITRE_EMIS in acte.codes and isinstance(message, InformationAnnulationFps):
        requete, decision = message.numero_requete, message.date_decision
        return annulation_titre(forfait, message.montant_annule, None, message.origine, decision, message.motif, requete)
    if TITRE_NON_EMIS in acte.codes and isinstance(message, InformationAnnulationTitre):
        return _sans_titre(forfait, message, work)
    return None


def _sans_titre(forfait: Forfait, message: InformationAnnulationTitre, work: Work) -> Transmis | None:
    if message.origine == "collectivite":
        return AnnulationFps(numero_fps=forfait.numero, siret=forfait.siret, date_annulation=work.now, origine="autre", motif=message.motif)
    return annulation_fps(forfait, message) if message.fps_annule else None


def annulation_fps(forfait: Forfait, message: InformationAnnulationTitre) -> InformationAnnulationFps:
    """The part of the FPS of a discharge, when no title exists: there is no majoration to cancel."""
    reste = forfait.du - message.fps_annule
    return InformationAnnulationFps(
        numero_fps=forfait.numero,
        siret=forfait.siret,
        origine=message.origine,
        numero_requete=message.numero_requete,
        date_decision=message.date_decision,
        etendue="partielle" if reste else "totale",
        montant_annule=message.fps_annule,
        montant_restant=reste,
        motif=message.motif,
    )
