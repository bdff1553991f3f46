"""What goes back to the redevable: ordered by a collectivité for a FPS (flows 9 and 10), due by a cancelled title (flow 16)."""

from dgfip.actes.paiement import encaisser
from dgfip.actes.prise_en_charge import connue, rendre
from dgfip.domain import compensation, remboursement
from dgfip.domain.amiable import EncaissementAmiable
from dgfip.domain.echeances import Echeance
from dgfip.domain.ecritures import ecriture_arret, ecriture_compensation, ecriture_piece_comptable, ecriture_remboursement_fps
from dgfip.domain.mentions import Mention
from dgfip.domain.prise_en_charge import LigneRecue, PriseEnCharge
from dgfip.domain.remboursement import Document, PieceRecue, RemboursementsFps
from fps.kit.engine.work import Work
from fps.messages.comptable import COMPENSATION, LOI, AccuseDocumentComptable


async def ordonner(message: Document, work: Work) -> AccuseDocumentComptable:
    """Take the order to refund a FPS, in the right form for its year: by transfer later, or on a title of the redevable at once.

    Raises PieceComptableRefusee, PieceDejaRecue.
    """
    numero = message.numero_fps
    connu = await work.find(PieceRecue, message.siret, message.numero_piece)
    if connu is not None:
        remboursement.verifier_meme_piece(connu, message, work.now)
        return remboursement.accuse_de(message, work.now)
    suivi = await work.find_or_add(RemboursementsFps(numero))
    amiable = await work.find(EncaissementAmiable, numero)
    encaisse = None if amiable is None else amiable.montant
    ville = work.villes.chercher(message.siret, remboursement.jour_du_fps(message) or work.today)
    sur = await _titre_a_payer(message, work)
    destination = compensation.controler(message, sur, work.today)
    remboursement.verifier(message, suivi.ordonne, encaisse, ville, work.now, work.today, destination)
    piece = PieceRecue.recevoir(message, work.today)
    work.add(piece)
    suivi.ordonne += message.montant
    if sur is None:
        suivi.en_attente = (*suivi.en_attente, (message.siret, message.numero_piece))
    work.record(numero, Mention.PIECE_COMPTABLE, LOI, numero_piece=message.numero_piece, montant=message.montant, nature=message.nom)
    work.book(numero, ecriture_piece_comptable(message.siret, message.montant, work.today), LOI)
    if sur is not None:
        await _imputer(piece, sur[0], work)
    elif len(suivi.en_attente) == 1 and piece.due is not None:  # the pieces are paid in the order they came
        work.schedule(numero, Echeance.REMBOURSEMENT_FPS, piece.due)
    return remboursement.accuse_de(message, work.now)


async def _titre_a_payer(message: Document, work: Work) -> tuple[PriseEnCharge, LigneRecue] | None:
    """The title that the compensation names; None without one, or when the title is unknown."""
    if message.compensation is None:
        return None
    vise = message.compensation.numero_fps
    prise, ligne = await work.find(PriseEnCharge, vise), await work.find(LigneRecue, vise)
    return None if prise is None or ligne is None else (prise, ligne)


async def _imputer(piece: PieceRecue, prise: PriseEnCharge, work: Work) -> None:
    """The sum pays a title of the same redevable, that day (C. civ., art. 1347; hypothesis H129); who is refunded is told (flow 10)."""
    piece.due, piece.rembourse_le = None, work.today
    reference = f"{piece.numero_piece}-{prise.paiements + 1}"
    rabais = await encaisser(prise, piece.montant, work.today, "compensation", reference, work)
    vers = {"sur": prise.numero_fps, "rabais": rabais, "montant": piece.montant}
    work.record(piece.numero_fps, Mention.COMPENSATION, COMPENSATION, numero_piece=piece.numero_piece, **vers)
    work.book(piece.numero_fps, ecriture_compensation(piece.montant, work.today), COMPENSATION)
    work.send(remboursement.avis_fps(piece, work.ville(piece.siret), work.today))


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
