"""What goes back to the redevable: ordered by a collectivité for a FPS (flows 9 and 10), due by a cancelled title (flow 16)."""

from dgfip.actes.prise_en_charge import connue, rendre
from dgfip.domain import remboursement
from dgfip.domain.amiable import EncaissementAmiable
from dgfip.domain.echeances import Echeance
from dgfip.domain.ecritures import ecriture_arret, ecriture_piece_comptable, ecriture_remboursement_fps
from dgfip.domain.mentions import Mention
from dgfip.domain.remboursement import Document, PieceRecue, RemboursementsFps
from fps.kit.engine.work import Work
from fps.messages.comptable import LOI, AccuseDocumentComptable


async def ordonner(message: Document, work: Work) -> AccuseDocumentComptable:
    """Take the order to refund a FPS, in the right form for its year. Raises PieceComptableRefusee, PieceDejaRecue."""
    numero = message.numero_fps
    connu = await work.find(PieceRecue, message.siret, message.numero_piece)
    if connu is not None:
        remboursement.verifier_meme_piece(connu, message, work.now)
        return remboursement.accuse_de(message, work.now)
    suivi = await work.find_or_add(RemboursementsFps(numero))
    amiable = await work.find(EncaissementAmiable, numero)
    encaisse = None if amiable is None else amiable.montant
    ville = work.villes.chercher(message.siret, remboursement.jour_du_fps(message) or work.today)
    remboursement.verifier(message, suivi.ordonne, encaisse, ville, work.now, work.today)
    piece = PieceRecue.recevoir(message, work.today)
    work.add(piece)
    suivi.ordonne += message.montant
    suivi.en_attente = (*suivi.en_attente, (message.siret, message.numero_piece))
    work.record(numero, Mention.PIECE_COMPTABLE, LOI, numero_piece=message.numero_piece, montant=message.montant, nature=message.nom)
    work.book(numero, ecriture_piece_comptable(message.siret, message.montant, work.today), LOI)
    if len(suivi.en_attente) == 1 and piece.due is not None:  # the pieces are paid in the order they came
        work.schedule(numero, Echeance.REMBOURSEMENT_FPS, piece.due)
    return remboursement.accuse_de(message, work.now)


async def rembourser_fps(numero: str, work: Work) -> None:
    """The oldest order to refund a FPS is paid (flow 10); the next one keeps its own day."""
    suivi = await work.find(RemboursementsFps, numero)
    if suivi is None or not suivi.en_attente:
        raise LookupError(f"{numero}: a refund without its order")
    premier, *reste = suivi.en_attente
    piece = await _piece(numero, premier, work)
    suivi.en_attente = tuple(reste)
    piece.due, piece.rembourse_le = None, work.today
    work.record(numero, Mention.REMBOURSEMENT_FPS, LOI, numero_piece=piece.numero_piece, montant=piece.montant)
    work.book(numero, ecriture_remboursement_fps(piece.montant, work.today), LOI)
    work.send(remboursement.avis_fps(piece, work.ville(piece.siret), work.today))
    suivante = await _piece(numero, reste[0], work) if reste else None
    if suivante is not None and suivante.due is not None:
        work.schedule(numero, Echeance.REMBOURSEMENT_FPS, suivante.due)


async def arreter(numero: str, encaisse: int, work: Work) -> None:
    """No refund of money that is not there any more: the last ones ordered and not paid yet are stopped (hypothesis H108).

    `encaisse`: what is left of what was collected of the FPS, in centimes.
    """
    suivi = await work.find(RemboursementsFps, numero)
    if suivi is None:
        return
    for cle in reversed(suivi.en_attente):
        piece = await _piece(numero, cle, work)
        if suivi.ordonne <= encaisse:
            break
        suivi.arreter(piece, work.today)
        work.record(numero, Mention.REMBOURSEMENT_ARRETE, LOI, numero_piece=piece.numero_piece, montant=piece.montant)
        work.book(numero, ecriture_arret(piece.siret, piece.montant, work.today), LOI)
        work.send(remboursement.rejet(piece, work.today))
    if not suivi.en_attente:
        work.unschedule(numero, Echeance.REMBOURSEMENT_FPS)


async def rembourser_titre(numero: str, work: Work) -> None:
    """What was paid on a cancelled title goes back to the redevable (flow 16)."""
    prise, ligne = await connue(numero, work)
    rendre(prise, ligne, work)


async def _piece(numero: str, cle: tuple[str, str], work: Work) -> PieceRecue:
    piece = await work.find(PieceRecue, *cle)
    if piece is None:
        raise LookupError(f"{numero}: a refund without its document")
    return piece
