"""Refunds: the accounting documents of a collectivité and their control, the notices to the person (flows 9, 10 and 16)."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from dgfip.domain.avertissement import TRESORERIE
from dgfip.domain.prise_en_charge import LigneRecue, PriseEnCharge
from dgfip.domain.refus import PieceComptableRefusee, PieceDejaRecue, RemboursementExcessif
from fps.droit.calculs import date_remboursement_fps
from fps.droit.money import euros
from fps.droit.numero import NumeroFps, NumeroInvalide
from fps.messages.comptable import (
    LOI,
    AccuseDocumentComptable,
    AvisRemboursementFps,
    MandatRemboursement,
    RejetDocumentComptable,
    TitreAnnulationRecette,
)
from fps.messages.mfps import ErreurAccuse
from fps.messages.parties_prenantes import Contact
from fps.messages.titre import AvisRemboursementTitre
from fps.regles.accuse import erreur
from fps.villes.communes import Commune

Document = TitreAnnulationRecette | MandatRemboursement


@dataclass
class PieceRecue:
    """One accounting document, known by the SIRET and its number; `due` is the day of its refund, None once it is paid."""

    siret: str
    numero_piece: str
    numero_fps: str
    nature: str
    corps: str
    montant: int
    due: date | None
    rembourse_le: date | None = None
    rejetee_le: date | None = None

    @classmethod
    def recevoir(cls, message: Document, le: date) -> "PieceRecue":
        """Take a document that passed the control."""
        due = date_remboursement_fps(le)
        return cls(message.siret, message.numero_piece, message.numero_fps, message.nom, message.model_dump_json(), message.montant, due)

    @property
    def message(self) -> Document:
        """The document as it came."""
        classe = TitreAnnulationRecette if self.nature == TitreAnnulationRecette.nom else MandatRemboursement
        return classe.model_validate_json(self.corps)

    @property
    def compense_sur(self) -> str | None:
        """The FPS majoré whose title it pays, None when it is transferred."""
        voulue = self.message.compensation
        return None if voulue is None else voulue.numero_fps


@dataclass
class RemboursementsFps:
    """The refunds of one FPS: what was ordered in all, and the documents that wait for their payment (SIRET, number)."""

    numero_fps: str
    ordonne: int = 0
    en_attente: tuple[tuple[str, str], ...] = ()

    def arreter(self, piece: PieceRecue, le: date) -> None:
        """One of those that wait is not paid any more."""
        self.ordonne -= piece.montant
        self.en_attente = tuple(cle for cle in self.en_attente if cle != (piece.siret, piece.numero_piece))
        piece.due, piece.rejetee_le = None, le


def controler(message: Document, deja: int, encaisse: int | None, ville: Commune | None, le: date) -> list[ErreurAccuse]:
    """Every error of a document received that day; in centimes, `deja` is what was already ordered for this FPS.

    `ville`: that of the document on the day of the FPS, None when the bac does not know it. `encaisse`: what ANTAI told of it, None when
    it told nothing (cycle partiel, quick payment): the document alone says it then.
    """
    erreurs = []
    if ville is None:
        erreurs.append(
            erreur("siret-inconnu", "siret", "Aucune collectivité ne porte ce SIRET.", LOI, "Vérifiez le SIRET de la collectivité.")
        )
    if message.numero_fps[:14] != message.siret:
        phrase = "Le FPS n'a pas été établi par cette collectivité."
        erreurs.append(erreur("siret-different", "siret", phrase, LOI, "Remboursez vos propres FPS seulement."))
    if message.date_piece > le:
        phrase = f"La pièce est datée du {message.date_piece:%d/%m/%Y}, après sa réception."
        erreurs.append(erreur("piece-future", "date_piece", phrase, LOI, "Datez la pièce du jour de son émission."))
    if message.exercice != message.date_piece.year:
        phrase = f"L'exercice {message.exercice} n'est pas celui de la date de la pièce."
        erreurs.append(erreur("exercice-different", "exercice", phrase, LOI, "Donnez l'exercice de l'année de la pièce."))
    if isinstance(message, TitreAnnulationRecette) and message.exercice_paiement != message.exercice:
        phrase = f"Le paiement est de l'exercice {message.exercice_paiement} : la recette ne se réduit que l'année même."
        erreurs.append(erreur("titre-annulation-autre-exercice", "exercice_paiement", phrase, LOI, "Émettez un mandat de remboursement."))
    if isinstance(message, MandatRemboursement) and message.exercice_paiement >= message.exercice:
        phrase = f"Le paiement est de l'exercice {message.exercice_paiement}, celui de la pièce ou un suivant."
        erreurs.append(erreur("mandat-meme-exercice", "exercice_paiement", phrase, LOI, "Émettez un titre d'annulation de recette."))
    recu = message.montant_encaisse if encaisse is None else min(encaisse, message.montant_encaisse)
    if deja + message.montant > recu:
        phrase = f"Remboursements de {euros(deja + message.montant)} pour {euros(recu)} encaissés."
        erreurs.append(erreur(RemboursementExcessif.code, "montant", phrase, LOI, RemboursementExcessif.que_faire))
    return [*erreurs, *(_hors_bareme(message, ville) if encaisse is None else ())]


def _hors_bareme(message: Document, ville: Commune | None) -> Iterator[ErreurAccuse]:
    """A refund that no FPS of that town on that day can be worth: nothing else tells what an unknown FPS was (hypothesis H99)."""
    try:
        jour = NumeroFps.lire(message.numero_fps).date_etablissement
    except NumeroInvalide as refus:
        yield erreur(refus.code, "numero_fps", refus.detail, LOI, refus.que_faire)
        return
    plafond = ville.fps_maximum(jour) if jour is not None and ville is not None else None
    if plafond is not None and message.montant > plafond:
        phrase = f"Remboursement de {euros(message.montant)} : aucun FPS de la collectivité ne dépassait {euros(plafond)} ce jour-là."
        yield erreur(RemboursementExcessif.code, "montant", phrase, LOI, RemboursementExcessif.que_faire)


def jour_du_fps(message: Document) -> date | None:
    """The day on which the FPS of a document was established, None when its number does not tell it."""
    try:
        return NumeroFps.lire(message.numero_fps).date_etablissement
    except NumeroInvalide:
        return None


def verifier(
    message: Document,
    deja: int,
    encaisse: int | None,
    ville: Commune | None,
    maintenant: datetime,
    le: date,
    destination: Iterable[ErreurAccuse] = (),
) -> None:
    """Raises PieceComptableRefusee, or RemboursementExcessif when it is all that is wrong; the accusé names every error found.

    `destination`: what is wrong with where the money is to go.
    """
    erreurs = [*controler(message, deja, encaisse, ville, le), *destination]
    if erreurs:
        accuse = accuse_de(message, maintenant, erreurs)
        classe = RemboursementExcessif if {e.code for e in erreurs} == {RemboursementExcessif.code} else PieceComptableRefusee
        raise classe(" ".join(e.phrase for e in erreurs), erreurs[0].champ, accuse)


def verifier_meme_piece(connue: PieceRecue, message: Document, maintenant: datetime) -> None:
    """A number already used is accepted again for the same content only; raises PieceDejaRecue, with its accusé."""
    if (connue.nature, connue.corps) == (message.nom, message.model_dump_json()):
        return
    phrase = f"La pièce {message.numero_piece} désigne déjà un autre remboursement."
    doublon = erreur(PieceDejaRecue.code, "numero_piece", phrase, LOI, PieceDejaRecue.que_faire)
    raise PieceDejaRecue(phrase, "numero_piece", accuse_de(message, maintenant, [doublon]))


def accuse_de(message: Document, maintenant: datetime, erreurs: list[ErreurAccuse] | None = None) -> AccuseDocumentComptable:
    """The accusé of a document: accepted, or refused with every error."""
    return AccuseDocumentComptable(
        numero_fps=message.numero_fps,
        numero_piece=message.numero_piece,
        statut="refuse" if erreurs else "accepte",
        date_reception=maintenant,
        erreurs=tuple(erreurs or ()),
    )


def rejet(piece: PieceRecue, le: date) -> RejetDocumentComptable:
    """The collectivité learns that a refund is stopped."""
    return RejetDocumentComptable(
        numero_fps=piece.numero_fps,
        siret=piece.siret,
        numero_piece=piece.numero_piece,
        date_rejet=le,
        montant=piece.montant,
        motif="encaissement-annule",
    )


def comptable_de(ville: Commune) -> Contact:
    """The public accountant of a collectivité, who pays what it orders (arrêté of 1 September 2016; name: hypothesis H99)."""
    return Contact(nom=f"Comptable public assignataire (simulé) : {ville.nom}", adresse=ville.adresse)


def _virement(le: date, *cle: str) -> str:
    """The reference of a transfer: another one for each order, of any collectivité."""
    return f"VIR-{le.year}-{hashlib.sha256('/'.join(cle).encode()).hexdigest()[:12].upper()}"


def avis_fps(piece: PieceRecue, ville: Commune, le: date) -> AvisRemboursementFps:
    """The notice of the refund of a FPS (flow 10): by bank transfer, or on a title of the same redevable (hypothesis H129)."""
    message = piece.message
    vise = message.compensation
    return AvisRemboursementFps(
        numero_fps=piece.numero_fps,
        collectivite=ville.nom,
        numero_piece=piece.numero_piece,
        beneficiaire=message.beneficiaire,
        comptable=comptable_de(ville),
        date_envoi=le,
        montant_rembourse=piece.montant,
        mode="virement" if vise is None else "compensation",
        reference=_virement(le, piece.siret, piece.numero_piece) if vise is None else f"IMP-{piece.numero_piece}",
        compense_sur=None if vise is None else vise.numero_fps,
    )


def avis_titre(prise: PriseEnCharge, ligne: LigneRecue, fps: int, majoration: int, le: date) -> AvisRemboursementTitre:
    """The notice of the refund of a paid title that was cancelled (flow 16)."""
    return AvisRemboursementTitre(
        numero_fps=prise.numero_fps,
        numero_titre=prise.numero_titre,
        redevable=ligne.message.redevable,
        comptable=TRESORERIE,
        date_envoi=le,
        montant_rembourse=fps + majoration,
        dont_fps=fps,
        dont_majoration=majoration,
        mode="virement",
        reference=_virement(le, prise.numero_titre, str(prise.rang), str(prise.montant_rembourse)),
    )
