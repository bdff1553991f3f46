"""Rectifying and cancelling: what the town decides before a title (message FPS), or after it (flow 8)."""

from datetime import date

from collectivite.actes.dossier import demande
from collectivite.actes.etablissement import numero_rectificatif
from collectivite.actes.forfait import annuler as annuler_ici
from collectivite.actes.transmission.creation import oublier
from collectivite.actes.transmission.envoi import exiger_sans_attente, transmettre
from collectivite.domain.avis import AvisRectificatif, rectificatif
from collectivite.domain.forfait import AMIABLES, SOLDES, Etat, Forfait
from collectivite.domain.messages import OrigineAnnulation, annulation, annulation_titre, modification
from collectivite.domain.refus import (
    ActeApresTitre,
    ActeImpossible,
    AucunTitre,
    DemandeHorsDates,
    ModificationApresPaiement,
    ModificationAvantAvis,
    ModificationDejaFaite,
    ModificationImpossible,
)
from collectivite.domain.titre import reste_au_titre
from collectivite.store import rectificatifs_de
from fps.droit.money import euros
from fps.kit.engine.work import Work


async def modifier(numero: str, montant: int, agent: str, demande_du: date, motif: str, work: Work) -> AvisRectificatif:
    """The town lowers a FPS by itself, once, after a request without RAPO (hypothesis H73); the RAPO stays open.

    Raises ForfaitInconnu, ActeApresTitre, ModificationApresPaiement, ActeImpossible, ModificationImpossible, DemandeHorsDates,
    ModificationAvantAvis, ModificationDejaFaite, ActeEnAttente.
    """
    forfait = await demande(numero, work)
    await _verifier_modification(forfait, montant, demande_du, work)
    avis = await numero_rectificatif(forfait.siret, agent, work)
    message = modification(forfait, work.ville(forfait.siret), avis, agent, montant, motif, demande_du, work.now)
    transmettre(forfait, message, work)
    return rectificatif(message, work.today)


async def _verifier_modification(forfait: Forfait, montant: int, demande_du: date, work: Work) -> None:
    _avant_titre(forfait, work)
    if forfait.etat in SOLDES or forfait.montant_paye:
        raise ModificationApresPaiement(f"Payé {euros(forfait.montant_paye)}.", "numero")
    if forfait.etat is not Etat.TRANSMIS:
        raise ActeImpossible(f"« modifier » est impossible dans l'état « {forfait.etat} ».", "numero")
    if not 0 < montant < forfait.du:
        raise ModificationImpossible(f"Dû {euros(forfait.du)}, montant demandé {euros(montant)}.", "montant")
    constat = forfait.premier_jour
    if not constat <= demande_du <= work.today:
        raise DemandeHorsDates(f"Demande du {demande_du:%d/%m/%Y}, constat du {constat:%d/%m/%Y}.", "date_demande")
    if forfait.date_envoi is None or work.today < forfait.date_envoi:
        raise ModificationAvantAvis(f"L'avis part le {forfait.date_envoi:%d/%m/%Y}." if forfait.date_envoi else "", "numero")
    exiger_sans_attente(forfait)
    if deja := await rectificatifs_de(work.tx, work.bac.nom, forfait.numero):
        raise ModificationDejaFaite(f"Avis rectificatif {deja[-1].numero_avis}, {euros(deja[-1].montant)}.", "numero")


async def annuler(numero: str, origine: OrigineAnnulation, motif: str, work: Work) -> Forfait:
    """The town withdraws a FPS before any title: in cycle complet when ANTAI has accepted it.

    Raises ForfaitInconnu, ActeApresTitre, ActeImpossible, ActeEnAttente.
    """
    forfait = await demande(numero, work)
    _avant_titre(forfait, work)
    if forfait.etat not in AMIABLES | SOLDES:
        raise ActeImpossible(f"« annuler » est impossible dans l'état « {forfait.etat} ».", "numero")
    if forfait.cycle == "partiel" or oublier(forfait, work):
        await annuler_ici(forfait, motif, work)
        return forfait
    exiger_sans_attente(forfait)
    transmettre(forfait, annulation(forfait, origine, motif, work.now), work)
    return forfait


def _avant_titre(forfait: Forfait, work: Work) -> None:
    if forfait.etat is Etat.IMPAYE or forfait.titre_certain(work.today):
        raise ActeApresTitre(f"FPS {forfait.numero}, état « {forfait.etat} ».", "numero")


async def annuler_titre(numero: str, motif: str, work: Work) -> Forfait:
    """The town gives up a FPS majoré by itself (flow 8). Raises ForfaitInconnu, AucunTitre, ActeImpossible, ActeEnAttente."""
    forfait = await demande(numero, work)
    if not forfait.titre_possible(work.today):
        raise AucunTitre(f"FPS {forfait.numero}, état « {forfait.etat} ».", "numero")
    if forfait.etat is Etat.ANNULE or not reste_au_titre(forfait):
        raise ActeImpossible(f"« annuler le titre » est impossible dans l'état « {forfait.etat} ».", "numero")
    exiger_sans_attente(forfait)
    message = annulation_titre(forfait, forfait.du, None, "collectivite", work.today, motif)
    transmettre(forfait, message, work, baisse=forfait.du)
    return forfait
