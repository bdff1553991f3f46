"""The payments of a FPS that the town knows: told by ANTAI, or taken by itself."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from collectivite.domain.calendrier import limite_paiement_rapide
from collectivite.domain.forfait import AMIABLES, Etat, Forfait
from collectivite.domain.refus import (
    DelaiPaiementExpire,
    HorsCyclePartiel,
    MontantPaiement,
    PaiementIncroyable,
    PaiementRapideImpossible,
    RejetImpossible,
)
from collectivite.domain.titre import reste_au_titre
from fps.droit.calendar import paris_date
from fps.droit.money import euros
from fps.messages.moyens import Moyen
from fps.villes.communes import Commune


@dataclass
class Paiement:
    """One payment of one FPS, known by its reference; amounts in centimes."""

    numero: str
    reference: str
    moyen: Moyen
    montant: int
    le: date
    minore: bool = False
    etat: Literal["encaisse", "rejete", "annule"] = "encaisse"


def verifier_information(forfait: Forfait, montant: int, le: date, aujourdhui: date) -> None:
    """What ANTAI says was paid of a FPS: never above its first amount, between its day and today. Raises PaiementIncroyable."""
    constat = forfait.premier_jour
    if montant > forfait.montant:
        raise PaiementIncroyable(f"{euros(montant)} payés pour un FPS de {euros(forfait.montant)}.", "montant_paye")
    if not constat <= le <= aujourdhui:
        raise PaiementIncroyable(f"Payé le {le:%d/%m/%Y}, constat du {constat:%d/%m/%Y}.", "date_heure_paiement")


def verifier_paiement_rapide(ville: Commune, forfait: Forfait, montant: int, maintenant: datetime) -> None:
    """A payment before the notice leaves (convention de cycle complet): the FPS, or the reduced sum of its first hours.

    Raises PaiementRapideImpossible, MontantPaiement.
    """
    le = ville.jour(maintenant)
    if forfait.cycle != "complet" or forfait.mode_notification != "pare-brise":
        partiel = forfait.cycle == "partiel"
        pourquoi = "L'avis apposé se paie à la collectivité (cycle partiel)." if partiel else "L'avis est envoyé par l'ANTAI, sans notice."
        raise PaiementRapideImpossible(pourquoi, "numero")
    limite = limite_paiement_rapide(ville, forfait)
    if le > limite or forfait.etat not in (Etat.ETABLI, Etat.TRANSMIS):
        raise PaiementRapideImpossible(f"Le paiement rapide était possible jusqu'au {limite:%d/%m/%Y} ; état « {forfait.etat} ».", "numero")
    rapide = ville.rapide(forfait.jour)
    somme = rapide.somme(forfait.du, forfait.date_heure_constat, maintenant) if rapide else forfait.du
    if montant not in (somme, forfait.du):
        ou = "" if somme == forfait.du else f", ou {euros(somme)} dans les premières heures"
        raise MontantPaiement(f"Payé {euros(montant)}, dû {euros(forfait.du)}{ou}.", "montant")


def date_du_paiement(forfait: Forfait, moyen: Moyen, envoye_le: date | None, le: date) -> date:
    """The day that counts: that of its postmark for a cheque (CRPA, art. L. 112-1; hypothesis H52). Raises PaiementIncroyable."""
    if envoye_le is None:
        return le
    if moyen != "cheque" or not paris_date(forfait.date_heure_constat) <= envoye_le <= le:
        raise PaiementIncroyable(f"Posté le {envoye_le:%d/%m/%Y}, par « {moyen} », reçu le {le:%d/%m/%Y}.", "date_envoi")
    return envoye_le


def rejeter_cheque(forfait: Forfait, paiement: Paiement) -> int:
    """The bank refuses a cheque that the town took itself; gives what is due again, in centimes (CGCT, art. L. 2333-87, IV; H130).

    Raises HorsCyclePartiel, RejetImpossible: only a cheque bounces, once, and not a part that ANTAI was told as paid.
    """
    if forfait.cycle != "partiel":
        raise HorsCyclePartiel(f"FPS {forfait.numero}.", "numero")
    if paiement.moyen != "cheque" or paiement.etat != "encaisse" or apres_le_terme(forfait):
        detail = f"Paiement {paiement.reference} par « {paiement.moyen} », « {paiement.etat} » ; FPS « {forfait.etat} »."
        raise RejetImpossible(detail, "reference")
    paiement.etat = "rejete"
    return 0 if forfait.etat is Etat.ANNULE else min(forfait.creance + paiement.montant, forfait.du)


def apres_le_terme(forfait: Forfait) -> bool:
    """Whether the FPS went to ANTAI, unpaid: a cheque posted in time then makes its title void (hypothesis H52)."""
    return forfait.cycle == "partiel" and forfait.etat in (Etat.IMPAYE, Etat.TITRE_PAYE)


def verifier_paiement_propre(forfait: Forfait, montant: int, le: date) -> None:
    """A payment at the town, wholly or partly; wholly when it comes after the term (cycle partiel).

    Raises HorsCyclePartiel, DelaiPaiementExpire, MontantPaiement.
    """
    if forfait.cycle != "partiel":
        raise HorsCyclePartiel(f"FPS {forfait.numero}.", "numero")
    if apres_le_terme(forfait) and forfait.date_limite_paiement is not None and le <= forfait.date_limite_paiement:
        if montant != (du := reste_au_titre(forfait)):
            raise MontantPaiement(f"Payé {euros(montant)}, dû {euros(du)}.", "montant")
        return
    if forfait.etat not in AMIABLES or forfait.date_limite_paiement is None or le > forfait.date_limite_paiement:
        raise DelaiPaiementExpire(f"État « {forfait.etat} ».", "numero")
    if montant > forfait.creance:
        raise MontantPaiement(f"Payé {euros(montant)}, dû {euros(forfait.creance)}.", "montant")
