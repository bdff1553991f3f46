"""Rectifying and cancelling: what the town decides before a title (message FPS), or after it (flow 8)."""

from datetime import date, datetime
from typing import Literal

from collectivite.actes.dossier import demande, ecrire, oublier_echeances
from collectivite.actes.etablissement import numero_rectificatif
from collectivite.domain.avis import AvisRectificatif
from collectivite.domain.forfait import AMIABLES, SOLDES, Etat, Forfait
from collectivite.domain.refus import ActeApresTitre, ActeImpossible, AucunTitre, ModificationApresPaiement, ModificationImpossible
from fps.calculs import majoration
from fps.calendar import instant_paris
from fps.communes import commune
from fps.kit.work import Work
from fps.messages.annulation import InformationAnnulationTitre, Origine
from fps.messages.mfps import AnnulationFps, ModificationFps
from fps.messages.parties_prenantes import Agent
from fps.numero import cle

RECTIFICATIF = "CGCT, art. R. 2333-120-14"
ANNULATION = "CGCT, art. R. 2333-120-17-2"
OrigineAnnulation = Literal["erreur-agent", "paiement-rapide", "autre"]


async def rectifier(forfait: Forfait, montant: int, agent: str, motif: str, work: Work) -> AvisRectificatif:
    """The FPS amounts to `montant` centimes, by a notice with its own number; at 0 it is cancelled. Raises SerieEpuisee."""
    numero = await numero_rectificatif(forfait.siret, agent, work)
    avis = AvisRectificatif(numero, forfait.numero, agent, montant, work.today)
    work.add(avis)
    ecriture = forfait.rectifier(montant, work.today)
    ecrire(forfait, "rectification", RECTIFICATIF, ecriture, work, montant=montant, numero_avis=numero)
    if montant == 0:
        ecrire(forfait, "annulation", RECTIFICATIF, forfait.annuler(work.today, motif), work, motif=motif)
        await oublier_echeances(forfait, work)
    return avis


async def modifier(numero: str, montant: int, agent: str, demande_du: date, motif: str, work: Work) -> AvisRectificatif:
    """The town lowers a FPS by itself, after a request without RAPO (hypothesis H73).

    Raises ForfaitInconnu, ActeApresTitre, ModificationApresPaiement, ActeImpossible, ModificationImpossible.
    """
    forfait = await demande(numero, work)
    _avant_titre(forfait, work)
    if forfait.etat in SOLDES or forfait.montant_paye:
        raise ModificationApresPaiement(f"Payé {forfait.montant_paye} centimes.", "numero")
    if forfait.etat is not Etat.TRANSMIS:
        raise ActeImpossible(f"« modifier » est impossible dans l'état « {forfait.etat} ».", "numero")
    if not 0 < montant < forfait.du:
        raise ModificationImpossible(f"Dû {forfait.du} centimes, montant demandé {montant}.", "montant")
    avis, ville = await rectifier(forfait, montant, agent, motif, work), commune(forfait.siret)
    work.send(
        ModificationFps(
            numero_fps=forfait.numero,
            numero_avis=avis.numero_avis,
            cle_avis=cle(avis.numero_avis),
            siret=forfait.siret,
            agent=Agent(identifiant=agent, autorite=ville.autorite),
            origine="collectivite",
            date_reception_rapo=instant_paris(demande_du),
            mandataire=None,
            date_edition=work.now,
            montant_rectifie=montant,
            motif=motif,
            contact_rapo=ville.contact_rapo,
        )
    )
    return avis


async def annuler(numero: str, origine: OrigineAnnulation, motif: str, work: Work) -> Forfait:
    """The town withdraws a FPS before any title: ANTAI is told in cycle complet. Raises ForfaitInconnu, ActeApresTitre, ActeImpossible."""
    forfait = await demande(numero, work)
    _avant_titre(forfait, work)
    if forfait.etat not in AMIABLES | SOLDES:
        raise ActeImpossible(f"« annuler » est impossible dans l'état « {forfait.etat} ».", "numero")
    await _annuler(forfait, motif, work)
    if forfait.cycle == "complet":
        work.send(annulation(forfait, origine, motif, work.now))
    return forfait


async def _annuler(forfait: Forfait, motif: str, work: Work) -> None:
    ecrire(forfait, "annulation", RECTIFICATIF, forfait.annuler(work.today, motif), work, motif=motif)
    await oublier_echeances(forfait, work)


def annulation(forfait: Forfait, origine: OrigineAnnulation, motif: str, instant: datetime) -> AnnulationFps:
    """The message FPS of a cancellation."""
    return AnnulationFps(numero_fps=forfait.numero, siret=forfait.siret, date_annulation=instant, origine=origine, motif=motif)


def _avant_titre(forfait: Forfait, work: Work) -> None:
    if forfait.titre_emis(work.today):
        raise ActeApresTitre(f"FPS {forfait.numero}, état « {forfait.etat} ».", "numero")


async def annuler_titre(numero: str, motif: str, work: Work) -> Forfait:
    """The town gives up a FPS majoré by itself (flow 8). Raises ForfaitInconnu, AucunTitre, ActeImpossible."""
    forfait = await demande(numero, work)
    if not forfait.titre_emis(work.today):
        raise AucunTitre(f"FPS {forfait.numero}, état « {forfait.etat} ».", "numero")
    message = annulation_titre(forfait, forfait.du, None, "collectivite", work.today, motif, work)
    await _annuler(forfait, motif, work)
    work.send(message)
    return forfait


def annulation_titre(
    forfait: Forfait,
    fps_annule: int,
    majoration_annulee: int | None,
    origine: Origine,
    decision: date,
    motif: str,
    work: Work,
    requete: str | None = None,
) -> InformationAnnulationTitre:
    """Flow 8 about a title, which bears what was not paid before it (cycle partiel); wholly cancelled, it takes its majoration with it.

    CGCT, art. R. 2333-120-16.
    """
    au_titre = forfait.du - forfait.montant_paye
    totale = fps_annule >= au_titre
    if majoration_annulee is None or (totale and majoration_annulee == 0):
        majoration_annulee = majoration_de(forfait) if totale else 0
    return InformationAnnulationTitre(
        numero_fps=forfait.numero,
        siret=forfait.siret,
        numero_titre=forfait.numero_titre,
        origine=origine,
        numero_requete=requete,
        date_decision=decision,
        etendue="totale" if totale else "partielle",
        fps_annule=min(fps_annule, au_titre),
        majoration_annulee=majoration_annulee,
        motif=motif,
    )


def majoration_de(forfait: Forfait) -> int:
    """The majoration of the title of this FPS, in centimes: on what remained due at its date."""
    reste = forfait.du - forfait.montant_paye
    return majoration(reste, forfait.titre_le) if reste > 0 and forfait.titre_le is not None else 0
