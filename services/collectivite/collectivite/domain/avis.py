"""The notices that a town prints itself in cycle partiel, and the rectificatifs with their own numbers."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from collectivite.domain.forfait import Forfait
from collectivite.domain.rapo import Rapo
from fps.droit import droit
from fps.droit.calculs import date_limite_rapo
from fps.droit.numero import cle, telepaiement
from fps.messages.avis import EtablissementRectificatif, Modalites
from fps.messages.avis_collectivite import AvisPaiementCollectivite, AvisRectificatifCollectivite, EtablissementPareBrise
from fps.messages.mfps import ModificationFps
from fps.messages.moyens import moyens_de
from fps.messages.parties_prenantes import Demandeur, Redevable
from fps.parties import SITES, Party
from fps.villes.communes import Commune

CANAUX: Final = moyens_de(Party.COLLECTIVITE)
SITE: Final = f"{SITES[Party.COLLECTIVITE]}/payer"
PIECES_RAPO: Final = (
    "L'exposé des faits et des motifs de la contestation",
    "La copie de l'avis de paiement contesté",
    "La copie du certificat d'immatriculation (ou la déclaration de cession et son accusé d'enregistrement)",
)


@dataclass
class AvisRectificatif:
    """A rectifying notice: its number, the FPS it rectifies, the new amount in centimes, whether a RAPO is at its origin.

    CGCT, art. R. 2333-120-14.
    """

    numero_avis: str
    numero: str
    agent: str
    montant: int
    date_edition: date
    apres_rapo: bool


def rectificatif(message: ModificationFps, le: date) -> AvisRectificatif:
    """The rectificatif that a modification tells, issued that day."""
    return AvisRectificatif(
        numero_avis=message.numero_avis,
        numero=message.numero_fps,
        agent=message.agent.identifiant,
        montant=message.montant_rectifie,
        date_edition=le,
        apres_rapo=message.origine == "rapo",
    )


def _modalites(ville: Commune, forfait: Forfait, numero: str, *, rapo: bool) -> Modalites:
    notification = forfait.date_notification
    if notification is None:
        raise ValueError("the notice is not dated yet")
    loi = droit(notification)
    return Modalites(
        service_paiement=ville.contact,
        telepaiement=telepaiement(numero),
        url_paiement=f"{SITE}?numero={telepaiement(numero)}",
        canaux=CANAUX,
        minoration=None,
        date_notification=notification,
        date_limite_paiement=forfait.date_limite_paiement,
        delai_paiement_mois=loi.delai_paiement_mois,
        majoration_pourcent=loi.majoration_pourcent,
        majoration_minimum=loi.majoration_minimum,
        rapo_obligatoire=True,
        contact_rapo=ville.contact_rapo_de(forfait.lieu.zone),
        delai_rapo_mois=loi.rapo_delai_mois,
        date_limite_rapo=date_limite_rapo(notification) if rapo else None,
        pieces_rapo=PIECES_RAPO,
        delai_silence_mois=loi.rapo_decision_mois,
        juridiction=loi.juridiction,
        delai_recours_mois=loi.recours_delai_mois,
        paiement_prealable=loi.paiement_prealable,
        droits_donnees=ville.contact,
    )


def _constat(ville: Commune, forfait: Forfait) -> dict[str, Any]:
    return {
        "collectivite": ville.nom,
        "siret": ville.siret,
        "autorite": ville.autorite,
        "date_heure_constat": forfait.date_heure_constat,
        "lieu": forfait.lieu,
        "vehicule": forfait.vehicule,
        "signature": "Signé",
    }


def avis_pare_brise(ville: Commune, forfait: Forfait) -> AvisPaiementCollectivite:
    """The notice put on the windscreen, in cycle partiel (CGCT, art. R. 2333-120-4)."""
    etablissement = EtablissementPareBrise(
        **_constat(ville, forfait),
        agent=forfait.agent,
        montant=forfait.montant,
        montant_deduit=forfait.montant_deduit,
        fin_effets=forfait.fin_effets,
    )
    modalites = _modalites(ville, forfait, forfait.numero, rapo=True)
    return AvisPaiementCollectivite(numero_fps=forfait.numero, cle=cle(forfait.numero), etablissement=etablissement, modalites=modalites)


def redevable(demandeur: Demandeur) -> Redevable:
    """The person named on a rectificatif: who filed the RAPO; for a mandataire, on behalf of the holder (hypothesis H72)."""
    qualite = "titulaire" if demandeur.qualite == "mandataire" else demandeur.qualite
    return Redevable(qualite=qualite, identite=demandeur.identite, adresse=demandeur.adresse)


def avis_rectificatif(ville: Commune, forfait: Forfait, rapo: Rapo, avis: AvisRectificatif) -> AvisRectificatifCollectivite:
    """The rectifying notice, sent by the town in cycle partiel (CGCT, art. R. 2333-120-14)."""
    etablissement = EtablissementRectificatif(
        **_constat(ville, forfait),
        agent=avis.agent,
        redevable=redevable(rapo.demandeur),
        date_reception_rapo=rapo.date_avis_reception,
        mandataire=rapo.mandataire,
        date_edition=avis.date_edition,
        date_envoi=avis.date_edition,
        montant_rectifie=avis.montant,
    )
    modalites = _modalites(ville, forfait, avis.numero_avis, rapo=False)
    return AvisRectificatifCollectivite(
        numero_fps=forfait.numero, numero_avis=avis.numero_avis, cle=cle(avis.numero_avis), etablissement=etablissement, modalites=modalites
    )
