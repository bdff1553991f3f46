"""The rectificatif, after a RAPO or by the town alone: its own number, the new amount at once, the first limit kept (H51)."""

from collections.abc import Iterator
from datetime import date, datetime

from antai.domain.creation import accuse_refus, contact_rapo_absent
from antai.domain.dossier import Dossier, Etat
from antai.domain.etats import ANNULES, PAYES, TITRES
from antai.domain.refus import (
    AnnulationApresTitre,
    AutreCollectivite,
    AvisNonEnvoye,
    FpsAbandonne,
    FpsAnnule,
    ModificationApresPaiement,
    RectificatifDejaRecu,
    RectificatifRefuse,
    RectificatifSansReduction,
)
from fps.comptabilite import Compte, Libelle
from fps.droit.calendar import paris_date
from fps.droit.money import EcritureEquilibree, euros
from fps.droit.numero import ARTICLE, NumeroFps, NumeroInvalide, cle
from fps.errors import Conflit
from fps.messages.mfps import ErreurAccuse, ModificationFps
from fps.regles.accuse import erreur

LOI = "CGCT, art. R. 2333-120-14"
IMPOSSIBLE: dict[Etat, type[Conflit]] = {
    Etat.TRANSMIS: AvisNonEnvoye,
    Etat.ABANDONNE: FpsAbandonne,
    **dict.fromkeys(TITRES, AnnulationApresTitre),
}


def verifier_message(message: ModificationFps, maintenant: datetime) -> None:
    """Raises RectificatifRefuse, whose accusé names every error of the number and of the dates."""
    erreurs = [*_numero(message), *_dates(message, maintenant), *contact_rapo_absent(message)]
    if erreurs:
        raise RectificatifRefuse(" ".join(e.phrase for e in erreurs), erreurs[0].champ, accuse_refus(message, maintenant, erreurs))


def _numero(message: ModificationFps) -> Iterator[ErreurAccuse]:
    try:
        siret = NumeroFps.lire(message.numero_avis).siret
    except NumeroInvalide as refus:
        siret = message.siret
        yield erreur("numero-jour-impossible", "numero_avis", refus.detail, ARTICLE, "Corrigez les chiffres 18 à 20.")
    if siret != message.siret or message.numero_avis == message.numero_fps:
        yield erreur(
            "numero-avis-faux",
            "numero_avis",
            "L'avis rectificatif n'a pas un numéro propre de la même collectivité.",
            ARTICLE,
            "Donnez à l'avis rectificatif un numéro neuf, qui commence par le SIRET de la collectivité.",
        )
    if message.cle_avis != cle(message.numero_avis):
        yield erreur(
            "cle-fausse",
            "cle_avis",
            f"La clé {message.cle_avis} n'est pas celle du numéro : la clé attendue est {cle(message.numero_avis)}.",
            ARTICLE,
            "Recalculez la clé : reste de la division du numéro par 97, sur deux chiffres.",
        )


def _dates(message: ModificationFps, maintenant: datetime) -> Iterator[ErreurAccuse]:
    if message.date_edition > maintenant:
        yield erreur("edition-future", "date_edition", "L'avis rectificatif serait établi après sa réception.", LOI, "Corrigez la date.")
    quoi = "du RAPO" if message.origine == "rapo" else "de la demande"
    if message.date_reception_rapo > message.date_edition:
        yield erreur(
            "edition-avant-rapo",
            "date_reception_rapo",
            f"L'avis rectificatif serait établi avant la réception {quoi}.",
            LOI,
            f"Corrigez la date de réception {quoi} ou celle de l'avis rectificatif.",
        )
    if avant_constat(message.numero_fps, paris_date(message.date_reception_rapo)):
        yield erreur(
            "demande-avant-constat",
            "date_reception_rapo",
            f"La date de réception {quoi} est antérieure au constat.",
            LOI,
            f"Corrigez la date de réception {quoi}.",
        )


def avant_constat(numero: str, jour: date) -> bool:
    """Whether a day comes before that of the finding, which the number of the FPS bears (arrêté of 6 November 2015, art. 4; H04)."""
    constat = NumeroFps.lire(numero).date_etablissement
    return constat is not None and jour < constat


def rectifier(dossier: Dossier, message: ModificationFps, le: date) -> int:
    """Give the FPS its new amount, zero for an acceptation totale; gives what is no longer due, in centimes.

    The town may lower a FPS by itself once, before any RAPO: that leaves the RAPO open, and its own rectificatif (H51).
    Raises AutreCollectivite, RectificatifDejaRecu, RectificatifSansReduction, ModificationApresPaiement and the refusal of the state.
    """
    verifier_siret(dossier, message.siret)
    if dossier.etat in IMPOSSIBLE:
        raise IMPOSSIBLE[dossier.etat](f"FPS {dossier.numero}, état « {dossier.etat} ».")
    apres_rapo = message.origine == "rapo"
    if dossier.rapo_rectifie if apres_rapo else dossier.numero_avis is not None:
        raise RectificatifDejaRecu(f"Avis rectificatif {dossier.numero_avis}.", "numero_avis")
    if dossier.etat in ANNULES and message.montant_rectifie > 0:
        raise FpsAnnule(f"Le FPS {dossier.numero} est annulé, il ne peut plus être ramené à {euros(message.montant_rectifie)}.")
    if message.montant_rectifie >= dossier.montant:
        refus = ModificationApresPaiement if dossier.etat in PAYES else RectificatifSansReduction
        raise refus(f"{euros(message.montant_rectifie)} au lieu de {euros(dossier.montant)}.", "montant_rectifie")
    baisse = 0 if dossier.etat in PAYES | ANNULES else dossier.montant - message.montant_rectifie
    if message.montant_rectifie > 0:
        dossier.reduire(message.montant_rectifie)
    elif dossier.etat not in ANNULES:
        dossier.annuler(message.origine, le)
    dossier.numero_avis, dossier.rapo_rectifie = message.numero_avis, apres_rapo
    return baisse


def verifier_siret(dossier: Dossier, siret: str) -> None:
    """Raises AutreCollectivite when the message names another collectivité than the dossier."""
    if siret != dossier.siret:
        raise AutreCollectivite(f"SIRET {siret} au lieu de {dossier.siret}.", "siret")


def ecriture_reduction(dossier: Dossier, baisse: int, le: date) -> EcritureEquilibree:
    """What is no longer due to the collectivité is no longer owed by the redevable, in centimes."""
    return EcritureEquilibree.simple(
        le, Libelle.REDUCTION_DU_FPS, debit=Compte.COLLECTIVITE.de(dossier.siret), credit=Compte.REDEVABLE, montant=baisse
    )
