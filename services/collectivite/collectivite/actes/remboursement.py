"""The refunds: what the town gives back through the Treasury, and what the accountant answers (flow 9)."""

from collections.abc import Iterable

from collectivite.actes.dossier import demande, etabli_ici, numero_suivant
from collectivite.actes.forfait import ecrire
from collectivite.domain import remboursement as domaine
from collectivite.domain.forfait import Forfait
from collectivite.domain.mentions import Mention
from collectivite.domain.rapo import Rapo
from collectivite.domain.refus import BeneficiaireDifferent, RemboursementInconnu
from collectivite.domain.remboursement import Remboursement, exercice, genre, verifier
from collectivite.store import recours_de
from fps.droit.calculs import REMBOURSEMENT
from fps.kit.engine.work import Key, Work
from fps.messages.comptable import COMPENSATION, AccuseDocumentComptable, Cause, RejetDocumentComptable
from fps.messages.parties_prenantes import Demandeur


async def _beneficiaire(numero: str, work: Work) -> tuple[Demandeur | None, Cause]:
    """Who asked, before the town or before the court: the only persons it knows (H33)."""
    rapo = await work.find(Rapo, numero)
    requerants = [(r.requerant, r.sens) for r in await recours_de(work.tx, work.bac.nom, numero) if r.requerant is not None]
    for requerant, sens in requerants:
        if sens in ("decharge-totale", "decharge-partielle"):
            return requerant, "juridiction"
    if rapo is not None:
        return rapo.demandeur, "rapo" if rapo.montant_rectifie is not None else "collectivite"
    return (requerants[0][0], "collectivite") if requerants else (None, "collectivite")


async def rembourser(numero: str, iban: str, montant: int | None, payeur: Demandeur | None, work: Work) -> Remboursement:
    """What was paid in excess goes back (flow 9): titre d'annulation the year of the payment, mandat later.

    `payeur` made himself known to the agent when nobody contested (hypothesis H104). Raises as `verifier`, and BeneficiaireDifferent.
    """
    return await _ordonner(await demande(numero, work), iban, None, montant, payeur, work)


async def compenser(numero: str, sur: str, montant: int | None, payeur: Demandeur | None, work: Work) -> Remboursement:
    """What was paid in excess pays another FPS of the same redevable, majoré, instead of going back (C. civ., art. 1347; H129).

    As much of it as the other one still owes, when no sum is said. Raises as `rembourser`, ForfaitInconnu, and as `domaine.compenser`.
    """
    return await _ordonner(await demande(numero, work), "", await demande(sur, work), montant, payeur, work)


async def _ordonner(
    forfait: Forfait, iban: str, sur: Forfait | None, montant: int | None, payeur: Demandeur | None, work: Work
) -> Remboursement:
    numero = forfait.numero
    connu, cause = await _beneficiaire(numero, work)
    if connu is not None and payeur is not None and payeur != connu:
        raise BeneficiaireDifferent(f"Cause du remboursement : {cause}.", "beneficiaire")
    personne, somme = verifier(forfait, connu or payeur, montant)
    compensation = None
    if sur is not None:
        compensation, somme = domaine.compenser(forfait, sur, montant, work.today)
    paye_le = forfait.paye_le or work.today
    quoi = genre(paye_le, work.today)
    piece = Remboursement(
        numero=numero,
        numero_piece=await numero_suivant(forfait.siret, quoi, work),
        siret=forfait.siret,
        genre=quoi,
        exercice=exercice(work.today),
        exercice_paiement=exercice(paye_le),
        date_piece=work.today,
        cause=cause,
        beneficiaire=personne,
        iban=iban,
        montant=somme,
        montant_encaisse=forfait.montant_paye,
        motif=forfait.motif or "Trop-perçu",
        compensation=compensation,
    )
    work.add(piece)
    ecriture = forfait.rembourser(somme, work.today)
    mention, article, vers = Mention.REMBOURSEMENT, REMBOURSEMENT, {}
    if compensation is not None:
        mention, article, vers = Mention.COMPENSATION, COMPENSATION, {"sur": compensation.numero_fps}
    ecrire(forfait, mention, article, ecriture, work, montant=somme, piece=piece.numero_piece, **vers)
    work.send(piece.message(work.ville(forfait.siret).nom))
    return piece


async def piece_connue(numero: str, numero_piece: str, work: Work) -> Remboursement:
    """The accounting document of this number; raises RemboursementInconnu."""
    piece = await work.find(Remboursement, numero, numero_piece)
    if piece is None:
        raise RemboursementInconnu(f"Pièce {numero_piece}", "numero_piece")
    return piece


def cles(message: AccuseDocumentComptable | RejetDocumentComptable) -> Iterable[Key]:
    """The accounting document that the accountant answers."""
    yield Remboursement, (message.numero_fps, message.numero_piece)


async def accuser_piece(message: AccuseDocumentComptable, work: Work) -> None:
    """What the accountant answered: a piece refused is owed again. Raises FpsEtabliAilleurs."""
    forfait = await etabli_ici(message.numero_fps, work)
    piece = await work.find(Remboursement, forfait.numero, message.numero_piece)
    if piece is None or piece.etat != "transmis":
        return
    piece.etat = "accepte" if message.statut == "accepte" else "refuse"
    ecriture = None if piece.etat == "accepte" else forfait.rembourser(-piece.montant, work.today)
    ecrire(forfait, Mention(f"piece-{piece.etat}"), REMBOURSEMENT, ecriture, work, piece=piece.numero_piece)


async def arreter(message: RejetDocumentComptable, work: Work) -> None:
    """The accountant stops a refund: the payment that it gave back was refused by the bank; told twice, once. Raises FpsEtabliAilleurs."""
    forfait = await etabli_ici(message.numero_fps, work)
    piece = await work.find(Remboursement, forfait.numero, message.numero_piece)
    if piece is None or piece.etat == "refuse":
        return
    piece.etat = "refuse"
    ecriture = forfait.arreter_remboursement(piece.montant, work.today)
    ecrire(forfait, Mention.REMBOURSEMENT_ARRETE, REMBOURSEMENT, ecriture, work, piece=piece.numero_piece, montant=piece.montant)
