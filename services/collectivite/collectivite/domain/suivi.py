"""What the follow-up door says: the amounts of the day, whether a title exists, where to pay, what is given back."""

from datetime import date

from collectivite.domain.acte import Suite
from collectivite.domain.calendrier import limite_minoration
from collectivite.domain.forfait import AMIABLES, SANS_SUITE, Etat, Forfait
from collectivite.domain.sommes import meilleur_prix, minore_payable
from fps.droit.money import euros

SUITES = {
    Suite.AUCUNE: None,
    Suite.EN_ATTENTE: "Une décision de la collectivité est transmise à l'ANTAI, qui ne l'a pas encore enregistrée.",
    Suite.A_CORRIGER: "L'ANTAI n'a pas pu enregistrer la dernière décision de la collectivité, qui doit la corriger.",
}


def minore_jusqu_au(forfait: Forfait) -> date | None:
    """Last day of the reduced amount; a rectified FPS has none any more (hypothesis H51)."""
    return limite_minoration(forfait) if forfait.montant_rectifie is None else None


def montant_minore(forfait: Forfait, le: date) -> int | None:
    """The reduced amount that can still be paid that day, in centimes."""
    limite = minore_jusqu_au(forfait)
    if forfait.etat not in AMIABLES or limite is None or forfait.minoration_montant is None:
        return None
    return minore_payable(forfait.minoration_montant, limite, le)


def a_payer(forfait: Forfait, le: date) -> int:
    """What is to be paid that day, in centimes; nothing to the town once a title exists for sure."""
    reste = forfait.creance if forfait.etat in AMIABLES and not forfait.titre_certain(le) else 0
    return meilleur_prix(reste, montant_minore(forfait, le))


def titre(forfait: Forfait, le: date) -> bool | None:
    """Whether a titre exécutoire exists; None when it depends on the day an e-avis was read, that the town is not told (H71)."""
    if forfait.titre_certain(le):
        return True
    return None if forfait.titre_possible(le) else False


def titre_presume(forfait: Forfait, le: date) -> date | None:
    """The day when the title was issued, if it was: no letter tells the town, the delays do, unless the notice was an e-avis (H71)."""
    premier = forfait.titre_le
    if premier is None or le < premier or not (forfait.titre_certain(le) or forfait.titre_possible(le)):
        return None
    return premier


def ou_payer(forfait: Forfait, le: date) -> str:
    """Where what is due is paid that day, or what is given back, in one sentence."""
    if forfait.dette:
        return (
            f"La collectivité vous doit {euros(forfait.dette)} : si vous n'avez pas formé de recours, donnez-lui votre nom, "
            "votre relevé d'identité bancaire et votre justificatif de paiement."
        )
    if not forfait.creance or forfait.etat in SANS_SUITE:
        return "Rien n'est à payer."
    if forfait.titre_certain(le):
        return "À la trésorerie, avec le numéro de télépaiement de l'avertissement, au montant qu'il porte."
    if forfait.etat is Etat.IMPAYE:
        return "Plus à la collectivité : attendez l'avertissement de la trésorerie."
    if forfait.titre_possible(le):
        return "À l'ANTAI, si vous avez lu l'avis électronique depuis moins de trois mois ; sinon à la trésorerie, avec l'avertissement."
    if forfait.cycle == "partiel":
        return "À la collectivité, avec le numéro de l'avis."
    return "À l'ANTAI, avec le numéro de télépaiement de l'avis."
