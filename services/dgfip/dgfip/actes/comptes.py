"""The account of a collectivité: what is collected for it in a month, and the refunds that it orders and that are stopped."""

from dgfip.domain.amiable import EncaissementAmiable
from dgfip.domain.ecritures import ecriture_amiable, ecriture_arret
from dgfip.domain.remboursement import PieceRecue, RemboursementsFps, rejet
from dgfip.domain.reversement import Reversement, mois_de
from fps.droit.calculs import date_reversement
from fps.kit.engine.work import Work
from fps.messages.comptable import LOI
from fps.messages.information_paiement import EncaissementFps


async def compte_du_mois(siret: str, work: Work) -> Reversement:
    """The account of the current month, which its reversal closes the next one (arrêté of 1 September 2016, art. 2; hypothesis H44)."""
    mois = mois_de(work.today)
    compte = await work.find(Reversement, siret, mois)
    if compte is None:
        compte = Reversement(siret, mois, date_reversement(work.today))
        work.add(compte)
        work.schedule(f"{siret}/{mois}", "reversement", compte.due)
    return compte


async def encaisser_amiable(message: EncaissementFps, work: Work) -> None:
    """What ANTAI collected of a FPS, or lost by a cheque, goes to the month of its collectivité; an older news changes nothing."""
    numero = message.numero_fps
    connu = await work.find(EncaissementAmiable, numero)
    if connu is None:
        connu = EncaissementAmiable(numero, message.siret)
        work.add(connu)
    variation = connu.apprendre(message)
    if not variation:
        return
    work.record(numero, "encaissement-amiable", LOI, montant=connu.montant, variation=variation)
    work.book(numero, ecriture_amiable(message.siret, variation, work.today), LOI)
    (await compte_du_mois(message.siret, work)).inscrire_amiable(variation)
    if variation < 0:
        await _arreter(connu, work)


async def _arreter(connu: EncaissementAmiable, work: Work) -> None:
    """No refund of money that is not there any more: the last ones ordered and not paid yet are stopped (hypothesis H108)."""
    suivi = await work.find(RemboursementsFps, connu.numero_fps)
    if suivi is None:
        return
    for cle in reversed(suivi.en_attente):
        piece = await work.find(PieceRecue, *cle)
        if piece is None:
            raise LookupError(f"{connu.numero_fps}: a refund without its document")
        if suivi.ordonne <= connu.montant:
            break
        suivi.arreter(piece, work.today)
        work.record(connu.numero_fps, "remboursement-arrete", LOI, numero_piece=piece.numero_piece, montant=piece.montant)
        work.book(connu.numero_fps, ecriture_arret(piece.siret, piece.montant, work.today), LOI)
        work.send(rejet(piece, work.today))
    if not suivi.en_attente:
        work.unschedule(connu.numero_fps, "remboursement-fps")
