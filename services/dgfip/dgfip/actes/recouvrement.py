"""What several acts of the DGFiP share: the calendar of a recovery, the account of a month, a refund that is planned."""

from datetime import date, timedelta
from typing import Literal

from dgfip.actes.comptes import compte_du_mois
from dgfip.domain.ecritures import ecriture_annulation, ecriture_paiement, ecriture_part, ecriture_rejet
from dgfip.domain.encaissement import Encaissement, Sort
from dgfip.domain.paiement import informations
from dgfip.domain.prise_en_charge import PAYES, SOLDES, Etat, LigneRecue, PriseEnCharge
from dgfip.domain.refus import PaiementInconnu, PriseEnChargeInconnue, ReferenceDejaUtilisee
from fps.droit.calculs import (
    date_envoi_avertissement,
    date_prescription,
    date_relance_titre,
    date_remboursement_titre,
    date_saisie,
    date_versement_saisie,
)
from fps.kit.engine.work import Work
from fps.messages.comptable import LOI
from fps.messages.moyens import Moyen
from fps.messages.titre import AnnulationTitre

PAIEMENT = "CGPPP, art. L. 2323-7-1"
ANNULATION = "CGCT, art. R. 2333-120-17-3"
ETAPES = ("envoi-avertissement", "relance", "saisie", "versement-saisie")
ECHEANCES = (*ETAPES, "prescription")


async def connue(numero: str, work: Work, champ: str = "numero_fps") -> tuple[PriseEnCharge, LigneRecue]:
    """The title of a FPS and its line; raises PriseEnChargeInconnue."""
    prise, ligne = await work.find(PriseEnCharge, numero), await work.find(LigneRecue, numero)
    if prise is None or ligne is None:
        raise PriseEnChargeInconnue(f"FPS {numero}", champ)
    return prise, ligne


def planifier(prise: PriseEnCharge, work: Work, reprise: date | None = None) -> None:
    """Plan the next step of the recovery, and its prescription; nothing once the title is settled (invariant 10).

    `reprise`: the day a suspension ends, from which the delay of the next step runs again (hypothesis H64).
    """
    numero = prise.numero_fps
    work.unschedule(numero, *ECHEANCES)
    if prise.etat in SOLDES:
        return
    # Its last day is still in time: the title is prescribed the day after.
    work.schedule(numero, "prescription", date_prescription(prise.date_titre) + timedelta(days=1))
    if prise.suspendu_le is not None:
        return
    demain = work.today + timedelta(days=1)
    if prise.etat is Etat.PRIS_EN_CHARGE:
        work.schedule(numero, "envoi-avertissement", date_envoi_avertissement(max(prise.date_titre, reprise or prise.date_titre)))
    elif prise.etat is Etat.AVERTI and (limite := prise.date_limite_rabais) is not None:
        work.schedule(numero, "relance", max(date_relance_titre(max(limite, reprise or limite)), demain))
    elif prise.etat is Etat.RELANCE and (relance := prise.relance_le) is not None:
        work.schedule(numero, "saisie", max(date_saisie(max(relance, reprise or relance)), demain))
    elif (saisie := prise.saisi_le) is not None:
        work.schedule(numero, "versement-saisie", max(date_versement_saisie(max(saisie, reprise or saisie)), demain))


async def inscrire(prise: PriseEnCharge, montant: int, work: Work) -> None:
    """Owe a sum to the collectivité, or take a précompte below zero: its books, the account of the month (hypothesis H65)."""
    if not montant:
        return
    work.book(prise.numero_fps, ecriture_part(prise.siret, montant, work.today), LOI)
    (await compte_du_mois(prise.siret, work)).inscrire(montant)


async def encaisser(
    prise: PriseEnCharge,
    montant: int,
    le: date,
    moyen: Moyen | Literal["saisie"],
    reference: str,
    work: Work,
    *,
    partiel: bool,
) -> int:
    """Take a payment, by the redevable or by a seized third party: books, account of the month, news; gives the rebate granted.

    Raises what `PriseEnCharge.payer` raises, ReferenceDejaUtilisee.
    """
    numero, avant = prise.numero_fps, prise.part_collectivite
    rabais = prise.payer(montant, le, partiel=partiel)
    if reference in {deja.reference for deja in await encaissements_de(prise, work)}:
        raise ReferenceDejaUtilisee(f"Référence « {reference} ».", "reference")
    work.add(Encaissement.noter(prise, reference, moyen, montant, le))
    work.record(numero, "paiement", PAIEMENT, montant=montant, rabais=rabais, moyen=moyen, reference=reference)
    work.book(numero, ecriture_paiement(montant, rabais, work.today), PAIEMENT)
    await inscrire(prise, prise.part_collectivite - avant, work)
    if prise.etat in SOLDES:
        prise.suspendu_le = None
        work.unschedule(numero, *ECHEANCES)
    for information in informations(prise, moyen, work.now):
        work.send(information)
    return rabais


async def encaissements_de(prise: PriseEnCharge, work: Work) -> list[Encaissement]:
    """The payments of a title, in their order."""
    found = [await work.find(Encaissement, prise.numero_fps, rang) for rang in range(1, prise.paiements + 1)]
    return [one for one in found if one is not None]


async def rejeter_cheque(prise: PriseEnCharge, reference: str, work: Work) -> None:
    """The bank sends a cheque back unpaid: what it paid is due again, the town gives its part back (hypothesis H82).

    Raises PaiementInconnu, RejetImpossible.
    """
    numero, avant = prise.numero_fps, prise.part_collectivite
    refuse = next((p for p in await encaissements_de(prise, work) if p.reference == reference), None)
    if refuse is None:
        raise PaiementInconnu(f"Référence « {reference} ».", "reference")
    rabais_perdu = refuse.rejeter(prise)
    work.record(numero, "cheque-impaye", PAIEMENT, montant=refuse.montant, reference=reference, etat=prise.etat.value)
    work.book(numero, ecriture_rejet(refuse.montant, rabais_perdu, work.today), PAIEMENT)
    await inscrire(prise, prise.part_collectivite - avant, work)
    if prise.etat is not Etat.A_REMBOURSER:
        work.unschedule(numero, "remboursement-titre")
    planifier(prise, work)
    for information in informations(prise, "cheque", work.now):
        work.send(information)


async def suivre_remise(prise: PriseEnCharge, work: Work) -> None:
    """After a remise the recovery goes on, or ends when what was paid is enough: ANTAI and the town learn that nothing is left."""
    planifier(prise, work)
    if prise.etat in PAYES:
        dernier = next(p for p in reversed(await encaissements_de(prise, work)) if p.sort is Sort.ENCAISSE)
        for information in informations(prise, dernier.moyen, work.now):
            work.send(information)


async def annuler(prise: PriseEnCharge, message: AnnulationTitre, work: Work) -> None:
    """Apply a line of a titre d'annulation: claim, books, précompte, refund to plan. Raises what `PriseEnCharge.annuler` raises."""
    numero, suspendu = prise.numero_fps, prise.suspendu_le is not None
    variation = prise.annuler(message)
    work.record(
        numero,
        "annulation",
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
    planifier(prise, work, work.today if suspendu else None)
    if prise.etat is Etat.A_REMBOURSER:
        work.schedule(numero, "remboursement-titre", date_remboursement_titre(work.today))
