"""The titre d'annulation: each of its lines applied once to the title, before or after its payment."""

from collections.abc import Iterable

from dgfip.actes.prise_en_charge import cles_ligne, connue, planifier
from dgfip.actes.reversement import inscrire
from dgfip.domain.articles import ANNULATION
from dgfip.domain.echeances import Echeance
from dgfip.domain.ecritures import ecriture_annulation
from dgfip.domain.mentions import Mention
from dgfip.domain.prise_en_charge import AnnulationRecue, Etat, PriseEnCharge
from dgfip.domain.refus import AnnulationDifferente
from fps.droit.calculs import date_remboursement_titre
from fps.kit.engine.work import Key, Work
from fps.messages.titre import AnnulationTitre


def cles_annulation(message: AnnulationTitre) -> Iterable[Key]:
    """The line of the title, and the same line of a titre d'annulation, if it came before."""
    return (*cles_ligne(message), (AnnulationRecue, (message.numero_fps, message.numero_annulation, message.rang_annexe)))


async def annuler(message: AnnulationTitre, work: Work) -> None:
    """Apply a line of a titre d'annulation once.

    Raises PriseEnChargeInconnue (it may come later), AnnulationDifferente, and what `PriseEnCharge.annuler` raises.
    """
    prise, _ = await connue(message.numero_fps, work)
    deja = await work.find(AnnulationRecue, message.numero_fps, message.numero_annulation, message.rang_annexe)
    if deja is not None:
        if deja.message != message:
            detail = f"Titre d'annulation {message.numero_annulation}, ligne {message.rang_annexe}, FPS {message.numero_fps}."
            raise AnnulationDifferente(detail, "rang_annexe")
        return
    await _appliquer(prise, message, work)
    work.add(AnnulationRecue(message.numero_fps, message.numero_annulation, message.rang_annexe, message))


async def _appliquer(prise: PriseEnCharge, message: AnnulationTitre, work: Work) -> None:
    """The claim, the books, the précompte, the refund to plan."""
    numero, suspendu = prise.numero_fps, prise.suspendu_le is not None
    variation = prise.annuler(message)
    work.record(
        numero,
        Mention.ANNULATION,
        ANNULATION,
        numero_annulation=message.numero_annulation,
        fps=message.montant_fps_annule,
        majoration=message.majoration_annulee,
        a_rembourser=prise.trop_percu,
    )
    ecriture = ecriture_annulation(prise, variation, work.today)
    if ecriture is not None:
        work.book(numero, ecriture, ANNULATION)
    await inscrire(prise, -variation.precompte, work)
    planifier(prise, work, reprise=work.today if suspendu else None)
    if prise.etat is Etat.A_REMBOURSER:
        work.schedule(numero, Echeance.REMBOURSEMENT_TITRE, date_remboursement_titre(work.today))
