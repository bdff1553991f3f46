"""The states of a FPS at ANTAI, the acts that change them, and the precise refusal of a payment in each."""

from enum import StrEnum
from typing import Final

from antai.domain.refus import ActeImpossible, AvisNonEnvoye, DelaiPaiementExpire, FpsAbandonne, FpsAnnule, FpsDejaPaye, TitreDejaEmis
from fps.errors import Conflit
from fps.regles.machine import Machine


class Etat(StrEnum):
    """Où en est un FPS à l'ANTAI."""

    TRANSMIS = "transmis"
    ABANDONNE = "abandonne"
    APA_ENVOYE = "apa-envoye"
    NOTIFIE = "notifie"
    PAYE = "paye"
    PAYE_MINORE = "paye-minore"
    IMPAYE = "impaye"
    ANNULE = "annule"
    ANNULE_A_REMBOURSER = "annule-a-rembourser"
    TITRE_EMIS = "titre-emis"
    TITRE_PAYE = "titre-paye"
    TITRE_ANNULE = "titre-annule"


MACHINE: Final = Machine(
    "fps",
    Etat.TRANSMIS,
    {
        "abandonner": (frozenset({Etat.TRANSMIS}), Etat.ABANDONNE),
        "envoyer_avis": (frozenset({Etat.TRANSMIS}), Etat.APA_ENVOYE),
        "notifier": (frozenset({Etat.APA_ENVOYE}), Etat.NOTIFIE),
        "payer": (frozenset({Etat.APA_ENVOYE, Etat.NOTIFIE}), Etat.PAYE),
        "payer_minore": (frozenset({Etat.APA_ENVOYE, Etat.NOTIFIE}), Etat.PAYE_MINORE),
        "payer_par_cheque_envoye_a_temps": (frozenset({Etat.IMPAYE}), Etat.PAYE),
        "lever_titre": (frozenset({Etat.TITRE_EMIS, Etat.TITRE_PAYE}), Etat.PAYE),
        "rejeter_avant_notification": (frozenset({Etat.PAYE}), Etat.APA_ENVOYE),
        "rejeter_avant_terme": (frozenset({Etat.PAYE}), Etat.NOTIFIE),
        "rejeter_apres_terme": (frozenset({Etat.PAYE}), Etat.IMPAYE),
        "rejeter_apres_annulation": (frozenset({Etat.ANNULE_A_REMBOURSER}), Etat.ANNULE),
        "constater_impaye": (frozenset({Etat.NOTIFIE}), Etat.IMPAYE),
        "recevoir_impaye": (frozenset({Etat.TRANSMIS}), Etat.IMPAYE),
        "annuler": (frozenset({Etat.TRANSMIS, Etat.APA_ENVOYE, Etat.NOTIFIE, Etat.IMPAYE}), Etat.ANNULE),
        "annuler_paye": (frozenset({Etat.PAYE, Etat.PAYE_MINORE}), Etat.ANNULE_A_REMBOURSER),
        "emettre_titre": (frozenset({Etat.IMPAYE}), Etat.TITRE_EMIS),
        "solder_titre": (frozenset({Etat.TITRE_EMIS}), Etat.TITRE_PAYE),
        "rouvrir_titre": (frozenset({Etat.TITRE_PAYE}), Etat.TITRE_EMIS),
        "annuler_titre": (frozenset({Etat.TITRE_EMIS, Etat.TITRE_PAYE}), Etat.TITRE_ANNULE),
    },
    ActeImpossible,
)

# No act of anybody leaves these; a paid FPS can still be cancelled, its cheque refused.
FINAUX = frozenset({Etat.ABANDONNE, Etat.ANNULE, Etat.TITRE_ANNULE})
PAYES = frozenset({Etat.PAYE, Etat.PAYE_MINORE})
RETIRES = frozenset({Etat.ANNULE, Etat.TITRE_ANNULE})
ANNULES = frozenset({Etat.ANNULE, Etat.ANNULE_A_REMBOURSER})
TITRES = frozenset({Etat.TITRE_EMIS, Etat.TITRE_PAYE, Etat.TITRE_ANNULE})

# Why a FPS cannot be paid at ANTAI: the precise refusal of each state.
PAIEMENT_REFUSE: dict[Etat, type[Conflit]] = {
    Etat.TRANSMIS: AvisNonEnvoye,
    Etat.ABANDONNE: FpsAbandonne,
    Etat.PAYE: FpsDejaPaye,
    Etat.PAYE_MINORE: FpsDejaPaye,
    Etat.IMPAYE: DelaiPaiementExpire,
    Etat.ANNULE: FpsAnnule,
    Etat.ANNULE_A_REMBOURSER: FpsAnnule,
    Etat.TITRE_EMIS: TitreDejaEmis,
    Etat.TITRE_PAYE: FpsDejaPaye,
    Etat.TITRE_ANNULE: FpsAnnule,
}
