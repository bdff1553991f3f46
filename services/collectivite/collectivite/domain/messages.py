"""The messages that tell ANTAI what the town decides of a FPS, before a title and after it (flows 1, 8 and 11)."""

from datetime import date, datetime
from typing import Literal

from collectivite.domain.forfait import Forfait
from collectivite.domain.rapo import Rapo
from collectivite.domain.titre import majoration_au_titre, reste_au_titre
from fps.droit.calendar import instant_paris
from fps.droit.numero import cle
from fps.messages.annulation import FpsImpaye, InformationAnnulationFps, InformationAnnulationTitre, Origine
from fps.messages.mfps import AnnulationFps, ModificationFps
from fps.messages.parties_prenantes import Agent
from fps.villes.communes import Commune

OrigineAnnulation = Literal["erreur-agent", "rapo", "paiement-rapide", "autre"]


def modification(
    forfait: Forfait,
    ville: Commune,
    avis: str,
    agent: str,
    montant: int,
    motif: str,
    demande_du: date,
    instant: datetime,
    rapo: Rapo | None = None,
) -> ModificationFps:
    """The rectificatif that an agent establishes: after a RAPO, or by the town alone (CGCT, art. R. 2333-120-14)."""
    return ModificationFps(
        numero_fps=forfait.numero,
        numero_avis=avis,
        cle_avis=cle(avis),
        siret=forfait.siret,
        agent=Agent(identifiant=agent, autorite=ville.autorite),
        origine="collectivite" if rapo is None else "rapo",
        date_reception_rapo=instant_paris(demande_du),
        mandataire=None if rapo is None else rapo.mandataire,
        date_edition=instant,
        montant_rectifie=montant,
        motif=motif,
        contact_rapo=ville.contact_rapo_de(forfait.lieu.zone),
    )


def annulation(forfait: Forfait, origine: OrigineAnnulation, motif: str, instant: datetime) -> AnnulationFps:
    """The FPS is withdrawn before any title (CGCT, art. R. 2333-120-14)."""
    return AnnulationFps(numero_fps=forfait.numero, siret=forfait.siret, date_annulation=instant, origine=origine, motif=motif)


def annulation_titre(
    forfait: Forfait,
    fps_annule: int,
    majoration_annulee: int | None,
    origine: Origine,
    decision: date,
    motif: str,
    requete: str | None = None,
) -> InformationAnnulationTitre:
    """Flow 8 about a title: its whole FPS takes the majoration with it, unless a part of it is named (CGCT, art. R. 2333-120-16; H80).

    What a decision says above what the title bears is cut down to it (CGCT, art. R. 2333-120-17-2).
    """
    reste, plus = reste_au_titre(forfait), majoration_au_titre(forfait)
    fps = min(fps_annule, reste)
    entier = plus if fps == reste else 0
    annulee = entier if not majoration_annulee else min(majoration_annulee, plus)
    return InformationAnnulationTitre(
        numero_fps=forfait.numero,
        siret=forfait.siret,
        numero_titre=forfait.numero_titre,
        origine=origine,
        numero_requete=requete,
        date_decision=decision,
        etendue="totale" if (fps, annulee) == (reste, plus) else "partielle",
        fps_annule=fps,
        majoration_annulee=annulee,
        motif=motif,
    )


def annulation_fps(forfait: Forfait, titre: InformationAnnulationTitre) -> InformationAnnulationFps:
    """Flow 8 about the FPS alone, for a discharge when no title exists: there is no majoration to cancel."""
    reste = forfait.du - titre.fps_annule
    return InformationAnnulationFps(
        numero_fps=forfait.numero,
        siret=forfait.siret,
        origine=titre.origine,
        numero_requete=titre.numero_requete,
        date_decision=titre.date_decision,
        etendue="partielle" if reste else "totale",
        montant_annule=titre.fps_annule,
        montant_restant=reste,
        motif=titre.motif,
    )


def impaye(forfait: Forfait, ville: Commune, notification: date, limite: date) -> FpsImpaye:
    """Flow 11: what ANTAI needs to issue the title of a FPS that the town notified itself (CGCT, art. R. 2333-120-17-2)."""
    return FpsImpaye(
        beneficiaire=ville.beneficiaire,
        vehicule=forfait.vehicule,
        lieu=forfait.lieu,
        date_heure_constat=forfait.date_heure_constat,
        numero_fps=forfait.numero,
        mode_notification="pare-brise",
        date_notification=notification,
        date_limite_paiement=limite,
        montant_initial=forfait.montant,
        montant_paye=forfait.montant_paye,
        montant_annule=forfait.montant - forfait.du,
        montant_remis=0,
        reste_du=forfait.creance,
    )
