"""The recovery of a title: its avertissement, its reminder, its seizure, its prescription, its suspension."""

from dgfip.actes.prise_en_charge import connue, designee, planifier
from dgfip.domain.articles import ANNULATION, PAIEMENT, PRESCRIPTION, SAISIE
from dgfip.domain.avertissement import avertissement
from dgfip.domain.echeances import RECOUVREMENT
from dgfip.domain.ecritures import ecriture_prescription
from dgfip.domain.mentions import Mention
from dgfip.domain.prise_en_charge import PriseEnCharge
from dgfip.domain.registres import adresse_fiscale
from fps.kit.engine.work import Work


async def avertir(numero: str, work: Work) -> None:
    """The avertissement leaves to the tax address: it opens the month of the rebate."""
    prise, ligne = await connue(numero, work)
    limite = prise.avertir(work.today)
    redevable = ligne.message.redevable
    adresse = adresse_fiscale(work.graine, redevable, ligne.message.vehicule.immatriculation)
    autre = adresse != redevable.adresse
    work.record(
        numero,
        Mention.ENVOI_AVERTISSEMENT,
        PAIEMENT,
        total=prise.net_du,
        rabais=prise.rabais,
        rabais_jusqu_au=limite.isoformat(),
        **({"adresse_fiscale": True} if autre else {}),
    )
    work.send(avertissement(prise, ligne, adresse))
    planifier(prise, work)


async def relancer(numero: str, work: Work) -> None:
    """The title is still unpaid: a reminder, before the forced recovery."""
    prise, _ = await connue(numero, work)
    prise.relancer(work.today)
    work.record(numero, Mention.RELANCE, PAIEMENT, reste=prise.reste_du(work.today))
    planifier(prise, work)


async def saisir(numero: str, work: Work) -> None:
    """The saisie administrative à tiers détenteur is notified."""
    prise, _ = await connue(numero, work)
    prise.saisir(work.today)
    work.record(numero, Mention.SAISIE, SAISIE, reste=prise.reste_du(work.today))
    planifier(prise, work)


async def prescrire(numero: str, work: Work) -> None:
    """Four years after its signature nothing of the title can be recovered (LPF, art. L. 274)."""
    prise, _ = await connue(numero, work)
    perdu = prise.prescrire()
    work.unschedule(numero, *RECOUVREMENT)
    work.record(numero, Mention.PRESCRIPTION, PRESCRIPTION, perdu=perdu)
    ecriture = ecriture_prescription(prise, perdu, work.today)
    if ecriture is not None:
        work.book(numero, ecriture, PRESCRIPTION)


async def suspendre(numero: str, motif: str, work: Work) -> PriseEnCharge:
    """The recovery stops while a cancellation is examined. Raises PriseEnChargeInconnue and what `PriseEnCharge.suspendre` raises."""
    prise = await designee(numero, work)
    prise.suspendre(work.today)
    planifier(prise, work)
    work.record(numero, Mention.SUSPENSION, ANNULATION, motif=motif)
    return prise


async def reprendre(numero: str, motif: str, work: Work) -> PriseEnCharge:
    """The recovery starts again. Raises PriseEnChargeInconnue, SuspensionInexistante."""
    prise = await designee(numero, work)
    prise.reprendre()
    planifier(prise, work, reprise=work.today)
    work.record(numero, Mention.REPRISE, ANNULATION, motif=motif)
    return prise
