"""What may happen to the payment of a FPS: asked for, taken, paid twice and given back, a cheque that bounces, a limit that passes."""

from collections.abc import Iterable
from datetime import date

from antai.actes.annulation import lever_titre
from antai.actes.dossier import connu
from antai.domain import paiement
from antai.domain.avis import AvisEmis, Nature
from antai.domain.dossier import Dossier, Etat
from antai.domain.echeances import Echeance
from antai.domain.etats import PAYES
from antai.domain.mentions import Mention
from antai.domain.paiement import Paiement, Sort
from antai.domain.refus import (
    AucunTropPercu,
    CleTelepaiementFausse,
    DossierInconnu,
    PaiementInconnu,
    PlaqueDifferente,
    ReferenceDejaUtilisee,
)
from fps.comptabilite import Libelle
from fps.droit.calendar import ajouter_jours, instant_paris
from fps.kit.engine.work import Key, Work
from fps.messages.paiement import JustificatifPaiementFps, PaiementFps
from fps.regles.verrou import Verrou

PAIEMENT = "CGCT, art. L. 2333-87, IV"
POSTE = "CRPA, art. L. 112-1"


def cles(message: PaiementFps) -> Iterable[Key]:
    """The lock of the number that is paid."""
    return ((Verrou, (message.numero_telepaiement[:26],)),)


async def identifier_avis(numero_telepaiement: str, immatriculation: str, work: Work) -> Dossier:
    """The dossier of a notice whose number, key and plate agree: failures are counted, and lock the number (hypothesis H50).

    Raises CleTelepaiementFausse, DossierInconnu, PlaqueDifferente, TelepaiementVerrouille.
    """
    numero = numero_telepaiement[:26]
    dossier = await work.find(Dossier, numero)
    if dossier is None and (rectificatif := await work.find(AvisEmis, numero, Nature.RECTIFICATIF.value)) is not None:
        dossier = await work.find(Dossier, rectificatif.numero_fps)
    if dossier is None:
        paiement.verifier_cle(numero_telepaiement)
        raise DossierInconnu(f"Numéro {numero}", "numero_telepaiement")
    verrou = await work.find(Verrou, dossier.numero)
    if verrou is not None:
        paiement.exiger_ouvert(verrou, work.verrous)
    try:
        paiement.verifier_cle(numero_telepaiement)
        paiement.verifier_plaque(dossier, immatriculation)
    except (CleTelepaiementFausse, PlaqueDifferente):
        verrou = await work.find_or_add(Verrou(dossier.numero))
        verrou.echouer(work.verrous)
        work.lasting(verrou)
        raise
    if verrou is not None:
        verrou.reussir()
    return dossier


async def demander_somme(numero_telepaiement: str, immatriculation: str, work: Work) -> Dossier:
    """A dossier that can still be paid, for who knows its number, its key and its plate: failures are counted (hypothesis H50).

    Raises what `identifier_avis` and `Dossier.exiger_payable` raise.
    """
    dossier = await identifier_avis(numero_telepaiement, immatriculation, work)
    dossier.exiger_payable(work.today)
    return dossier


async def encaisser(message: PaiementFps, work: Work) -> JustificatifPaiementFps:
    """Take a payment, tell the collectivité, give the justificatif (CGCT, art. L. 2333-87, IV).

    Raises what `identifier_avis` and `paiement.encaisser` raise, DateEnvoiImpossible, ReferenceDejaUtilisee.
    """
    dossier = await identifier_avis(message.numero_telepaiement, message.immatriculation, work)
    message = paiement.referencer(dossier, message)
    le = paiement.date_de_paiement(dossier, message.moyen, message.date_envoi, work.today)
    instant = work.now if le == work.today else instant_paris(le)
    if message.moyen == "cheque" and dossier.etat in PAYES and message.montant == dossier.montant:
        await _exiger_autre_reference(dossier, message, work)
        _trop_percu(dossier, message, le, work)
        justificatif = paiement.justificatif(dossier, work.ville(dossier.siret), message, instant, minore=False)
        work.send(justificatif)
        return justificatif
    titre_annule = None
    if paiement.poste_a_temps(dossier, message.moyen, message.date_envoi):
        minore, titre_annule = False, dossier.numero_titre
        await _lever_titre(dossier, message, le, work)
    else:
        minore = paiement.encaisser(dossier, message.moyen, message.montant, le)
    await _exiger_autre_reference(dossier, message, work)
    work.add(Paiement.noter(dossier, message, le, Sort.ENCAISSE, minore=minore))
    work.unschedule(dossier.numero)
    work.record(
        dossier.numero, Mention.PAIEMENT_MINORE if minore else Mention.PAIEMENT, PAIEMENT, montant=message.montant, moyen=message.moyen
    )
    ecriture = paiement.ecriture_paiement if titre_annule is None else paiement.ecriture_cheque_a_temps
    work.book(dossier.numero, ecriture(dossier, work.today), PAIEMENT)
    work.send(paiement.information(dossier, message, instant, minore=minore, titre_annule=titre_annule))
    work.send(paiement.encaissement(dossier, await paiements_de(dossier.numero, work), work.now))
    justificatif = paiement.justificatif(dossier, work.ville(dossier.siret), message, instant, minore=minore)
    work.send(justificatif)
    return justificatif


async def _lever_titre(dossier: Dossier, message: PaiementFps, le: date, work: Work) -> None:
    """A cheque posted in time came after the title, which loses its ground (CRPA, art. L. 112-1; hypothesis H52)."""
    paiement.exiger_le_fps(dossier, message.montant)
    await lever_titre(dossier, le, work)
    work.record(dossier.numero, Mention.TITRE_LEVE, POSTE, numero_titre=dossier.numero_titre, poste_le=le.isoformat())
    dossier.lever_titre(message.montant, le)


async def _exiger_autre_reference(dossier: Dossier, message: PaiementFps, work: Work) -> None:
    """Raises ReferenceDejaUtilisee: the collectivité knows each payment by its reference."""
    if message.reference in {recu.reference for recu in await paiements_de(dossier.numero, work)}:
        raise ReferenceDejaUtilisee(f"Référence « {message.reference} ».", "reference")


def _trop_percu(dossier: Dossier, message: PaiementFps, le: date, work: Work) -> None:
    recu = Paiement.noter(dossier, message, le, Sort.TROP_PERCU, minore=False)
    work.add(recu)
    dossier.trop_percu += recu.montant
    work.record(dossier.numero, Mention.DOUBLE_PAIEMENT, PAIEMENT, montant=recu.montant, reference=recu.reference)
    work.book(dossier.numero, paiement.ecriture_trop_percu(recu.montant, work.today), PAIEMENT)
    work.send(paiement.annonce_double_paiement(dossier, recu, work.now))


async def paiements_de(numero: str, work: Work) -> list[Paiement]:
    """The payments of a dossier, in their order."""
    dossier = await connu(numero, work)
    found = [await work.find(Paiement, numero, rang) for rang in range(1, dossier.paiements + 1)]
    return [one for one in found if one is not None]


async def rejeter_cheque(numero: str, reference: str, work: Work) -> Dossier:
    """The bank sends a cheque back unpaid: the FPS is due again. Raises DossierInconnu, PaiementInconnu, RejetImpossible."""
    dossier = await connu(numero, work)
    tous = await paiements_de(numero, work)
    refuse = next((p for p in tous if p.reference == reference), None)
    if refuse is None:
        raise PaiementInconnu(f"Référence « {reference} ».", "reference")
    montant, etat = refuse.montant, dossier.etat
    connu_d_elle = paiement.rejeter(dossier, refuse, tous, work.today)
    work.record(numero, Mention.CHEQUE_IMPAYE, PAIEMENT, montant=montant, reference=reference, etat=dossier.etat.value)
    if connu_d_elle is None:
        work.book(numero, paiement.ecriture_restitution(montant, work.today, Libelle.CHEQUE_IMPAYE_D_UN_DOUBLE_PAIEMENT), PAIEMENT)
        return dossier
    work.book(numero, paiement.ecriture_rejet(dossier, refuse, work.today), PAIEMENT)
    work.send(paiement.rejet(dossier, connu_d_elle, work.now))
    work.send(paiement.encaissement(dossier, tous, work.now))
    if etat in PAYES:
        _reprendre(dossier, work)
    return dossier


def _reprendre(dossier: Dossier, work: Work) -> None:
    """Plan again what the payment had stopped."""
    if dossier.etat is Etat.APA_ENVOYE and dossier.date_notification is not None:
        work.schedule(dossier.numero, Echeance.NOTIFICATION, dossier.date_notification)
    elif dossier.etat is Etat.APA_ENVOYE:
        work.schedule(dossier.numero, Echeance.EAVIS_NON_LU, max(dossier.papier_le(), work.today))
    elif dossier.etat is Etat.NOTIFIE and dossier.date_limite_paiement is not None:
        work.schedule(dossier.numero, Echeance.LIMITE_PAIEMENT, ajouter_jours(dossier.date_limite_paiement, 1))
    elif dossier.etat is Etat.IMPAYE:
        work.schedule(dossier.numero, Echeance.EMISSION_TITRE, max(dossier.titre_le(), work.today))


async def restituer(numero: str, work: Work) -> tuple[Dossier, int]:
    """Give back what was paid twice: the dossier, and how much, in centimes (hypothesis H53). Raises DossierInconnu, AucunTropPercu."""
    dossier = await connu(numero, work)
    montant = dossier.trop_percu
    if montant == 0:
        raise AucunTropPercu(f"FPS {numero}.")
    for recu in await paiements_de(numero, work):
        if recu.sort is Sort.TROP_PERCU:
            recu.sort = Sort.RESTITUE
    dossier.trop_percu = 0
    work.record(numero, Mention.RESTITUTION, PAIEMENT, montant=montant)
    work.book(numero, paiement.ecriture_restitution(montant, work.today), PAIEMENT)
    return dossier, montant


async def constater_impaye(numero: str, work: Work) -> None:
    """Nothing was paid in time; ten days are left to tell a cancellation before the title."""
    dossier = await connu(numero, work)
    dossier.constater_impaye()
    work.record(numero, Mention.IMPAYE, PAIEMENT, montant=dossier.montant, titre_prevu=dossier.titre_le().isoformat())
    work.schedule(numero, Echeance.EMISSION_TITRE, dossier.titre_le())
