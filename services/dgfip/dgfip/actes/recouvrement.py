"""What several acts of the DGFiP share: the calendar of a recovery, the account of a month, a refund that is planned."""

from datetime import date, timedelta
from typing import Literal

from dgfip.domain.ecritures import ecriture_annulation, ecriture_paiement
from dgfip.domain.paiement import informations
from dgfip.domain.prise_en_charge import SOLDES, Etat, LigneRecue, PriseEnCharge
from dgfip.domain.refus import PriseEnChargeInconnue
from dgfip.domain.reversement import Reversement, mois_de
from fps.calculs import (
    date_envoi_avertissement,
    date_prescription,
    date_relance_titre,
    date_remboursement_titre,
    date_reversement,
    date_saisie,
    date_versement_saisie,
)
from fps.kit.work import Work
from fps.messages.paiement import Moyen
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


def planifier(prise: PriseEnCharge, work: Work) -> None:
    """Plan the next step of the recovery, and its prescription; nothing once the title is settled (invariant 10)."""
    numero = prise.numero_fps
    work.unschedule(numero, *ECHEANCES)
    if prise.etat in SOLDES:
        return
    # Its last day is still in time: the title is prescribed the day after.
    work.schedule(numero, "prescription", date_prescription(prise.date_titre) + timedelta(days=1))
    if prise.suspendu_le is not None:
        return
    if prise.etat is Etat.PRIS_EN_CHARGE:
        depart = max(prise.date_titre, work.today) if work.today > date_envoi_avertissement(prise.date_titre) else prise.date_titre
        work.schedule(numero, "envoi-avertissement", date_envoi_avertissement(depart))
    elif prise.etat is Etat.AVERTI and prise.date_limite_rabais is not None:
        work.schedule(numero, "relance", max(date_relance_titre(prise.date_limite_rabais), work.today + timedelta(days=1)))
    elif prise.etat is Etat.RELANCE and prise.relance_le is not None:
        work.schedule(numero, "saisie", max(date_saisie(prise.relance_le), work.today + timedelta(days=1)))
    elif prise.saisi_le is not None:
        work.schedule(numero, "versement-saisie", max(date_versement_saisie(prise.saisi_le), work.today + timedelta(days=1)))


async def inscrire(siret: str, montant: int, work: Work) -> None:
    """Write a sum for a collectivité, or a précompte below zero, in the account of the month (hypothesis H65)."""
    if not montant:
        return
    mois = mois_de(work.today)
    compte = await work.find(Reversement, siret, mois)
    if compte is None:
        compte = Reversement(siret, mois, date_reversement(work.today))
        work.add(compte)
        work.schedule(f"{siret}/{mois}", "reversement", compte.due)
    compte.inscrire(montant)


async def encaisser(prise: PriseEnCharge, montant: int, le: date, moyen: Moyen | Literal["saisie"], work: Work, *, partiel: bool) -> int:
    """Take a payment, by the redevable or by a seized third party: books, account of the month, news; gives the rebate granted."""
    numero, avant = prise.numero_fps, prise.part_collectivite
    rabais = prise.payer(montant, le, partiel=partiel)
    work.record(numero, "paiement", PAIEMENT, montant=montant, rabais=rabais, moyen=moyen)
    work.book(numero, ecriture_paiement(montant, rabais, work.today), PAIEMENT)
    await inscrire(prise.siret, prise.part_collectivite - avant, work)
    if prise.etat in SOLDES:
        prise.suspendu_le = None
        work.unschedule(numero, *ECHEANCES)
    for information in informations(prise, moyen, work.now):
        work.send(information)
    return rabais


async def annuler(prise: PriseEnCharge, message: AnnulationTitre, work: Work) -> None:
    """Apply a line of a titre d'annulation: claim, books, précompte, refund to plan. Raises what `PriseEnCharge.annuler` raises."""
    numero = prise.numero_fps
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
    await inscrire(prise.siret, -variation.precompte, work)
    planifier(prise, work)
    if prise.etat is Etat.A_REMBOURSER:
        work.schedule(numero, "remboursement-titre", date_remboursement_titre(work.today))
