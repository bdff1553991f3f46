"""The remise gracieuse of the majoration: asked by the redevable, decided by the comptable."""

from dgfip.actes.paiement import informer_de_la_remise
from dgfip.actes.prise_en_charge import designee, planifier, planifier_prescription
from dgfip.domain.articles import PAIEMENT
from dgfip.domain.ecritures import ecriture_remise
from dgfip.domain.mentions import Mention
from dgfip.domain.refus import RemiseNonDemandee
from dgfip.domain.remise import DemandeRemise
from fps.kit.engine.work import Work


async def demander(numero: str, motif: str, montant: int, work: Work) -> DemandeRemise:
    """Ask for `montant` centimes of the majoration. Raises PriseEnChargeInconnue, RemiseExcessive, RemiseDejaDemandee."""
    prise = await designee(numero, work)
    prise.exiger_remissible(montant)
    remise = await work.find(DemandeRemise, numero)
    if remise is None:
        remise = DemandeRemise(numero, work.today, motif, montant)
        work.add(remise)
    else:
        remise.redemander(work.today, motif, montant)
    prise.interrompre("demande-de-remise", work.today)
    planifier_prescription(prise, work)
    work.record(numero, Mention.REMISE_DEMANDEE, PAIEMENT, montant=montant)
    return remise


async def decider(numero: str, montant: int, work: Work) -> DemandeRemise:
    """Grant `montant` centimes, or refuse when it is 0. Raises PriseEnChargeInconnue, RemiseNonDemandee, RemiseExcessive.

    The recovery goes on, or ends when what was paid is enough.
    """
    prise = await designee(numero, work)
    remise = await work.find(DemandeRemise, numero)
    if remise is None:
        raise RemiseNonDemandee(f"FPS {numero}")
    remise.decider(work.today, montant)
    if montant:
        prise.remettre(montant)
        work.book(numero, ecriture_remise(montant, work.today), PAIEMENT)
        planifier(prise, work)
        await informer_de_la_remise(prise, work)
    work.record(numero, Mention.REMISE_ACCORDEE if montant else Mention.REMISE_REFUSEE, PAIEMENT, montant=montant)
    return remise
