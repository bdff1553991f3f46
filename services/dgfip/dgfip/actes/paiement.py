"""The payments of a title: by the redevable, by a seized third party, and the cheque that the bank sends back."""

from datetime import date

from dgfip.actes.prise_en_charge import connue, designee, encaissements, planifier, planifier_prescription
from dgfip.actes.reversement import inscrire
from dgfip.domain import paiement
from dgfip.domain.articles import PAIEMENT, SAISIE
from dgfip.domain.echeances import RECOUVREMENT, Echeance
from dgfip.domain.ecritures import ecriture_paiement, ecriture_rejet
from dgfip.domain.encaissement import D_OFFICE, Encaissement, MoyenRecu, Sort
from dgfip.domain.mentions import Mention
from dgfip.domain.prise_en_charge import PAYES, SOLDES, Etat, PriseEnCharge
from dgfip.domain.refus import PaiementInconnu, ReferenceDejaUtilisee
from dgfip.domain.registres import tiers_solvable
from fps.kit.engine.work import Work
from fps.messages.moyens import MOYENS
from fps.messages.paiement import JustificatifPaiementTitre, PaiementTitre


async def payer(message: PaiementTitre, work: Work) -> JustificatifPaiementTitre:
    """Take a payment, tell ANTAI and the collectivité, give the justificatif.

    Raises CleTelepaiementFausse, PriseEnChargeInconnue, TelepaiementAutreTitre, DateChequeInvalide, ReferenceDejaUtilisee, and what
    `PriseEnCharge.payer` raises.
    """
    paiement.verifier_cle(message.numero_telepaiement)
    prise, ligne = await connue(message.numero_fps, work)
    paiement.verifier_titre(prise, message.numero_telepaiement)
    le = paiement.verifier_date(message, work.today)
    reference = paiement.referencer(prise, message)
    rabais = await encaisser(prise, message.montant, le, message.moyen, reference, work)
    justificatif = paiement.justificatif(prise, ligne, message, reference, work.now, rabais)
    work.send(justificatif)
    return justificatif


async def verser_la_saisie(numero: str, work: Work) -> None:
    """The seized third party pays all that is left, or holds nothing: the title then waits for its prescription."""
    prise, ligne = await connue(numero, work)
    if tiers_solvable(ligne.message.vehicule.immatriculation):
        reference = f"SATD-{prise.numero_titre}-{prise.paiements + 1}"
        await encaisser(prise, prise.reste_du(work.today), work.today, "saisie", reference, work)
    else:
        work.record(numero, Mention.SAISIE_INFRUCTUEUSE, SAISIE, reste=prise.reste_du(work.today))


async def encaisser(prise: PriseEnCharge, montant: int, le: date, moyen: MoyenRecu, reference: str, work: Work) -> int:
    """Books, account of the month, news; gives the rebate granted. Raises what `PriseEnCharge.payer` raises, ReferenceDejaUtilisee."""
    numero, avant = prise.numero_fps, prise.part_collectivite
    partiel = moyen == "compensation" or (moyen != "saisie" and MOYENS[moyen].acompte)
    rabais = prise.payer(montant, le, partiel=partiel)
    if moyen not in D_OFFICE:
        prise.interrompre("paiement", le)
    if reference in {deja.reference for deja in await encaissements(prise, work)}:
        raise ReferenceDejaUtilisee(f"Référence « {reference} ».", "reference")
    work.add(Encaissement.noter(prise, reference, moyen, montant, le))
    work.record(numero, Mention.PAIEMENT, PAIEMENT, montant=montant, rabais=rabais, moyen=moyen, reference=reference)
    work.book(numero, ecriture_paiement(montant, rabais, work.today), PAIEMENT)
    await inscrire(prise, prise.part_collectivite - avant, work)
    if prise.etat in SOLDES:
        prise.suspendu_le = None
        work.unschedule(numero, *RECOUVREMENT)
    elif moyen not in D_OFFICE:  # what the redevable pays by himself recognises the debt; what a third party pays does not
        planifier_prescription(prise, work)
    _informer(prise, moyen, work)
    return rabais


async def rejeter_cheque(numero: str, reference: str, work: Work) -> PriseEnCharge:
    """The bank sends a cheque back unpaid: what it paid is due again, the town gives its part back (hypothesis H82).

    Raises PriseEnChargeInconnue, PaiementInconnu, RejetImpossible.
    """
    prise = await designee(numero, work)
    avant = prise.part_collectivite
    refuse = next((p for p in await encaissements(prise, work) if p.reference == reference), None)
    if refuse is None:
        raise PaiementInconnu(f"Référence « {reference} ».", "reference")
    rabais_perdu = refuse.rejeter(prise)
    work.record(numero, Mention.CHEQUE_IMPAYE, PAIEMENT, montant=refuse.montant, reference=reference, etat=prise.etat.value)
    work.book(numero, ecriture_rejet(refuse.montant, rabais_perdu, work.today), PAIEMENT)
    await inscrire(prise, prise.part_collectivite - avant, work)
    if prise.etat is not Etat.A_REMBOURSER:
        work.unschedule(numero, Echeance.REMBOURSEMENT_TITRE)
    planifier(prise, work)
    _informer(prise, "cheque", work)
    return prise


async def informer_de_la_remise(prise: PriseEnCharge, work: Work) -> None:
    """When a remise makes what was paid enough, ANTAI and the town learn that nothing is left."""
    if prise.etat in PAYES:
        dernier = next(p for p in reversed(await encaissements(prise, work)) if p.sort is Sort.ENCAISSE)
        _informer(prise, dernier.moyen, work)


def _informer(prise: PriseEnCharge, moyen: MoyenRecu, work: Work) -> None:
    for information in paiement.informations(prise, moyen, work.now):
        work.send(information)
