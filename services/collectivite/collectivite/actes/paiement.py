"""The payments: what ANTAI and the DGFiP tell, what the town takes itself, what it gives back."""

from collectivite.actes.annulation import annulation
from collectivite.actes.dossier import demande, ecrire, etabli_ici, numero_suivant, oublier_echeances
from collectivite.actes.transmission import transmettre
from collectivite.domain.forfait import SOLDES, Forfait
from collectivite.domain.paiement import Paiement, verifier_information, verifier_paiement_propre, verifier_paiement_rapide
from collectivite.domain.rapo import Rapo
from collectivite.domain.refus import BeneficiaireDifferent, PaiementInconnu
from collectivite.domain.remboursement import Remboursement, exercice, genre, verifier
from collectivite.store import recours_de
from fps.droit.calendar import ajouter_jours, paris_date
from fps.kit.engine.work import Work
from fps.messages.annulation import FpsImpaye
from fps.messages.comptable import AccuseDocumentComptable, Cause, RejetDocumentComptable
from fps.messages.information_paiement import FpsPaye, FpsPayeMinore, PaiementAnnule, PaiementRejete, TitrePayeCollectivite
from fps.messages.paiement import Moyen
from fps.messages.parties_prenantes import Demandeur
from fps.villes.communes import commune

PAIEMENT = "CGCT, art. L. 2333-87, IV"
TITRE = "CGPPP, art. L. 2323-7-1"
IMPAYE = "CGCT, art. R. 2333-120-17-2"
REMBOURSEMENT = "Arrêté du 1er septembre 2016"


async def encaisser(message: FpsPaye | FpsPayeMinore, work: Work) -> None:
    """ANTAI was paid; a reference already known changes nothing. Raises FpsEtabliAilleurs, ActeImpossible, PaiementIncroyable."""
    forfait = await etabli_ici(message.numero_fps, work)
    if await work.find(Paiement, forfait.numero, message.reference) is not None:
        return
    verifier_information(forfait, message.montant_paye, paris_date(message.date_heure_paiement), work.today)
    minore = isinstance(message, FpsPayeMinore)
    solde = isinstance(message, FpsPayeMinore) or message.reste_du == 0
    le = paris_date(message.date_heure_paiement)
    ecriture = forfait.payer(message.montant_paye, le, minore=minore, solde=solde)
    work.add(Paiement(forfait.numero, message.reference, message.moyen, message.montant_paye, le, minore))
    acte = "paye-minore" if minore else "paye"
    ecrire(forfait, acte, PAIEMENT, ecriture, work, montant=message.montant_paye, reference=message.reference)


async def perdre(message: PaiementRejete | PaiementAnnule, work: Work) -> None:
    """A payment told before does not stand; told twice, once. Raises FpsEtabliAilleurs, PaiementInconnu (it may come later)."""
    forfait = await etabli_ici(message.numero_fps, work)
    paiement = await work.find(Paiement, forfait.numero, message.reference)
    if paiement is None:
        if isinstance(message, PaiementAnnule) and message.motif == "double-paiement":
            # ANTAI never told this one as paid: it is not the town's money, ANTAI gives it back (hypothesis H53).
            work.record(forfait.numero, "double-paiement", PAIEMENT, montant=message.montant_annule, reference=message.reference)
            return
        raise PaiementInconnu(f"Référence {message.reference}", "reference")
    if paiement.etat != "encaisse":
        return
    rejete = isinstance(message, PaiementRejete)
    paiement.etat = "rejete" if rejete else "annule"
    ecriture = forfait.perdre_paiement(paiement.montant, message.reste_du, work.today)
    acte = "paiement-rejete" if rejete else "paiement-annule"
    ecrire(forfait, acte, PAIEMENT, ecriture, work, montant=paiement.montant, reference=paiement.reference, motif=message.motif)


async def encaisser_titre(message: TitrePayeCollectivite, work: Work) -> None:
    """What the DGFiP holds of the title so far: the town learns its share. Raises FpsEtabliAilleurs, ActeImpossible."""
    forfait = await etabli_ici(message.numero_fps, work)
    rejets = forfait.titre_rejets
    le = paris_date(message.date_heure_paiement)
    ecriture = forfait.solder_titre(message.numero_titre, message.part_collectivite, le, message.reste_du_collectivite, message.rejets)
    reste = message.reste_du_collectivite
    acte = "titre-paiement-rejete" if forfait.titre_rejets > rejets else "titre-paye"
    ecrire(forfait, acte, TITRE, ecriture, work, montant=message.part_collectivite, reste_du=reste)


async def payer_rapidement(numero: str, montant: int, moyen: Moyen, reference: str, work: Work) -> Forfait:
    """A payment before the notice leaves: ANTAI is asked to stop (convention). Raises ForfaitInconnu and what the rule raises."""
    forfait = await demande(numero, work)
    if await work.find(Paiement, numero, reference) is not None:
        return forfait
    verifier_paiement_rapide(commune(forfait.siret), forfait, montant, work.today)
    ecriture = forfait.payer(montant, work.today, rapide=True)
    work.add(Paiement(numero, reference, moyen, montant, work.today))
    ecrire(forfait, "paiement-rapide", PAIEMENT, ecriture, work, montant=montant, reference=reference)
    transmettre(forfait, annulation(forfait, "paiement-rapide", "Payé avant l'envoi de l'avis.", work.now), work)
    return forfait


async def payer(numero: str, montant: int, moyen: Moyen, reference: str, work: Work) -> Forfait:
    """Cycle partiel: a payment at the town, wholly or partly; the same reference, once. Raises what the rule raises."""
    forfait = await demande(numero, work)
    if await work.find(Paiement, numero, reference) is not None:
        return forfait
    verifier_paiement_propre(forfait, montant, work.today)
    ecriture = forfait.payer(montant, work.today, solde=montant == forfait.creance)
    work.add(Paiement(numero, reference, moyen, montant, work.today))
    ecrire(forfait, "paye" if forfait.etat in SOLDES else "paye-en-partie", PAIEMENT, ecriture, work, montant=montant, reference=reference)
    if forfait.etat in SOLDES:
        await oublier_echeances(forfait, work)
    return forfait


async def constater_impaye(numero: str, work: Work) -> None:
    """Cycle partiel: the term has passed, ANTAI receives the data of the unpaid FPS (flow 11)."""
    forfait = await demande(numero, work)
    limite, notification = forfait.date_limite_paiement, forfait.date_notification
    if forfait.creance <= 0 or limite is None or notification is None or work.today < ajouter_jours(limite, 1):
        return
    forfait.constater_impaye()
    work.record(numero, "impaye", IMPAYE, reste_du=forfait.creance)
    message = FpsImpaye(
        beneficiaire=commune(forfait.siret).beneficiaire,
        vehicule=forfait.vehicule,
        lieu=forfait.lieu,
        date_heure_constat=forfait.date_heure_constat,
        numero_fps=numero,
        mode_notification="pare-brise",
        date_notification=notification,
        date_limite_paiement=limite,
        montant_initial=forfait.montant,
        montant_paye=forfait.montant_paye,
        montant_annule=forfait.montant - forfait.du,
        montant_remis=0,
        reste_du=forfait.creance,
    )
    transmettre(forfait, message, work)


# ------------------------------------------------------------------------------------------------------------- refunds


async def beneficiaire(numero: str, work: Work) -> tuple[Demandeur | None, Cause]:
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
    forfait = await demande(numero, work)
    connu, cause = await beneficiaire(numero, work)
    if connu is not None and payeur is not None and payeur != connu:
        raise BeneficiaireDifferent(f"Cause du remboursement : {cause}.", "beneficiaire")
    personne, somme = verifier(forfait, connu or payeur, montant)
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
    )
    work.add(piece)
    ecrire(forfait, "remboursement", REMBOURSEMENT, forfait.rembourser(somme, work.today), work, montant=somme, piece=piece.numero_piece)
    work.send(piece.message())
    return piece


async def accuser_piece(message: AccuseDocumentComptable, work: Work) -> None:
    """What the accountant answered: a piece refused is owed again. Raises FpsEtabliAilleurs."""
    forfait = await etabli_ici(message.numero_fps, work)
    piece = await work.find(Remboursement, forfait.numero, message.numero_piece)
    if piece is None or piece.etat != "transmis":
        return
    piece.etat = "accepte" if message.statut == "accepte" else "refuse"
    ecriture = None if piece.etat == "accepte" else forfait.rembourser(-piece.montant, work.today)
    ecrire(forfait, f"piece-{piece.etat}", REMBOURSEMENT, ecriture, work, piece=piece.numero_piece)


async def arreter_remboursement(message: RejetDocumentComptable, work: Work) -> None:
    """The accountant stops a refund: the payment that it gave back was refused by the bank; told twice, once. Raises FpsEtabliAilleurs."""
    forfait = await etabli_ici(message.numero_fps, work)
    piece = await work.find(Remboursement, forfait.numero, message.numero_piece)
    if piece is None or piece.etat == "refuse":
        return
    piece.etat = "refuse"
    ecriture = forfait.arreter_remboursement(piece.montant, work.today)
    ecrire(forfait, "remboursement-arrete", REMBOURSEMENT, ecriture, work, piece=piece.numero_piece, montant=piece.montant)
