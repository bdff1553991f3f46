"""What the court decided of a title: kept, matched with what the collectivité tells (flow 8), asked for when nothing comes."""

from antai.actes.dossier import connu
from antai.domain.dossier import Dossier
from antai.domain.echeances import Echeance
from antai.domain.etats import FINAUX, TITRES
from antai.domain.mentions import Mention
from antai.domain.refus import RequeteInconnue, TitreNonEmis
from antai.domain.titre_annulation import Appariement
from fps.kit.engine.work import Work
from fps.messages.recours_collectivite import DecisionTitre

COMMUNICATION = "CGCT, art. R. 2333-120-60"


async def recevoir(message: DecisionTitre, work: Work) -> None:
    """Keep what the court decided of a title, and wait for the collectivité (flow 8); of a void one, nothing is awaited.

    Raises DossierInconnu, TitreNonEmis, LettreIncoherente, DecisionDifferente (CGCT, art. R. 2333-120-60).
    """
    dossier = await connu(message.numero_fps, work)
    if dossier.etat not in TITRES and dossier.titre_leve is not None and message.numero_titre in (None, dossier.titre_leve):
        work.record(dossier.numero, Mention.DECISION_SANS_OBJET, COMMUNICATION, requete=message.numero_requete, sens=message.sens)
        return
    if dossier.etat not in TITRES:
        raise TitreNonEmis(f"FPS {dossier.numero}, état « {dossier.etat} ».")
    dossier.exiger_titre(message.numero_titre)
    juge = await appariement(dossier.numero, message.numero_requete, work)
    nouvelle = juge.decision is None
    relance = juge.decider(message, work.today)
    if not nouvelle:
        return
    montants = {"fps": message.fps_decharge, "majoration": message.majoration_dechargee}
    work.record(dossier.numero, Mention.DECISION_RECUE, COMMUNICATION, requete=message.numero_requete, sens=message.sens, **montants)
    if relance is not None and dossier.etat not in FINAUX:
        dossier.requete_en_attente = message.numero_requete
        work.schedule(dossier.numero, Echeance.RELANCE_ANNULATION, relance)
    rapprocher(dossier, juge, work)


async def appariement(numero: str, requete: str, work: Work) -> Appariement:
    """What is known of a petition on a FPS, from now on if nothing was."""
    return await work.find_or_add(Appariement(numero, requete))


def rapprocher(dossier: Dossier, juge: Appariement, work: Work) -> None:
    """Say once that both have spoken, and whether they say the same."""
    if juge.decision is None or juge.annulation is None:
        return
    mention = Mention.DECISION_ET_ANNULATION_DIFFERENTES if juge.ecart else Mention.DECISION_EXECUTEE
    work.record(dossier.numero, mention, COMMUNICATION, requete=juge.numero_requete)
    if dossier.requete_en_attente == juge.numero_requete:
        dossier.requete_en_attente = None
        work.unschedule(dossier.numero, Echeance.RELANCE_ANNULATION)


async def regler(numero: str, requete: str, par: str, motif: str, work: Work) -> Appariement:
    """Somebody answers for a cancellation that no decision supports, or that it contradicts (H118). Raises RequeteInconnue, RienARegler."""
    await connu(numero, work)
    juge = await work.find(Appariement, numero, requete)
    if juge is None:
        raise RequeteInconnue(f"Requête {requete}, FPS {numero}.", "numero_requete")
    juge.regler(par, motif, work.today)
    work.record(numero, Mention.ANNULATION_REGLEE, COMMUNICATION, requete=requete, par=par, motif=motif)
    return juge


async def relancer(numero: str, work: Work) -> None:
    """The court discharged a title and the collectivité has told nothing (flow 8): ANTAI shows it (hypothesis H13)."""
    dossier = await connu(numero, work)
    juge = None if dossier.requete_en_attente is None else await work.find(Appariement, numero, dossier.requete_en_attente)
    if juge is None or not juge.attend_le_flux_8:
        return
    juge.relance_le = work.today
    work.record(numero, Mention.RELANCE_ANNULATION, COMMUNICATION, requete=juge.numero_requete)
