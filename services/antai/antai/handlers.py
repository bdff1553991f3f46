"""What ANTAI does with each letter it receives: one function a message, one table."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from antai.actes import annulations, paiements
from antai.actes.dossiers import connu
from antai.actes.espaces import Convenu, convenu
from antai.domain import creation, impaye, rectification
from antai.domain.annulation import erreur_de, retirer
from antai.domain.avis import AvisEmis, Nature, avis_rectificatif, envoi_le, requete_rectificatif
from antai.domain.dossier import Constat, Dossier, Impaye
from antai.domain.paiement import ecriture_creance
from antai.domain.refus import NumeroDejaUtilise
from antai.domain.registres import Identification, identifier
from fps.errors import Introuvable, Refus
from fps.kit.engine.definition import Handler
from fps.kit.engine.work import Work
from fps.messages.annulation import AccuseImpaye, FpsImpaye, InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.information_paiement import TitrePaye
from fps.messages.message import Message, MessageClass
from fps.messages.mfps import AccuseFps, AnnulationFps, CreationFps, ErreurAccuse, ModificationFps
from fps.messages.paiement import PaiementFps
from fps.messages.recours_collectivite import DecisionTitre
from fps.villes.communes import commune

CREATION = "CGCT, art. L. 2333-87, II"
IDENTIFICATION = "CGCT, art. L. 2333-87, VII"
RECTIFICATIF = "CGCT, art. R. 2333-120-14"
IMPAYE = "CGCT, art. R. 2333-120-17-2"
M = TypeVar("M", bound=Message)
F = TypeVar("F", CreationFps, ModificationFps)


def avec_accuse(handler: Callable[[M, Work], Awaitable[Message]], accuse: Callable[[M, datetime, list[ErreurAccuse]], Message]) -> Handler:
    """The same handler, whose refusals carry the accusé that the collectivité waits for; an unknown dossier is tried again instead."""

    async def handle(message: M, work: Work) -> Message:
        try:
            return await handler(message, work)
        except Introuvable:
            raise
        except Refus as refus:
            refus.accuse = refus.accuse or accuse(message, work.now, [erreur_de(refus)])
            raise

    return handle


def completer(message: F, regles: Convenu | None) -> F:
    """The message with the RAPO contact declared in the espace, when it carries none (hypothesis H88)."""
    if message.contact_rapo is not None or regles is None or regles.contact_rapo is None:
        return message
    return message.model_copy(update={"contact_rapo": regles.contact_rapo})


async def creation_fps(message: CreationFps, work: Work) -> AccuseFps:
    """Open a dossier, or give it up: the accusé says which. Raises CreationRefusee, NumeroDejaUtilise, the step that is missing."""
    regles = await convenu(message.siret, work)
    message = completer(message, regles)
    constat = await work.find(Constat, message.numero_fps)
    dossier = await work.find(Dossier, message.numero_fps)
    if constat is not None and dossier is not None:
        creation.verifier_meme_message(constat, message, work.now)
        return creation.accuse(dossier, work.now)
    creation.verifier_creation(message, work.now, cycle=regles.cycle if regles else None, declaree=regles.minoration if regles else None)
    dossier = Dossier.ouvrir(message, work.today)
    identification = identifier(work.graine, message.vehicule)
    dossier.electronique = identification.electronique
    work.add(Constat(message.numero_fps, message, identification.redevable, identification.introuvable))
    if not _abandonne(dossier, identification, work):
        envoi = envoi_le(message, commune(message.siret), work.today)
        work.schedule(dossier.numero, "envoi-apa", envoi)
        vu = {"montant": dossier.montant, "envoi_prevu": envoi.isoformat(), "registres": list(identification.registres)}
        work.record(dossier.numero, "identification", IDENTIFICATION, **vu)
    work.add(dossier)
    return creation.accuse(dossier, work.now)


def _abandonne(dossier: Dossier, identification: Identification, work: Work) -> bool:
    if identification.motif is None:
        return False
    dossier.abandonner(identification.motif)
    work.record(dossier.numero, "abandon", CREATION, motif=identification.motif.value, registres=list(identification.registres))
    return True


async def modification_fps(message: ModificationFps, work: Work) -> AccuseFps:
    """Give the FPS its new amount and notify the rectificatif. Raises RectificatifRefuse and what `rectification.rectifier` raises."""
    dossier = await connu(message.numero_fps, work)
    message = completer(message, await convenu(message.siret, work))
    deja = await work.find(AvisEmis, message.numero_avis, Nature.RECTIFICATIF)
    if deja is not None and deja.message == message:
        return creation.accuse(dossier, work.now)
    if deja is not None or await work.find(Dossier, message.numero_avis) is not None:
        raise NumeroDejaUtilise(f"Le numéro {message.numero_avis} désigne déjà un autre avis.", "numero_avis")
    rectification.verifier_message(message, work.now)
    constat = await work.find(Constat, dossier.numero)
    baisse = rectification.rectifier(dossier, message, work.today)
    if constat is None or constat.redevable is None:
        raise LookupError(f"{dossier.numero}: a notice without a redevable")
    work.add(
        AvisEmis(message.numero_avis, Nature.RECTIFICATIF, dossier.numero, dossier.siret, work.today, message.montant_rectifie, message)
    )
    montants = {"montant": message.montant_rectifie, "baisse": baisse, "a_rembourser": dossier.a_rembourser}
    work.record(dossier.numero, "rectification", RECTIFICATIF, avis=message.numero_avis, etat=dossier.etat.value, **montants)
    if baisse:
        work.book(dossier.numero, rectification.ecriture_reduction(dossier, baisse, work.today), RECTIFICATIF)
    if message.montant_rectifie == 0:
        work.unschedule(dossier.numero)
    work.send(avis_rectificatif(dossier, constat, constat.redevable, message, work.today))
    if not dossier.electronique:
        work.send(requete_rectificatif(dossier, constat.redevable, message, work.today))
    return creation.accuse(dossier, work.now)


async def annulation_fps(message: AnnulationFps, work: Work) -> AccuseFps:
    """Withdraw a FPS: before its notice, none leaves; paid, it is to be refunded. Raises what `annulation.retirer` raises."""
    dossier = await connu(message.numero_fps, work)
    baisse = retirer(dossier, message, work.today)
    annulations.fps_annule(dossier, baisse, RECTIFICATIF, work, origine=message.origine)
    return creation.accuse(dossier, work.now)


async def fps_impaye(message: FpsImpaye, work: Work) -> AccuseImpaye:
    """Cycle partiel: open the dossier where it stands, unpaid. Raises CycleComplet, ImpayeRefuse, NumeroDejaUtilise."""
    deja = await work.find(Impaye, message.numero_fps)
    dossier = await work.find(Dossier, message.numero_fps)
    if dossier is not None and deja is not None and deja.message == message:
        return impaye.accuse(message, work.now, dossier.motif_abandon)
    regles = await convenu(message.beneficiaire.siret, work)
    impaye.verifier(message, work.now, regles.cycle if regles else None)
    if dossier is not None:
        raise NumeroDejaUtilise(f"Le numéro {message.numero_fps} désigne déjà un autre FPS.", "numero_fps")
    identification = identifier(work.graine, message.vehicule)
    work.add(Impaye(message.numero_fps, message, identification.redevable))
    dossier = Dossier.recevoir_impaye(message, work.today)
    if not _abandonne(dossier, identification, work):
        dossier.constater_impaye()
        titre_le = max(dossier.titre_le(), work.today)
        work.record(dossier.numero, "impaye-recu", IMPAYE, montant=dossier.montant, titre_prevu=titre_le.isoformat())
        work.book(dossier.numero, ecriture_creance(dossier, work.today), IMPAYE)
        work.schedule(dossier.numero, "emission-titre", titre_le)
    work.add(dossier)
    return impaye.accuse(message, work.now, dossier.motif_abandon)


def _refuse(message: ModificationFps | AnnulationFps, instant: datetime, erreurs: list[ErreurAccuse]) -> AccuseFps:
    return creation.accuse_refus(message, instant, erreurs)


def _impaye_refuse(message: FpsImpaye, instant: datetime, erreurs: list[ErreurAccuse]) -> AccuseImpaye:
    return AccuseImpaye(numero_fps=message.numero_fps, statut="refuse", date_reception=instant, erreurs=tuple(erreurs))


HANDLERS: dict[MessageClass, Handler] = {
    CreationFps: creation_fps,
    ModificationFps: avec_accuse(modification_fps, _refuse),
    AnnulationFps: avec_accuse(annulation_fps, _refuse),
    PaiementFps: paiements.paiement_fps,
    TitrePaye: paiements.titre_paye,
    InformationAnnulationFps: avec_accuse(annulations.information_fps, annulations.refusee),
    InformationAnnulationTitre: avec_accuse(annulations.information_titre, annulations.refusee),
    FpsImpaye: avec_accuse(fps_impaye, _impaye_refuse),
    DecisionTitre: annulations.decision_titre,
}
