"""What may make a FPS or a title no longer due: withdrawn by the collectivité (flow 1), discharged by a decision (flows 8 and 15)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime

from antai.actes.accuse import avec_accuse
from antai.actes.decision import appariement, rapprocher
from antai.actes.dossier import connu, redevable_de
from antai.domain import annulation, creation, titre_annulation
from antai.domain.annulation import InformationRecue
from antai.domain.dossier import Dossier
from antai.domain.etats import FINAUX
from antai.domain.mentions import Mention
from antai.domain.rectification import ecriture_reduction
from antai.domain.titre_annulation import Appariement, PartAnnulee, SerieAnnulations, TitreAnnulation, ecriture_reglement
from fps.comptabilite import Libelle
from fps.droit.money import EcritureEquilibree
from fps.errors import Refus
from fps.kit.engine.work import Work
from fps.kit.wire.envelope import digest
from fps.messages.annulation import AccuseAnnulation, InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.mfps import AccuseFps, AnnulationFps, ErreurAccuse

DECISION = "CGCT, art. R. 2333-120-17-2"
TITRE = "CGCT, art. L. 2333-87, IV et R. 2333-120-17-3"
RETRAIT = "CGCT, art. R. 2333-120-14"


@avec_accuse(creation.accuse_refus)
async def retirer(message: AnnulationFps, work: Work) -> AccuseFps:
    """Withdraw a FPS: before its notice, none leaves; paid, it is to be refunded. Raises what `annulation.retirer` raises."""
    dossier = await connu(message.numero_fps, work)
    baisse = annulation.retirer(dossier, message, work.today)
    _fps_annule(dossier, baisse, RETRAIT, message.origine, work)
    return creation.accuse(dossier, work.now)


def _fps_annule(dossier: Dossier, baisse: int | None, article: str, origine: str, work: Work) -> None:
    """Tell and book that a FPS is cancelled or reduced by `baisse` centimes of its unpaid claim; None: it was already done."""
    if baisse is None:
        work.record(dossier.numero, Mention.ANNULATION_DEJA_FAITE, article, origine=origine)
        return
    montants = {"baisse": baisse, "a_rembourser": dossier.a_rembourser}
    work.record(dossier.numero, Mention.ANNULATION, article, origine=origine, etat=dossier.etat.value, **montants)
    if baisse:
        work.book(dossier.numero, ecriture_reduction(dossier, baisse, work.today), article)
    if dossier.annule_le is not None:
        work.unschedule(dossier.numero)


def _refuse(
    message: InformationAnnulationFps | InformationAnnulationTitre, instant: datetime, erreurs: list[ErreurAccuse]
) -> AccuseAnnulation:
    return AccuseAnnulation(numero_fps=message.numero_fps, statut="refuse", date_reception=instant, erreurs=tuple(erreurs))


@avec_accuse(_refuse)
async def decharger(message: InformationAnnulationFps, work: Work) -> AccuseAnnulation:
    """Execute a decision on a FPS that has no title. Raises DossierInconnu and what `annulation.decharger` raises."""
    dossier = await connu(message.numero_fps, work)
    if await _nouvelle(message, work):
        async with _ecart_note(message, work) as juge:
            baisse = annulation.decharger(dossier, message, work.today)
        _fps_annule(dossier, baisse, DECISION, message.origine, work)
        if juge is not None:
            juge.executer(message, work.today)
    return annulation.accuse(message.numero_fps, work.now)


@avec_accuse(_refuse)
async def annuler_titre(message: InformationAnnulationTitre, work: Work) -> AccuseAnnulation:
    """Issue the titre d'annulation. Raises DossierInconnu and what `titre_annulation.verifier` raises."""
    dossier = await connu(message.numero_fps, work)
    if await _nouvelle(message, work):
        async with _ecart_note(message, work):
            titre_annulation.verifier(dossier, message, work.today)
        await _annuler(dossier, message, work)
        await _executer(dossier, message, work)
    return annulation.accuse(message.numero_fps, work.now)


@asynccontextmanager
async def _ecart_note(message: InformationAnnulationFps | InformationAnnulationTitre, work: Work) -> AsyncIterator[Appariement | None]:
    """Keep, even when the message is refused, that its petition has no execution: VA-Pilote shows the gap. Gives what is known of it."""
    juge = None if message.numero_requete is None else await work.find(Appariement, message.numero_fps, message.numero_requete)
    try:
        yield juge
    except Refus as refus:
        if message.numero_requete is not None:
            juge = juge or await appariement(message.numero_fps, message.numero_requete, work)
            juge.refuser(refus.code, work.today)
            work.lasting(juge)
        raise


async def _nouvelle(message: InformationAnnulationFps | InformationAnnulationTitre, work: Work) -> bool:
    """Whether this content comes for the first time; it is kept (and forgotten again if it is refused)."""
    empreinte = digest(f"{message.type}\n{message.model_dump_json()}")
    if await work.find(InformationRecue, message.numero_fps, empreinte) is not None:
        work.record(message.numero_fps, Mention.ANNULATION_DEJA_FAITE, DECISION, origine=message.origine)
        return False
    work.add(InformationRecue(message.numero_fps, empreinte, message, work.today))
    return True


async def lever_titre(dossier: Dossier, envoye_le: date, work: Work) -> None:
    """All that is left of the title is cancelled: a cheque posted in time has paid the FPS (CRPA, art. L. 112-1; hypothesis H52)."""
    part = PartAnnulee.levee(dossier, envoye_le)
    avant, tout = dossier.titre_regle, (dossier.montant, dossier.majoration)
    await _emettre(dossier, part, 0, ecriture_reglement(dossier.siret, avant, tout, work.today, Libelle.TITRE_D_ANNULATION), work)


async def _annuler(dossier: Dossier, message: InformationAnnulationTitre, work: Work) -> None:
    avant = dossier.titre_regle
    dossier.annuler_titre(message.fps_annule, message.majoration_annulee, message.origine, work.today)
    ecriture = ecriture_reglement(dossier.siret, avant, dossier.titre_regle, work.today, Libelle.TITRE_D_ANNULATION)
    await _emettre(dossier, PartAnnulee.decidee(message), dossier.titre_reste_du, ecriture, work)


async def _emettre(dossier: Dossier, part: PartAnnulee, reste_du: int, ecriture: EcritureEquilibree | None, work: Work) -> None:
    """One line more in the titre d'annulation of the day (flow 15)."""
    titre = await work.find(TitreAnnulation, dossier.siret, work.today)
    if titre is None:
        serie = await work.find_or_add(SerieAnnulations(work.today.year))
        titre = TitreAnnulation(dossier.siret, work.today, serie.suivant())
        work.add(titre)
    ligne = titre.inscrire(dossier, part, reste_du)
    work.add(ligne)
    montants = {"fps_annule": ligne.montant_fps_annule, "majoration_annulee": ligne.majoration_annulee, "reste_du": ligne.reste_du}
    work.record(dossier.numero, Mention.TITRE_ANNULATION, TITRE, numero_annulation=titre.numero, rang=ligne.rang, **montants)
    if ecriture is not None:
        work.book(dossier.numero, ecriture, TITRE)
    redevable = await redevable_de(dossier.numero, work)
    work.send(titre_annulation.annulation(titre, ligne, dossier, work.ville(dossier.siret), redevable))


async def _executer(dossier: Dossier, message: InformationAnnulationTitre, work: Work) -> None:
    if message.numero_requete is not None:
        juge = await appariement(dossier.numero, message.numero_requete, work)
        juge.executer(message, work.today)
        rapprocher(dossier, juge, work)
    if dossier.etat in FINAUX:
        work.unschedule(dossier.numero)
