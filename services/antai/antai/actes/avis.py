"""What may happen to a notice: sent, read or posted, notified, brought back by the post, rectified."""

from collections.abc import Iterable
from datetime import date

from antai.actes.accuse import avec_accuse
from antai.actes.dossier import cles_origine, completer, connu, constat_de, redevable_de
from antai.actes.espace.echange import convenu
from antai.domain import creation, rectification
from antai.domain.avis import (
    AvisEmis,
    Nature,
    avis_de_paiement,
    avis_electronique,
    avis_rectificatif,
    requete_impression,
    requete_rectificatif,
)
from antai.domain.dossier import Constat, Dossier, Etat
from antai.domain.echeances import Echeance
from antai.domain.mentions import Mention
from antai.domain.paiement import ecriture_creance
from antai.domain.refus import AvisNonElectronique, NumeroDejaUtilise
from fps.droit import droit
from fps.droit.calendar import ajouter_jours
from fps.kit.engine.work import Key, Work
from fps.messages.mfps import AccuseFps, ModificationFps

NOTIFICATION = "CGCT, art. L. 2333-87, II"
RECTIFICATIF = "CGCT, art. R. 2333-120-14"


# ---------------------------------------------------------------------------------------------------------------- sent


def cles_envoi(numeros: list[str], le: date) -> Iterable[Key]:
    """What the notices of a day print."""
    return cles_origine(numeros)


async def envoyer(numero: str, work: Work) -> None:
    """The notice leaves, for the print shop and the redevable or for his screen; its claim enters the books."""
    dossier, constat = await connu(numero, work), await constat_de(numero, work)
    if dossier.electronique:
        papier_le = dossier.mettre_a_disposition(work.today)
        work.record(numero, Mention.MISE_A_DISPOSITION, NOTIFICATION, montant=dossier.montant, envoi_postal=papier_le.isoformat())
        work.book(numero, ecriture_creance(dossier, work.today), NOTIFICATION)
        work.send(avis_electronique(dossier, work.ville(dossier.siret), constat, await redevable_de(numero, work), work.now))
        work.add(AvisEmis(numero, Nature.ELECTRONIQUE, numero, dossier.siret, work.today, dossier.montant))
        work.schedule(numero, Echeance.EAVIS_NON_LU, papier_le)
        return
    notifie_le = dossier.envoyer_avis(work.today)
    work.record(numero, Mention.ENVOI_AVIS, NOTIFICATION, montant=dossier.montant, **_imprime(dossier, notifie_le))
    work.book(numero, ecriture_creance(dossier, work.today), NOTIFICATION)
    await _poster(dossier, constat, Nature.INITIAL, work)


async def passer_au_papier(numero: str, work: Work) -> None:
    """Nobody read the electronic notice: it goes by post, and its delays run from there (hypothesis H48)."""
    dossier, constat = await connu(numero, work), await constat_de(numero, work)
    notifie_le = dossier.passer_au_papier(work.today)
    work.record(numero, Mention.ENVOI_POSTAL, NOTIFICATION, montant=dossier.montant, **_imprime(dossier, notifie_le))
    await _poster(dossier, constat, Nature.PAPIER, work)


async def _poster(dossier: Dossier, constat: Constat, nature: Nature, work: Work) -> None:
    numero, redevable = dossier.numero, await redevable_de(dossier.numero, work)
    work.send(avis_de_paiement(dossier, work.ville(dossier.siret), constat, redevable))
    work.send(requete_impression(dossier, redevable))
    work.add(AvisEmis(numero, nature, numero, dossier.siret, work.today, dossier.montant))
    if dossier.date_notification is not None:
        work.schedule(numero, Echeance.NOTIFICATION, dossier.date_notification)
    if constat.introuvable:
        work.schedule(numero, Echeance.PLI_NON_DISTRIBUE, ajouter_jours(work.today, droit(work.today).pli_retour_jours))


def _imprime(dossier: Dossier, notifie_le: date) -> dict[str, int | str]:
    """What the notice says of its notification and of the reduced amount, for the journal."""
    dit: dict[str, int | str] = {"notification": notifie_le.isoformat()}
    if dossier.minoration_montant is not None and dossier.minoration_jusqu_au is not None:
        dit |= {"montant_minore": dossier.minoration_montant, "minoration_jusqu_au": dossier.minoration_jusqu_au.isoformat()}
    return dit


# ------------------------------------------------------------------------------------------------------------ notified


async def lire(numero: str, work: Work) -> Dossier:
    """Read an electronic notice: the first reading notifies it, another changes nothing (CGCT, art. L. 2333-87, II).

    Raises DossierInconnu, AvisNonElectronique.
    """
    dossier = await connu(numero, work)
    if not dossier.electronique or dossier.date_envoi is None:
        raise AvisNonElectronique(f"FPS {numero}, état « {dossier.etat} ».")
    if dossier.lu_le is None and dossier.etat is Etat.APA_ENVOYE:
        limite = dossier.lire_avis(work.now)
        work.unschedule(numero, Echeance.EAVIS_NON_LU)
        work.record(numero, Mention.LECTURE, NOTIFICATION, payer_avant_le=limite.isoformat())
        work.schedule(numero, Echeance.LIMITE_PAIEMENT, ajouter_jours(limite, 1))
    if dossier.date_notification is None or dossier.date_limite_paiement is None:
        raise AvisNonElectronique(f"FPS {numero}, état « {dossier.etat} » : l'avis n'est plus à lire.")
    return dossier


async def notifier(numero: str, work: Work) -> None:
    """The notice is deemed notified: the payment delay runs to its limit, lived the day after."""
    dossier = await connu(numero, work)
    limite = dossier.notifier()
    work.record(numero, Mention.NOTIFICATION, NOTIFICATION, payer_avant_le=limite.isoformat())
    work.schedule(numero, Echeance.LIMITE_PAIEMENT, ajouter_jours(limite, 1))


async def constater_retour(numero: str, work: Work) -> None:
    """The post brings the notice back: the notification stays deemed made (hypothesis H49). Raises DossierInconnu, PliImpossible."""
    (await connu(numero, work)).constater_retour(work.today)
    work.unschedule(numero, Echeance.PLI_NON_DISTRIBUE)
    work.record(numero, Mention.PLI_NON_DISTRIBUE, NOTIFICATION)


# ----------------------------------------------------------------------------------------------------------- rectified


@avec_accuse(creation.accuse_refus)
async def rectifier(message: ModificationFps, work: Work) -> AccuseFps:
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
    work.record(dossier.numero, Mention.RECTIFICATION, RECTIFICATIF, avis=message.numero_avis, etat=dossier.etat.value, **montants)
    if baisse:
        work.book(dossier.numero, rectification.ecriture_reduction(dossier, baisse, work.today), RECTIFICATIF)
    if message.montant_rectifie == 0:
        work.unschedule(dossier.numero)
    work.send(avis_rectificatif(dossier, work.ville(dossier.siret), constat, constat.redevable, message, work.today))
    if not dossier.electronique:
        work.send(requete_rectificatif(dossier, constat.redevable, message, work.today))
    return creation.accuse(dossier, work.now)
