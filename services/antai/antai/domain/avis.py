"""The avis de paiement: its mentions in the order of the law, its order to the print shop, the day it leaves."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from antai.domain.dossier import Constat, Dossier
from antai.domain.paiement import CANAUX, canaux_minores
from fps.droit import droit
from fps.droit.calculs import date_envoi_apa, date_envoi_apres_notice, date_limite_rapo, date_limite_recours, date_notification_postale
from fps.droit.calendar import paris_date
from fps.droit.numero import cle, telepaiement
from fps.messages.avis import (
    AvisPaiement,
    AvisPaiementRectificatif,
    EAvisPaiement,
    Etablissement,
    EtablissementRectificatif,
    MinorationAvis,
    Modalites,
    RequeteImpression,
)
from fps.messages.mfps import CreationFps, ModificationFps
from fps.messages.parties_prenantes import Adresse, Contact, ContactRapo, Redevable
from fps.parties import SITES, Party
from fps.villes.communes import Commune

SITE: Final = f"{SITES[Party.ANTAI]}/payer"
CENTRE_ENCAISSEMENT: Final = Contact(
    nom="Centre d'encaissement simulé de l'ANTAI",
    adresse=Adresse(voie="1 rue du Simulateur", code_postal="35000", commune="Rennes"),
    telephone="08 00 00 00 00",
    url=SITE,
)
PIECES_RAPO: Final = (
    "L'exposé des faits et des motifs de la contestation",
    "La copie de l'avis de paiement contesté",
    "La copie du certificat d'immatriculation (ou la déclaration de cession et son accusé d'enregistrement)",
)
PAGES: Final = 4


def envoi_le(message: CreationFps, ville: Commune, le: date) -> date:
    """The day the notice of a message received that day leaves (H08).

    After a windscreen notice the quick payment comes first: the town's delay, else that of the convention (H36).
    """
    if message.mode_notification == "antai":
        return date_envoi_apa(le, ville.envoi_avis_jours)
    rapide = ville.paiement_rapide_jours(ville.jour(message.date_heure_constat))
    return date_envoi_apres_notice(le, rapide, ville.envoi_avis_jours)


def avis_de_paiement(dossier: Dossier, ville: Commune, constat: Constat, redevable: Redevable) -> AvisPaiement:
    """The notice of a dossier whose sending is decided (CGCT, art. R. 2333-120-4)."""
    envoi = _connue(dossier.date_envoi)
    return AvisPaiement(
        numero_fps=dossier.numero,
        cle=cle(dossier.numero),
        etablissement=_etablissement(dossier, ville, constat, redevable, envoi),
        modalites=_modalites(dossier, ville, _contact(constat.message), dossier.numero, envoi, dossier.date_notification),
    )


def avis_electronique(
    dossier: Dossier, ville: Commune, constat: Constat, redevable: Redevable, mis_a_disposition: datetime
) -> EAvisPaiement:
    """The electronic notice: its three limits are absent until it is read (CGCT, art. L. 2333-87, II)."""
    envoi = _connue(dossier.date_envoi)
    return EAvisPaiement(
        numero_fps=dossier.numero,
        cle=cle(dossier.numero),
        date_mise_a_disposition=mis_a_disposition,
        date_lecture=dossier.lu_le,
        etablissement=_etablissement(dossier, ville, constat, redevable, envoi),
        modalites=_modalites(dossier, ville, _contact(constat.message), dossier.numero, envoi, dossier.date_notification),
    )


def avis_rectificatif(
    dossier: Dossier, ville: Commune, constat: Constat, redevable: Redevable, message: ModificationFps, le: date
) -> AvisPaiementRectificatif:
    """The rectifying notice that leaves that day; the limits of the first one are kept (CGCT, art. R. 2333-120-14).

    After a RAPO it may be taken to the judge, in the month of its own notification (art. R. 2333-120-33); else the RAPO stays open.
    """
    vu = constat.message
    etablissement = EtablissementRectificatif(
        collectivite=ville.nom,
        siret=dossier.siret,
        autorite=message.agent.autorite,
        agent=message.agent.identifiant,
        date_heure_constat=vu.date_heure_constat,
        lieu=vu.lieu,
        vehicule=vu.vehicule,
        redevable=redevable,
        date_reception_rapo=paris_date(message.date_reception_rapo) if message.origine == "rapo" else None,
        mandataire=message.mandataire,
        date_edition=paris_date(message.date_edition),
        date_envoi=le,
        montant_rectifie=message.montant_rectifie,
        signature="Signé",
    )
    notification = date_notification_postale(le)
    limites: dict[str, date | None] = {"date_limite_recours": date_limite_recours(notification)}
    if message.origine != "rapo":
        limites = {"date_limite_rapo": None if dossier.date_notification is None else date_limite_rapo(dossier.date_notification)}
    modalites = _modalites(dossier, ville, _contact(message), message.numero_avis, le, notification, limites)
    return AvisPaiementRectificatif(
        numero_fps=dossier.numero,
        numero_avis=message.numero_avis,
        cle=message.cle_avis,
        rapo_ouvert=message.origine != "rapo",
        etablissement=etablissement,
        modalites=modalites,
    )


def _etablissement(dossier: Dossier, ville: Commune, constat: Constat, redevable: Redevable, envoi: date) -> Etablissement:
    message = constat.message
    return Etablissement(
        collectivite=ville.nom,
        siret=dossier.siret,
        autorite=message.agent.autorite,
        agent=message.agent.identifiant,
        date_heure_constat=message.date_heure_constat,
        lieu=message.lieu,
        vehicule=message.vehicule,
        redevable=redevable,
        date_envoi=envoi,
        montant=dossier.montant_initial,
        montant_deduit=message.montant_deduit,
        fin_effets=message.fin_effets,
        signature="Signé",
    )


def _modalites(
    dossier: Dossier,
    ville: Commune,
    contact_rapo: ContactRapo,
    numero_avis: str,
    envoi: date,
    notification: date | None,
    limites: dict[str, date | None] | None = None,
) -> Modalites:
    loi, numero = droit(notification or envoi), telepaiement(numero_avis)
    if limites is None:
        limites = {"date_limite_rapo": None if notification is None else date_limite_rapo(notification)}
    return Modalites(
        service_paiement=CENTRE_ENCAISSEMENT,
        telepaiement=numero,
        url_paiement=f"{SITE}?numero={numero}",
        canaux=CANAUX,
        minoration=_minoration(dossier, envoi),
        date_notification=notification,
        date_limite_paiement=dossier.date_limite_paiement,
        delai_paiement_mois=loi.delai_paiement_mois,
        majoration_pourcent=loi.majoration_pourcent,
        majoration_minimum=loi.majoration_minimum,
        rapo_obligatoire=True,
        contact_rapo=contact_rapo,
        delai_rapo_mois=loi.rapo_delai_mois,
        date_limite_rapo=limites.get("date_limite_rapo"),
        pieces_rapo=PIECES_RAPO,
        delai_silence_mois=loi.rapo_decision_mois,
        juridiction=droit(envoi).juridiction,
        delai_recours_mois=loi.recours_delai_mois,
        date_limite_recours=limites.get("date_limite_recours"),
        paiement_prealable=droit(envoi).paiement_prealable,
        droits_donnees=ville.contact,
    )


def _contact(message: CreationFps | ModificationFps) -> ContactRapo:
    if message.contact_rapo is None:
        raise ValueError(f"{message.sujet}: accepted without a RAPO contact")
    return message.contact_rapo


def _connue(jour: date | None) -> date:
    if jour is None:
        raise ValueError("the notice is not sent yet")
    return jour


def _minoration(dossier: Dossier, envoi: date) -> MinorationAvis | None:
    """The reduced amount, when it is not over; an electronic notice not read yet offers it without a last day (hypothesis H48)."""
    montant, delai, dernier = dossier.minoration_montant, dossier.minoration_delai, dossier.minoration_jusqu_au
    if montant is None or delai is None or (not dossier.electronique if dernier is None else dernier < envoi):
        return None
    return MinorationAvis(montant=montant, delai_jours=delai, jusqu_au=dernier, canaux=canaux_minores(dossier))


def requete_impression(dossier: Dossier, redevable: Redevable) -> RequeteImpression:
    """The order to print and post the notice of a dossier (CGCT, art. L. 2333-87, II)."""
    return _requete(dossier, redevable, dossier.numero, _connue(dossier.date_envoi), dossier.montant)


def requete_rectificatif(dossier: Dossier, redevable: Redevable, message: ModificationFps, le: date) -> RequeteImpression:
    """The order to print and post a rectificatif (CGCT, art. R. 2333-120-14)."""
    return _requete(dossier, redevable, message.numero_avis, le, message.montant_rectifie)


def _requete(dossier: Dossier, redevable: Redevable, numero_avis: str, envoi: date, montant: int) -> RequeteImpression:
    return RequeteImpression(
        numero_fps=dossier.numero,
        numero_avis=numero_avis,
        cle=cle(numero_avis),
        modele="apa" if numero_avis == dossier.numero else "apa-rectificatif",
        lot=f"{envoi.isoformat()}-01",
        date_envoi=envoi,
        destinataire=redevable.nom_complet,
        adresse=redevable.adresse,
        pages=PAGES,
        recto_verso=True,
        telepaiement=telepaiement(numero_avis),
        montant=montant,
    )


class Nature(StrEnum):
    """Les natures d'avis que l'ANTAI envoie."""

    INITIAL = "initial"
    ELECTRONIQUE = "electronique"
    RECTIFICATIF = "rectificatif"
    PAPIER = "papier"  # an electronic notice that nobody read, sent again by post


@dataclass
class AvisEmis:
    """One notice sent, in centimes: what invoices count, and the number that a payment may quote."""

    numero_avis: str
    nature: Nature
    numero_fps: str
    siret: str
    date_envoi: date
    montant: int
    message: ModificationFps | None = None
