"""Paying a FPS: the number, the key and the plate asked, the exact amount of the day, the letters that follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from antai.domain.dossier import Dossier, Etat
from antai.domain.refus import (
    CleTelepaiementFausse,
    DateEnvoiImpossible,
    FpsAnnule,
    MinorationAutreMoyen,
    MinorationExpiree,
    PaiementExcessif,
    PaiementPartiel,
    PlaqueDifferente,
    RejetImpossible,
    TelepaiementVerrouille,
)
from antai.domain.sommes import minore_payable
from fps.comptabilite import Compte, Libelle
from fps.droit import droit
from fps.droit.calendar import PARIS
from fps.droit.money import EcritureEquilibree, LigneEcriture, euros
from fps.droit.numero import cle
from fps.messages.information_paiement import EncaissementFps, FpsPaye, FpsPayeMinore, PaiementAnnule, PaiementRejete
from fps.messages.moyens import Moyen, minorable, moyens_de, noms
from fps.messages.paiement import JustificatifPaiementFps, PaiementFps
from fps.messages.plaques import identiques
from fps.parties import Party
from fps.regles.verrou import Verrou
from fps.villes.communes import Commune

CANAUX: Final = moyens_de(Party.ANTAI)


def verifier_cle(telepaiement: str) -> str:
    """The 26 digits of a télépaiement number; raises CleTelepaiementFausse."""
    numero = telepaiement[:26]
    if cle(numero) != telepaiement[26:]:
        raise CleTelepaiementFausse(f"La clé {telepaiement[26:]} n'est pas celle du numéro {numero}.", "numero_telepaiement")
    return numero


def exiger_ouvert(verrou: Verrou, instant: datetime) -> None:
    """Raises TelepaiementVerrouille while the lock of the number holds (hypothesis H50)."""
    if verrou.jusqu_a is not None and verrou.ferme(instant):
        raise TelepaiementVerrouille(f"Verrouillé jusqu'au {verrou.jusqu_a.astimezone(PARIS):%d/%m/%Y à %H:%M}.", "numero_telepaiement")


def verifier_plaque(dossier: Dossier, immatriculation: str) -> None:
    """Raises PlaqueDifferente; two writings of one plate are that plate."""
    if not identiques(immatriculation, dossier.immatriculation):
        raise PlaqueDifferente(f"« {immatriculation} » n'est pas le véhicule de cet avis.", "immatriculation")


def montant_minore(dossier: Dossier, le: date) -> int | None:
    """The reduced amount that can be paid that day, in centimes; None when there is none (any more).

    Before an electronic notice is read, nothing runs: the reduced amount can be paid (hypothesis H48).
    """
    if dossier.minoration_montant is None or (dossier.minoration_jusqu_au is None and not dossier.electronique):
        return None
    return minore_payable(dossier.minoration_montant, dossier.minoration_jusqu_au, le)


def canaux_minores(dossier: Dossier) -> tuple[Moyen, ...]:
    """The ways by which the reduced amount of a notice may be paid: those of the conventions of ANTAI that day, that the town wants."""
    ouverts = () if dossier.date_envoi is None else droit(dossier.date_envoi).minoration_canaux
    voulus = dossier.minoration_canaux
    return tuple(canal for canal in CANAUX if canal in ouverts and (voulus is None or canal in voulus))


def date_de_paiement(dossier: Dossier, moyen: str, envoye_le: date | None, le: date) -> date:
    """The day that counts: for a cheque the day it was sent, when it is told (hypothesis H52). Raises DateEnvoiImpossible."""
    if envoye_le is None:
        return le
    depart = dossier.date_envoi or le
    if moyen != "cheque" or not depart <= envoye_le <= le:
        raise DateEnvoiImpossible(f"« {envoye_le:%d/%m/%Y} » pour un paiement par « {moyen} » reçu le {le:%d/%m/%Y}.", "date_envoi")
    return envoye_le


def encaisser(dossier: Dossier, moyen: str, montant: int, le: date) -> bool:
    """Settle the FPS with `montant` centimes paid that day; True when it is the reduced amount.

    Total payment only (CGCT, art. L. 2333-87, IV); the reduced amount by internet or IVR only, within its delay.
    """
    if moyen == "cheque" and dossier.etat is Etat.IMPAYE and montant == dossier.montant:
        dossier.payer_par_cheque(montant, le)
        return False
    dossier.exiger_payable(le)
    if montant == dossier.montant:
        dossier.payer(montant, le, minore=False)
        return False
    if montant == dossier.minoration_montant and dossier.date_envoi is not None:
        if montant_minore(dossier, le) is None:
            raise MinorationExpiree(f"Le montant minoré était payable jusqu'au {dossier.minoration_jusqu_au:%d/%m/%Y}.", "montant")
        if moyen not in canaux_minores(dossier):
            raise MinorationAutreMoyen(f"Par « {moyen} », la somme due est {euros(dossier.montant)}.", "moyen")
        dossier.payer(montant, le, minore=True)
        return True
    detail = f"Reçu {euros(montant)}, la somme due est {euros(dossier.montant)}"
    minore = montant_minore(dossier, le)
    detail += f" ({euros(minore)} par {noms(canaux_minores(dossier))})." if minore is not None else "."
    raise (PaiementPartiel if montant < dossier.montant else PaiementExcessif)(detail, "montant")


def poste_a_temps(dossier: Dossier, moyen: str, envoye_le: date | None) -> bool:
    """Whether a cheque that comes after the title was posted in time: the title has no more ground (CRPA, art. L. 112-1; H52)."""
    limite = dossier.date_limite_paiement
    apres = dossier.etat in (Etat.TITRE_EMIS, Etat.TITRE_PAYE)
    return apres and moyen == "cheque" and envoye_le is not None and limite is not None and envoye_le <= limite


def exiger_le_fps(dossier: Dossier, montant: int) -> None:
    """A cheque posted in time pays what the FPS was worth, without majoration. Raises FpsAnnule, PaiementPartiel, PaiementExcessif."""
    du = dossier.montant - dossier.titre_fps_annule
    if du == 0:
        raise FpsAnnule(f"Titre {dossier.numero_titre} : rien n'est plus dû du FPS.", "numero_telepaiement")
    if montant != du:
        raise (PaiementPartiel if montant < du else PaiementExcessif)(f"Reçu {euros(montant)}, le FPS est de {euros(du)}.", "montant")


class Sort(StrEnum):
    """What became of a payment."""

    ENCAISSE = "encaisse"
    TROP_PERCU = "trop-percu"
    REJETE = "rejete"
    COUVERT = "couvert"  # refused too, but another payment took its place: the collectivité knows nothing of it
    RESTITUE = "restitue"


@dataclass
class Paiement:
    """One payment that ANTAI took, in centimes; `delai_jours` counts from the send date of the notice."""

    numero: str
    rang: int
    siret: str
    reference: str
    moyen: str
    montant: int
    minore: bool
    le: date
    delai_jours: int
    sort: Sort

    @classmethod
    def noter(cls, dossier: Dossier, message: PaiementFps, le: date, sort: Sort, *, minore: bool) -> "Paiement":
        """The next payment of a dossier."""
        dossier.paiements += 1
        depart = dossier.date_envoi or le
        return cls(
            numero=dossier.numero,
            rang=dossier.paiements,
            siret=dossier.siret,
            reference=reference(message),
            moyen=message.moyen,
            montant=message.montant,
            minore=minore,
            le=le,
            delai_jours=(le - depart).days,
            sort=sort,
        )


def referencer(dossier: Dossier, message: PaiementFps) -> PaiementFps:
    """The payment with a reference of its own: the one given, else one made of the number and of the rank of the payment."""
    if message.reference is not None:
        return message
    rang = f"-{dossier.paiements + 1}" if dossier.paiements else ""
    return message.model_copy(update={"reference": f"SIM-{message.sujet[-12:]}{rang}"})


def reference(message: PaiementFps) -> str:
    """The reference of a transaction; raises ValueError before `referencer` gave it."""
    if message.reference is None:
        raise ValueError("a payment without its reference")
    return message.reference


def justificatif(dossier: Dossier, ville: Commune, message: PaiementFps, instant: datetime, *, minore: bool) -> JustificatifPaiementFps:
    """The proof given to the payer."""
    return JustificatifPaiementFps(
        numero_fps=dossier.numero,
        numero_avis=dossier.numero_avis,
        collectivite=ville.nom,
        immatriculation=dossier.immatriculation,
        moyen=message.moyen,
        date_heure_paiement=instant,
        reference=reference(message),
        montant_paye=message.montant,
        minore=minore,
        reste_du=0,
    )


def information(
    dossier: Dossier, message: PaiementFps, instant: datetime, *, minore: bool, titre_annule: str | None = None
) -> FpsPaye | FpsPayeMinore:
    """What the collectivité learns of the payment (never who paid), and the title that it makes void."""
    if minore and minorable(message.moyen):
        return FpsPayeMinore(
            numero_fps=dossier.numero,
            siret=dossier.siret,
            moyen=message.moyen,
            date_heure_paiement=instant,
            reference=reference(message),
            montant_fps=dossier.montant,
            montant_paye=message.montant,
        )
    return FpsPaye(
        numero_fps=dossier.numero,
        numero_avis=dossier.numero_avis,
        siret=dossier.siret,
        moyen=message.moyen,
        date_heure_paiement=instant,
        reference=reference(message),
        montant_paye=message.montant,
        reste_du=0,
        titre_annule=titre_annule,
    )


def encaissement(dossier: Dossier, tous: Sequence[Paiement], instant: datetime) -> EncaissementFps:
    """What the DGFiP learns of the money held for the collectivité; each payment and each rejection is one news more (hypothesis H96)."""
    rejets = sum(p.sort in (Sort.REJETE, Sort.COUVERT) for p in tous)
    return EncaissementFps(
        numero_fps=dossier.numero,
        siret=dossier.siret,
        rang=dossier.paiements + rejets,
        date_heure=instant,
        montant_encaisse=dossier.montant_paye,
    )


def ecriture_creance(dossier: Dossier, le: date) -> EcritureEquilibree:
    """The notice makes the redevable owe the FPS to the collectivité."""
    return EcritureEquilibree.simple(
        le, Libelle.AVIS_DE_PAIEMENT, debit=Compte.REDEVABLE, credit=Compte.COLLECTIVITE.de(dossier.siret), montant=dossier.montant
    )


def ecriture_paiement(dossier: Dossier, le: date) -> EcritureEquilibree:
    """The payment settles the claim; what the reduction left out is no longer owed to the collectivité."""
    remise = dossier.montant - dossier.montant_paye
    lignes = [LigneEcriture(Compte.ENCAISSEMENTS, debit=dossier.montant_paye)]
    if remise:
        lignes.append(LigneEcriture(Compte.COLLECTIVITE.de(dossier.siret), debit=remise))
    lignes.append(LigneEcriture(Compte.REDEVABLE, credit=dossier.montant))
    return EcritureEquilibree(le, Libelle.PAIEMENT_MINORE if remise else Libelle.PAIEMENT, tuple(lignes))


def ecriture_cheque_a_temps(dossier: Dossier, le: date) -> EcritureEquilibree:
    """The claim left the books with the title, which is cancelled: the cheque is the collectivité's money, as before any title."""
    du = Compte.COLLECTIVITE.de(dossier.siret)
    return EcritureEquilibree.simple(le, Libelle.PAIEMENT, debit=Compte.ENCAISSEMENTS, credit=du, montant=dossier.montant_paye)


def annonce_double_paiement(dossier: Dossier, paiement: Paiement, instant: datetime) -> PaiementAnnule:
    """The collectivité learns that a second payment came, which is not its money (hypothesis H53)."""
    return PaiementAnnule(
        numero_fps=dossier.numero,
        siret=dossier.siret,
        reference=paiement.reference,
        date_heure_annulation=instant,
        motif="double-paiement",
        montant_annule=paiement.montant,
        reste_du=0,
    )


def rejeter(dossier: Dossier, paiement: Paiement, tous: Sequence[Paiement], le: date) -> Paiement | None:
    """The bank refuses a cheque; gives the payment that the collectivité is to forget, None when another sum paid twice covers it.

    `tous`: the payments of the dossier, in their order. Raises RejetImpossible: only a cheque bounces, once (CGCT, art. L. 2333-87, IV).
    """
    if paiement.moyen != "cheque" or paiement.sort not in (Sort.ENCAISSE, Sort.TROP_PERCU):
        raise RejetImpossible(f"Paiement {paiement.reference} par « {paiement.moyen} », « {paiement.sort} ».", "reference")
    refuse, paiement.sort = paiement.sort, Sort.REJETE
    if refuse is Sort.TROP_PERCU:
        dossier.trop_percu -= paiement.montant
        return None
    couvert = next((p for p in tous if p.sort is Sort.COUVERT), None)
    second = next((p for p in tous if p.sort is Sort.TROP_PERCU and p.montant == paiement.montant), None)
    if second is None:
        dossier.rejeter_paiement(le)
        connu = couvert or paiement
        connu.sort = Sort.REJETE
        return connu
    second.sort, paiement.sort = Sort.ENCAISSE, Sort.REJETE if couvert else Sort.COUVERT
    dossier.trop_percu -= second.montant
    return None


def rejet(dossier: Dossier, paiement: Paiement, instant: datetime) -> PaiementRejete:
    """What the collectivité learns of an unpaid cheque."""
    return PaiementRejete(
        numero_fps=dossier.numero,
        siret=dossier.siret,
        reference=paiement.reference,
        date_heure_rejet=instant,
        motif="cheque-impaye",
        montant_rejete=paiement.montant,
        reste_du=0 if dossier.etat is Etat.ANNULE else dossier.montant,
    )


def ecriture_rejet(dossier: Dossier, paiement: Paiement, le: date) -> EcritureEquilibree:
    """The money was never there: the redevable owes again what the FPS is worth, the collectivité nothing of what it lost since."""
    du = 0 if dossier.etat is Etat.ANNULE else dossier.montant
    lignes = [LigneEcriture(Compte.ENCAISSEMENTS, credit=paiement.montant)]
    if paiement.montant > du:
        lignes.insert(0, LigneEcriture(Compte.COLLECTIVITE.de(dossier.siret), debit=paiement.montant - du))
    if du:
        lignes.insert(0, LigneEcriture(Compte.REDEVABLE, debit=du))
    return EcritureEquilibree(le, Libelle.CHEQUE_IMPAYE, tuple(lignes))


def ecriture_trop_percu(montant: int, le: date) -> EcritureEquilibree:
    """Money received twice is owed back to who paid it."""
    return EcritureEquilibree.simple(le, Libelle.DOUBLE_PAIEMENT, debit=Compte.ENCAISSEMENTS, credit=Compte.TROP_PERCU, montant=montant)


def ecriture_restitution(montant: int, le: date, libelle: str = Libelle.RESTITUTION_DU_TROP_PERCU) -> EcritureEquilibree:
    """What was received twice goes back, or was refused by the bank."""
    return EcritureEquilibree.simple(le, libelle, debit=Compte.TROP_PERCU, credit=Compte.ENCAISSEMENTS, montant=montant)
