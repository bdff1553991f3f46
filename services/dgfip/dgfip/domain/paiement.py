"""Paying a FPS majoré: the numbers asked, the justificatif, and who learns of it."""

from datetime import date, datetime

from dgfip.domain.encaissement import MoyenRecu
from dgfip.domain.prise_en_charge import SOLDES, LigneRecue, PriseEnCharge
from dgfip.domain.refus import CleTelepaiementFausse, DateChequeInvalide, TelepaiementAutreTitre
from fps.droit.numero import cle, telepaiement_titre
from fps.messages.information_paiement import TitrePaye, TitrePayeCollectivite
from fps.messages.paiement import JustificatifPaiementTitre, PaiementTitre


def verifier_cle(telepaiement: str) -> None:
    """Raises CleTelepaiementFausse (hypothesis H03)."""
    if cle(telepaiement[:18]) != telepaiement[18:]:
        raise CleTelepaiementFausse(f"La clé {telepaiement[18:]} n'est pas celle du numéro {telepaiement[:18]}.", "numero_telepaiement")


def verifier_titre(prise: PriseEnCharge, telepaiement: str) -> None:
    """Raises TelepaiementAutreTitre when the number is not that of this FPS."""
    if telepaiement != telepaiement_titre(prise.numero_titre, prise.rang):
        raise TelepaiementAutreTitre(f"Le numéro {telepaiement} n'est pas celui du FPS {prise.numero_fps}.", "numero_telepaiement")


def verifier_date(message: PaiementTitre, le: date) -> date:
    """The day that counts: for a cheque, that of its sending; raises DateChequeInvalide (hypothesis H62)."""
    if message.date_envoi is None:
        return le
    if message.moyen != "cheque" or message.date_envoi > le:
        raise DateChequeInvalide(f"Paiement par « {message.moyen} » daté du {message.date_envoi:%d/%m/%Y}.", "date_envoi")
    return message.date_envoi


def referencer(prise: PriseEnCharge, message: PaiementTitre) -> str:
    """The reference of a payment: the one given, else one made of the telepayment number and of the rank of the payment."""
    if message.reference is not None:
        return message.reference
    return f"SIM-{message.numero_telepaiement}" + (f"-{prise.paiements + 1}" if prise.paiements else "")


def justificatif(
    prise: PriseEnCharge, ligne: LigneRecue, message: PaiementTitre, reference: str, instant: datetime, rabais: int
) -> JustificatifPaiementTitre:
    """The proof given to the payer."""
    return JustificatifPaiementTitre(
        numero_fps=prise.numero_fps,
        numero_telepaiement=message.numero_telepaiement,
        collectivite=ligne.message.beneficiaire.nom,
        moyen=message.moyen,
        date_heure_paiement=instant,
        reference=reference,
        montant_paye=message.montant,
        rabais=rabais,
        reste_du=reste_apres(prise),
    )


def reste_apres(prise: PriseEnCharge) -> int:
    """What is left to pay when the month of the rebate is over, in centimes."""
    return 0 if prise.etat in SOLDES else prise.net_du - prise.encaisse


def informations(prise: PriseEnCharge, moyen: MoyenRecu, instant: datetime) -> tuple[TitrePaye, TitrePayeCollectivite]:
    """What ANTAI learns of the payments, and what the collectivité does, cumulated, with the number of those that bounced.

    The last word is the right one, in any order: that of the most rejections, then of the greatest sum (hypothesis H83).
    """
    collectivite, etat = prise.repartition()
    antai = TitrePaye(
        numero_fps=prise.numero_fps,
        numero_titre=prise.numero_titre,
        rang_annexe=prise.rang,
        moyen=moyen,
        date_heure_paiement=instant,
        montant_paye=prise.encaisse,
        rabais=prise.rabais_accorde,
        part_collectivite=collectivite,
        part_etat=etat,
        reste_du=reste_apres(prise),
        rejets=prise.rejets,
    )
    ville = TitrePayeCollectivite(
        numero_fps=prise.numero_fps,
        siret=prise.siret,
        numero_titre=prise.numero_titre,
        date_heure_paiement=instant,
        part_collectivite=collectivite,
        reste_du_collectivite=prise.fps_net - collectivite,
        rejets=prise.rejets,
    )
    return antai, ville
