"""What the days that pass change at the DGFiP: avertissement, relance, saisie, prescription, refunds, monthly reversal."""

from dgfip.actes.recouvrement import ECHEANCES, PAIEMENT, connue, encaisser, planifier
from dgfip.domain import remboursement
from dgfip.domain.avertissement import avertissement
from dgfip.domain.ecritures import ecriture_prescription, ecriture_remboursement_fps, ecriture_remboursement_titre, ecriture_reversement
from dgfip.domain.registres import adresse_fiscale, tiers_solvable
from dgfip.domain.remboursement import PieceRecue, RemboursementsFps
from dgfip.domain.reversement import CompteCollectivite, Reversement
from fps.kit.engine.definition import Deadline
from fps.kit.engine.work import Work
from fps.messages.comptable import LOI

SAISIE = "LPF, art. L. 262"


async def envoi_avertissement(numero: str, work: Work) -> None:
    """The avertissement leaves to the tax address: it opens the month of the rebate."""
    prise, ligne = await connue(numero, work)
    limite = prise.avertir(work.today)
    redevable = ligne.message.redevable
    adresse = adresse_fiscale(work.graine, redevable, ligne.message.vehicule.immatriculation)
    autre = adresse != redevable.adresse
    work.record(
        numero,
        "envoi-avertissement",
        PAIEMENT,
        total=prise.net_du,
        rabais=prise.rabais,
        rabais_jusqu_au=limite.isoformat(),
        **({"adresse_fiscale": True} if autre else {}),
    )
    work.send(avertissement(prise, ligne, adresse))
    planifier(prise, work)


async def relance(numero: str, work: Work) -> None:
    """The title is still unpaid: a reminder, before the forced recovery."""
    prise, _ = await connue(numero, work)
    prise.relancer(work.today)
    work.record(numero, "relance", PAIEMENT, reste=prise.reste_du(work.today))
    planifier(prise, work)


async def saisie(numero: str, work: Work) -> None:
    """The saisie administrative à tiers détenteur is notified."""
    prise, _ = await connue(numero, work)
    prise.saisir(work.today)
    work.record(numero, "saisie", SAISIE, reste=prise.reste_du(work.today))
    planifier(prise, work)


async def versement_saisie(numero: str, work: Work) -> None:
    """The seized third party pays all that is left, or holds nothing: the title then waits for its prescription."""
    prise, ligne = await connue(numero, work)
    if tiers_solvable(ligne.message.vehicule.immatriculation):
        reference = f"SATD-{prise.numero_titre}-{prise.paiements + 1}"
        await encaisser(prise, prise.reste_du(work.today), work.today, "saisie", reference, work, partiel=False)
    else:
        work.record(numero, "saisie-infructueuse", SAISIE, reste=prise.reste_du(work.today))


async def prescription(numero: str, work: Work) -> None:
    """Four years after its signature nothing of the title can be recovered (LPF, art. L. 274)."""
    prise, _ = await connue(numero, work)
    perdu = prise.prescrire()
    work.unschedule(numero, *ECHEANCES)
    work.record(numero, "prescription", "LPF, art. L. 274", perdu=perdu)
    ecriture = ecriture_prescription(prise, perdu, work.today)
    if ecriture is not None:
        work.book(numero, ecriture, "LPF, art. L. 274")


async def remboursement_titre(numero: str, work: Work) -> None:
    """What was paid on a cancelled title goes back to the redevable (flow 16)."""
    prise, ligne = await connue(numero, work)
    fps, majoration = prise.rembourser()
    work.record(numero, "remboursement-titre", LOI, fps=fps, majoration=majoration)
    work.book(numero, ecriture_remboursement_titre(fps + majoration, work.today), LOI)
    work.send(remboursement.avis_titre(prise, ligne, fps, majoration, work.today))


async def remboursement_fps(numero: str, work: Work) -> None:
    """The oldest order to refund a FPS is paid (flow 10); the next one keeps its own day."""
    suivi = await work.find(RemboursementsFps, numero)
    if suivi is None or not suivi.en_attente:
        raise LookupError(f"{numero}: a refund without its order")
    premier, *reste = suivi.en_attente
    piece = await work.find(PieceRecue, *premier)
    if piece is None:
        raise LookupError(f"{numero}: a refund without its document")
    suivi.en_attente = tuple(reste)
    piece.due, piece.rembourse_le = None, work.today
    work.record(numero, "remboursement-fps", LOI, numero_piece=piece.numero_piece, montant=piece.montant)
    work.book(numero, ecriture_remboursement_fps(piece.montant, work.today), LOI)
    work.send(remboursement.avis_fps(piece, work.today))
    suivante = await work.find(PieceRecue, *reste[0]) if reste else None
    if suivante is not None and suivante.due is not None:
        work.schedule(numero, "remboursement-fps", suivante.due)


async def reversement(sujet: str, work: Work) -> None:
    """What was collected in a month goes to the collectivité, précomptes deducted; what they leave to take waits for the next month."""
    siret, mois = sujet.split("/")
    compte, solde = await work.find(Reversement, siret, mois), await work.find(CompteCollectivite, siret)
    if compte is None:
        raise LookupError(f"{sujet}: a reversal without its account")
    if solde is None:
        solde = CompteCollectivite(siret)
        work.add(solde)
    solde.a_precompter = compte.verser(solde.a_precompter, work.today)
    work.record(
        sujet,
        "reversement",
        LOI,
        encaisse=compte.encaisse,
        amiable=compte.encaisse_amiable,
        precompte=compte.precompte,
        report=compte.report,
        verse=compte.verse,
    )
    if compte.verse:
        work.book(sujet, ecriture_reversement(siret, compte.verse, work.today), LOI)


DEADLINES: dict[str, Deadline] = {
    "envoi-avertissement": envoi_avertissement,
    "relance": relance,
    "saisie": saisie,
    "versement-saisie": versement_saisie,
    "prescription": prescription,
    "remboursement-titre": remboursement_titre,
    "remboursement-fps": remboursement_fps,
    "reversement": reversement,
}
