"""What the DGFiP does with each letter it receives: one function a message, one table."""

from dgfip.actes.comptes import encaisser_amiable
from dgfip.actes.recouvrement import annuler, connue, encaisser, planifier
from dgfip.domain import paiement, remboursement
from dgfip.domain.amiable import EncaissementAmiable
from dgfip.domain.ecritures import ecriture_piece_comptable, ecriture_prise_en_charge
from dgfip.domain.prise_en_charge import AnnulationRecue, LigneRecue, PriseEnCharge
from dgfip.domain.refus import AnnulationDifferente, TitreDejaPrisEnCharge
from dgfip.domain.remboursement import Document, PieceRecue, RemboursementsFps
from fps.kit.engine.definition import Handler
from fps.kit.engine.work import Work
from fps.messages.comptable import LOI, AccuseDocumentComptable, MandatRemboursement, TitreAnnulationRecette
from fps.messages.information_paiement import EncaissementFps
from fps.messages.message import MessageClass
from fps.messages.moyens import MOYENS
from fps.messages.paiement import JustificatifPaiementTitre, PaiementTitre
from fps.messages.titre import AnnulationTitre, EmissionTitre

TITRE = "CGCT, art. R. 2333-120-16"


async def emission_titre(message: EmissionTitre, work: Work) -> None:
    """Take a line of a title in charge; the same line again changes nothing. Raises TitreDejaPrisEnCharge."""
    numero = message.numero_fps
    ligne = await work.find(LigneRecue, numero)
    if ligne is not None:
        if ligne.message != message:
            connu = ligne.message
            raise TitreDejaPrisEnCharge(f"FPS {numero} : titre {connu.numero_titre}, rang {connu.rang_annexe}.", "numero_titre")
        return
    prise = PriseEnCharge.ouvrir(message)
    work.add(prise)
    work.add(LigneRecue(numero, message))
    place = {"numero_titre": prise.numero_titre, "rang": prise.rang}
    work.record(numero, "prise-en-charge", TITRE, impaye=prise.montant_impaye, majoration=prise.majoration, **place)
    work.book(numero, ecriture_prise_en_charge(prise, work.today), TITRE)
    planifier(prise, work)


async def paiement_titre(message: PaiementTitre, work: Work) -> JustificatifPaiementTitre:
    """Take a payment, tell ANTAI and the collectivité, give the justificatif. Raises what `encaisser` raises."""
    paiement.verifier_cle(message.numero_telepaiement)
    prise, ligne = await connue(message.numero_fps, work)
    paiement.verifier_titre(prise, message.numero_telepaiement)
    le = paiement.verifier_date(message, work.today)
    reference = paiement.referencer(prise, message)
    rabais = await encaisser(prise, message.montant, le, message.moyen, reference, work, partiel=MOYENS[message.moyen].acompte)
    justificatif = paiement.justificatif(prise, ligne, message, reference, work.now, rabais)
    work.send(justificatif)
    return justificatif


async def annulation_titre(message: AnnulationTitre, work: Work) -> None:
    """Apply a line of a titre d'annulation once. Raises PriseEnChargeInconnue (it may come later), AnnulationDifferente."""
    prise, _ = await connue(message.numero_fps, work)
    deja = await work.find(AnnulationRecue, message.numero_fps, message.numero_annulation, message.rang_annexe)
    if deja is not None:
        if deja.message != message:
            detail = f"Titre d'annulation {message.numero_annulation}, ligne {message.rang_annexe}, FPS {message.numero_fps}."
            raise AnnulationDifferente(detail, "rang_annexe")
        return
    await annuler(prise, message, work)
    work.add(AnnulationRecue(message.numero_fps, message.numero_annulation, message.rang_annexe, message))


async def document_comptable(message: Document, work: Work) -> AccuseDocumentComptable:
    """Take the order to refund a FPS, in the right form for its year. Raises PieceComptableRefusee, PieceDejaRecue."""
    numero = message.numero_fps
    connu = await work.find(PieceRecue, message.siret, message.numero_piece)
    if connu is not None:
        remboursement.verifier_meme_piece(connu, message, work.now)
        return remboursement.accuse_de(message, work.now)
    suivi = await work.find(RemboursementsFps, numero)
    amiable = await work.find(EncaissementAmiable, numero)
    encaisse = None if amiable is None else amiable.montant
    remboursement.verifier(message, suivi.ordonne if suivi else 0, encaisse, work.now, work.today)
    piece = PieceRecue.recevoir(message, work.today)
    work.add(piece)
    if suivi is None:
        suivi = RemboursementsFps(numero)
        work.add(suivi)
    suivi.ordonne += message.montant
    suivi.en_attente = (*suivi.en_attente, (message.siret, message.numero_piece))
    work.record(numero, "piece-comptable", LOI, numero_piece=message.numero_piece, montant=message.montant, nature=message.nom)
    work.book(numero, ecriture_piece_comptable(message.siret, message.montant, work.today), LOI)
    if len(suivi.en_attente) == 1 and piece.due is not None:  # the pieces are paid in the order they came
        work.schedule(numero, "remboursement-fps", piece.due)
    return remboursement.accuse_de(message, work.now)


HANDLERS: dict[MessageClass, Handler] = {
    PaiementTitre: paiement_titre,
    EncaissementFps: encaisser_amiable,
    TitreAnnulationRecette: document_comptable,
    MandatRemboursement: document_comptable,
    EmissionTitre: emission_titre,
    AnnulationTitre: annulation_titre,
}
