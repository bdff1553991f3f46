"""The payments: what ANTAI and the DGFiP tell, what the town takes itself, and the term that passes without one."""

from collections.abc import Iterable
from datetime import date

from collectivite.actes.dossier import demande, etabli_ici
from collectivite.actes.forfait import ecrire, oublier_echeances
from collectivite.actes.transmission.creation import oublier
from collectivite.actes.transmission.envoi import exiger_sans_attente, transmettre
from collectivite.domain.echeances import Echeance
from collectivite.domain.forfait import SOLDES, Etat, Forfait
from collectivite.domain.mentions import Mention
from collectivite.domain.messages import annulation, annulation_titre, impaye
from collectivite.domain.paiement import (
    Paiement,
    apres_le_terme,
    date_du_paiement,
    verifier_information,
    verifier_paiement_propre,
    verifier_paiement_rapide,
)
from collectivite.domain.paiement import rejeter_cheque as rejeter
from collectivite.domain.refus import PaiementInconnu
from fps.droit.calendar import ajouter_jours, paris_date
from fps.kit.engine.work import Key, Work
from fps.messages.information_paiement import FpsPaye, FpsPayeMinore, PaiementAnnule, PaiementRejete, TitrePayeCollectivite
from fps.messages.moyens import Moyen

PAIEMENT = "CGCT, art. L. 2333-87, IV"
POSTE = "CRPA, art. L. 112-1"
TITRE = "CGPPP, art. L. 2323-7-1"
IMPAYE = "CGCT, art. R. 2333-120-17-2"


def cles(message: FpsPaye | FpsPayeMinore) -> Iterable[Key]:
    """The payment that it tells, which may be known already."""
    yield Paiement, (message.numero_fps, message.reference)


async def encaisser(message: FpsPaye | FpsPayeMinore, work: Work) -> None:
    """ANTAI was paid; a reference already known changes nothing. Raises FpsEtabliAilleurs, ActeImpossible, PaiementIncroyable."""
    forfait = await etabli_ici(message.numero_fps, work)
    if await work.find(Paiement, forfait.numero, message.reference) is not None:
        return
    verifier_information(forfait, message.montant_paye, paris_date(message.date_heure_paiement), work.today)
    minore = isinstance(message, FpsPayeMinore)
    solde = isinstance(message, FpsPayeMinore) or message.reste_du == 0
    le = paris_date(message.date_heure_paiement)
    if isinstance(message, FpsPaye) and message.titre_annule is not None:
        levee = forfait.lever_titre(message.titre_annule, work.today)
        ecrire(forfait, Mention.TITRE_LEVE, POSTE, levee, work, numero_titre=message.titre_annule)
    ecriture = forfait.payer(message.montant_paye, le, minore=minore, solde=solde)
    work.add(Paiement(forfait.numero, message.reference, message.moyen, message.montant_paye, le, minore))
    mention = Mention.PAYE_MINORE if minore else Mention.PAYE
    ecrire(forfait, mention, PAIEMENT, ecriture, work, montant=message.montant_paye, reference=message.reference)


async def perdre(message: PaiementRejete | PaiementAnnule, work: Work) -> None:
    """A payment told before does not stand; told twice, once. Raises FpsEtabliAilleurs, PaiementInconnu (it may come later)."""
    forfait = await etabli_ici(message.numero_fps, work)
    paiement = await work.find(Paiement, forfait.numero, message.reference)
    if paiement is None:
        if isinstance(message, PaiementAnnule) and message.motif == "double-paiement":
            # ANTAI never told this one as paid: it is not the town's money, ANTAI gives it back (hypothesis H53).
            work.record(forfait.numero, Mention.DOUBLE_PAIEMENT, PAIEMENT, montant=message.montant_annule, reference=message.reference)
            return
        raise PaiementInconnu(f"Référence {message.reference}", "reference")
    if paiement.etat != "encaisse":
        return
    rejete = isinstance(message, PaiementRejete)
    paiement.etat = "rejete" if rejete else "annule"
    ecriture = forfait.perdre_paiement(paiement.montant, message.reste_du, work.today)
    mention = Mention.PAIEMENT_REJETE if rejete else Mention.PAIEMENT_ANNULE
    ecrire(forfait, mention, PAIEMENT, ecriture, work, montant=paiement.montant, reference=paiement.reference, motif=message.motif)


async def encaisser_titre(message: TitrePayeCollectivite, work: Work) -> None:
    """What the DGFiP holds of the title so far: the town learns its share. Raises FpsEtabliAilleurs, ActeImpossible."""
    forfait = await etabli_ici(message.numero_fps, work)
    rejets = forfait.titre_rejets
    le = paris_date(message.date_heure_paiement)
    ecriture = forfait.solder_titre(message.numero_titre, message.part_collectivite, le, message.reste_du_collectivite, message.rejets)
    reste = message.reste_du_collectivite
    mention = Mention.TITRE_PAIEMENT_REJETE if forfait.titre_rejets > rejets else Mention.TITRE_PAYE
    ecrire(forfait, mention, TITRE, ecriture, work, montant=message.part_collectivite, reste_du=reste)


async def payer_rapidement(numero: str, montant: int, moyen: Moyen, reference: str, work: Work) -> Forfait:
    """A payment before the notice leaves: ANTAI is asked to stop (convention). Raises ForfaitInconnu and what the rule raises."""
    forfait = await demande(numero, work)
    if await work.find(Paiement, numero, reference) is not None:
        return forfait
    verifier_paiement_rapide(work.ville(forfait.siret, forfait.jour), forfait, montant, work.now)
    ecriture = forfait.payer(montant, work.today, rapide=True)
    work.add(Paiement(numero, reference, moyen, montant, work.today))
    ecrire(forfait, Mention.PAIEMENT_RAPIDE, PAIEMENT, ecriture, work, montant=montant, reference=reference)
    if not oublier(forfait, work):
        transmettre(forfait, annulation(forfait, "paiement-rapide", "Payé avant l'envoi de l'avis.", work.now), work)
    return forfait


async def payer(numero: str, montant: int, moyen: Moyen, reference: str, envoye_le: date | None, work: Work) -> Forfait:
    """Cycle partiel: a payment at the town, wholly or partly; the same reference, once. Raises what the rules raise.

    A cheque posted in time that comes after the term makes the title void: ANTAI is told (CRPA, art. L. 112-1; hypothesis H52).
    """
    forfait = await demande(numero, work)
    if await work.find(Paiement, numero, reference) is not None:
        return forfait
    le = date_du_paiement(forfait, moyen, envoye_le, work.today)
    verifier_paiement_propre(forfait, montant, le)
    if apres_le_terme(forfait):
        _lever_titre(forfait, le, work)
        ecriture = forfait.payer_a_temps(montant, le)
    else:
        ecriture = forfait.payer(montant, le, solde=montant == forfait.creance)
    work.add(Paiement(numero, reference, moyen, montant, le))
    mention = Mention.PAYE if forfait.etat in SOLDES else Mention.PAYE_EN_PARTIE
    ecrire(forfait, mention, PAIEMENT, ecriture, work, montant=montant, reference=reference)
    if forfait.etat in SOLDES:
        await oublier_echeances(forfait, work)
    return forfait


async def rejeter_cheque(numero: str, reference: str, work: Work) -> Forfait:
    """Cycle partiel: the bank sends a cheque back, what it paid is due again; after the term, ANTAI is told (flow 11; hypothesis H130).

    Raises ForfaitInconnu, PaiementInconnu, ActeEnAttente and what `domain.paiement.rejeter_cheque` raises.
    """
    forfait, paiement = await demande(numero, work), await work.find(Paiement, numero, reference)
    if paiement is None:
        raise PaiementInconnu(f"Référence {reference}", "reference")
    exiger_sans_attente(forfait)
    du = rejeter(forfait, paiement)
    ecriture = forfait.perdre_paiement(paiement.montant, du, work.today)
    ecrire(forfait, Mention.PAIEMENT_REJETE, PAIEMENT, ecriture, work, montant=paiement.montant, reference=reference)
    limite = forfait.date_limite_paiement
    if forfait.etat is Etat.NOTIFIE and limite is not None:
        work.schedule(numero, Echeance.IMPAYE, ajouter_jours(limite, 1))
        await constater_impaye(numero, work)
    return forfait


def _lever_titre(forfait: Forfait, le: date, work: Work) -> None:
    exiger_sans_attente(forfait)
    motif = f"Chèque posté le {le:%d/%m/%Y}, dans le délai de paiement (CRPA, art. L. 112-1)."
    message = annulation_titre(forfait, forfait.du, None, "collectivite", work.today, motif)
    ecrire(forfait, Mention.TITRE_LEVE, POSTE, forfait.lever_titre(forfait.numero_titre, work.today), work, poste_le=le.isoformat())
    transmettre(forfait, message, work)


async def constater_impaye(numero: str, work: Work) -> None:
    """Cycle partiel: the term has passed, ANTAI receives the data of the unpaid FPS (flow 11)."""
    forfait = await demande(numero, work)
    limite, notification = forfait.date_limite_paiement, forfait.date_notification
    if forfait.creance <= 0 or limite is None or notification is None or work.today < ajouter_jours(limite, 1):
        return
    forfait.constater_impaye()
    work.unschedule(numero, Echeance.IMPAYE)
    work.record(numero, Mention.IMPAYE, IMPAYE, reste_du=forfait.creance)
    transmettre(forfait, impaye(forfait, work.ville(forfait.siret), notification, limite), work)
