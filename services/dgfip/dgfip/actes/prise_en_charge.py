"""The title of a FPS: taken in charge, found again, and the next day of its recovery planned."""

from collections.abc import Iterable
from datetime import date, timedelta

from dgfip.domain.articles import TITRE
from dgfip.domain.echeances import RECOUVREMENT, Echeance
from dgfip.domain.ecritures import ecriture_prise_en_charge, ecriture_remboursement_titre
from dgfip.domain.encaissement import Encaissement
from dgfip.domain.mentions import Mention
from dgfip.domain.prise_en_charge import SOLDES, Etat, LigneRecue, PriseEnCharge
from dgfip.domain.refus import PriseEnChargeInconnue
from dgfip.domain.remboursement import avis_titre
from dgfip.domain.renouvellement import exiger_remplacable, renouveler
from fps.droit.calculs import (
    date_envoi_avertissement,
    date_relance_titre,
    date_saisie,
    date_versement_saisie,
)
from fps.kit.engine.work import Key, Work
from fps.messages.comptable import LOI
from fps.messages.paiement import PaiementTitre
from fps.messages.titre import AnnulationTitre, EmissionTitre


def cles_ligne(message: EmissionTitre | PaiementTitre | AnnulationTitre) -> Iterable[Key]:
    """The line of the title that a letter is about."""
    return ((LigneRecue, (message.numero_fps,)),)


def cles_lignes(sujets: list[str], le: date) -> Iterable[Key]:
    """The lines of the titles that a day is about: the avertissements print them."""
    return ((LigneRecue, (sujet,)) for sujet in sujets)


async def connue(numero: str, work: Work) -> tuple[PriseEnCharge, LigneRecue]:
    """The title of a FPS and its line; raises PriseEnChargeInconnue."""
    prise, ligne = await work.find(PriseEnCharge, numero), await work.find(LigneRecue, numero)
    if prise is None or ligne is None:
        raise PriseEnChargeInconnue(f"FPS {numero}", "numero_fps")
    return prise, ligne


async def designee(numero: str, work: Work) -> PriseEnCharge:
    """The title of the FPS that an address names; raises PriseEnChargeInconnue."""
    prise = await work.find(PriseEnCharge, numero)
    if prise is None:
        raise PriseEnChargeInconnue(f"FPS {numero}", "numero")
    return prise


async def prendre_en_charge(message: EmissionTitre, work: Work) -> None:
    """Take a line of a title in charge; the same line again changes nothing. Raises TitreDejaPrisEnCharge (it may come later)."""
    numero = message.numero_fps
    ligne = await work.find(LigneRecue, numero)
    if ligne is None:
        prise = PriseEnCharge.ouvrir(message)
        work.add(prise)
        work.add(LigneRecue(numero, message))
    elif ligne.message == message:
        return
    else:
        prise = await _renouveler(ligne, message, work)
    place = {"numero_titre": prise.numero_titre, "rang": prise.rang}
    work.record(numero, Mention.PRISE_EN_CHARGE, TITRE, impaye=prise.montant_impaye, majoration=prise.majoration, **place)
    work.book(numero, ecriture_prise_en_charge(prise, work.today), TITRE)
    planifier(prise, work)


async def _renouveler(ligne: LigneRecue, message: EmissionTitre, work: Work) -> PriseEnCharge:
    """A new title takes the place of one that is all cancelled; what that one still had to give back leaves first (hypothesis H52)."""
    prise = await designee(message.numero_fps, work)
    exiger_remplacable(prise, message)
    if prise.etat is Etat.A_REMBOURSER:
        rendre(prise, ligne, work)
        work.unschedule(prise.numero_fps, Echeance.REMBOURSEMENT_TITRE)
    for encaisse in await encaissements(prise, work):
        encaisse.rendre()
    renouveler(prise, ligne, message)
    return prise


async def encaissements(prise: PriseEnCharge, work: Work) -> list[Encaissement]:
    """The payments of a title, in their order."""
    found = [await work.find(Encaissement, prise.numero_fps, rang) for rang in range(1, prise.paiements + 1)]
    return [one for one in found if one is not None]


def rendre(prise: PriseEnCharge, ligne: LigneRecue, work: Work) -> None:
    """What was paid on a cancelled title goes back to the redevable (flow 16)."""
    fps, majoration = prise.rembourser()
    work.record(prise.numero_fps, Mention.REMBOURSEMENT_TITRE, LOI, fps=fps, majoration=majoration)
    work.book(prise.numero_fps, ecriture_remboursement_titre(fps + majoration, work.today), LOI)
    work.send(avis_titre(prise, ligne, fps, majoration, work.today))


def planifier_prescription(prise: PriseEnCharge, work: Work) -> None:
    """Its last day is still in time: the title is prescribed the day after (LPF, art. L. 274)."""
    work.unschedule(prise.numero_fps, Echeance.PRESCRIPTION)
    work.schedule(prise.numero_fps, Echeance.PRESCRIPTION, prise.date_prescription + timedelta(days=1))


def planifier(prise: PriseEnCharge, work: Work, *, reprise: date | None = None) -> None:
    """Plan the next step of the recovery, and its prescription; nothing once the title is settled (invariant 10).

    `reprise`: the day a suspension ends, from which the delay of the next step runs again (hypothesis H64).
    """
    numero = prise.numero_fps
    work.unschedule(numero, *RECOUVREMENT)
    if prise.etat in SOLDES:
        return
    planifier_prescription(prise, work)
    if prise.suspendu_le is not None:
        return
    demain = work.today + timedelta(days=1)
    if prise.etat is Etat.PRIS_EN_CHARGE:
        work.schedule(numero, Echeance.ENVOI_AVERTISSEMENT, date_envoi_avertissement(max(prise.date_titre, reprise or prise.date_titre)))
    elif prise.etat is Etat.AVERTI and (limite := prise.date_limite_rabais) is not None:
        work.schedule(numero, Echeance.RELANCE, max(date_relance_titre(max(limite, reprise or limite)), demain))
    elif prise.etat is Etat.RELANCE and (relance := prise.relance_le) is not None:
        work.schedule(numero, Echeance.SAISIE, max(date_saisie(max(relance, reprise or relance)), demain))
    elif (saisie := prise.saisi_le) is not None:
        work.schedule(numero, Echeance.VERSEMENT_SAISIE, max(date_versement_saisie(max(saisie, reprise or saisie)), demain))
