"""The avertissement of a FPS majoré: its mentions in the order of the arrêté of 15 December 2016."""

from typing import Final

from dgfip.domain.prise_en_charge import LigneRecue, PriseEnCharge
from fps.droit import droit
from fps.droit.calculs import date_limite_recours
from fps.droit.numero import telepaiement_titre
from fps.messages.moyens import moyens_de
from fps.messages.parties_prenantes import Adresse, Contact
from fps.messages.titre import Avertissement
from fps.parties import SITES, Party

SITE: Final = f"{SITES[Party.DGFIP]}/payer"
CANAUX: Final = moyens_de(Party.DGFIP)
TRESORERIE: Final = Contact(
    nom="Trésorerie amendes simulée",
    adresse=Adresse(voie="2 rue du Simulateur", code_postal="59000", commune="Lille"),
    telephone="03 00 00 00 01",
    url=SITE,
)
ADRESSE_JURIDICTION: Final = Adresse(voie="3 rue du Simulateur", code_postal="87000", commune="Limoges")


def avertissement(prise: PriseEnCharge, ligne: LigneRecue, adresse: Adresse | None = None) -> Avertissement:
    """The letter of a title whose avertissement is decided, at the tax address when it is known (CGPPP, art. L. 2323-7-1)."""
    if prise.date_envoi is None or prise.date_notification is None or prise.date_limite_rabais is None:
        raise ValueError("the avertissement is not sent yet")
    titre, numero = ligne.message, telepaiement_titre(prise.numero_titre, prise.rang)
    return Avertissement(
        beneficiaire=titre.beneficiaire,
        numero_fps=prise.numero_fps,
        date_heure_constat=titre.date_heure_constat,
        lieu=titre.lieu,
        vehicule=titre.vehicule,
        redevable=titre.redevable if adresse is None else titre.redevable.model_copy(update={"adresse": adresse}),
        montant_impaye=prise.fps_net,
        majoration=prise.majoration_nette,
        total_du=prise.net_du,
        ordonnateur=titre.ordonnateur,
        numero_titre=prise.numero_titre,
        rang_annexe=prise.rang,
        date_titre=prise.date_titre,
        comptable=TRESORERIE,
        date_envoi=prise.date_envoi,
        date_notification=prise.date_notification,
        numero_telepaiement=numero,
        url_paiement=f"{SITE}?numero={numero}",
        canaux=CANAUX,
        rabais=prise.rabais,
        montant_avec_rabais=prise.net_du - prise.rabais,
        date_limite_rabais=prise.date_limite_rabais,
        juridiction=Contact(nom=droit(prise.date_envoi).juridiction, adresse=ADRESSE_JURIDICTION, url=SITES[Party.CCSP]),
        delai_recours_mois=droit(prise.date_notification).recours_delai_mois,
        date_limite_recours=date_limite_recours(prise.date_notification),
        paiement_prealable=droit(prise.date_envoi).paiement_prealable,
        droits_donnees=TRESORERIE,
    )
