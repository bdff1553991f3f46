"""The contract of the « pilote d'essai »: twelve things that a product may be asked to do, each with what it is given and what it answers.

An editor implements it as `POST <address>/<action>`, JSON in and out, or maps each action to a command of the shell: JSON on its standard
input, JSON on its standard output, status 0. `docs/openapi-pilote.json` says it to machines (`sujets/openapi.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from fps.messages.annulation import InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.comptable import MandatRemboursement, TitreAnnulationRecette
from fps.messages.message import MessageClass
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps.messages.recours_collectivite import MemoireDefense
from fps_certification.sujets import formes as f

Champs = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that the product does; `acte` is its name in the language of the lives."""

    nom: str
    acte: str
    sens: str
    recoit: tuple[str, ...]  # the fields that it is always given, beside those of the act
    entree: type[f.Entree]
    sortie: type[BaseModel] = f.Fait

    @property
    def rend(self) -> tuple[str, ...]:
        """The fields that it must answer."""
        return tuple(nom for nom, champ in self.sortie.model_fields.items() if champ.is_required())


# What the FPS amounts to now, what the redevable still owes, what the collectivité owes back: in centimes, judged when they are answered.
SOMMES: Final = tuple(nom for nom, champ in f.Etat.model_fields.items() if not champ.is_required())
_FPS, _REQUETE = ("numero",), ("requete",)
_TOUTES: Final = (
    Action("etablir", "établir un FPS", "Établir un FPS et le transmettre ; répondre quand il l'est.", (), f.Etablir, f.Etabli),
    Action("encaisser", "payer avec la notice", "Encaisser ce que dit la notice du pare-brise.", _FPS, f.Encaisser),
    Action("encaisser-fps", "payer à la collectivité", "Encaisser un FPS, en cycle partiel.", _FPS, f.Encaisser),
    Action("baisser", "baisser le FPS", "Baisser un FPS impayé, sans RAPO, et le transmettre.", _FPS, f.Baisser),
    Action("annuler", "annuler le FPS", "Annuler un FPS avant tout titre, et le transmettre.", _FPS, f.Annuler),
    Action("abandonner-titre", "abandonner le titre", "Abandonner un FPS majoré, et le dire à l'ANTAI.", _FPS, f.Abandonner),
    Action("recevoir-rapo", "déposer un RAPO", "Recevoir le RAPO d'un usager.", (), f.RecevoirRapo),
    Action("decider-rapo", "décider le RAPO", "Décider d'un RAPO, et en tirer les conséquences.", _FPS, f.DeciderRapo),
    Action("defendre", "défendre", "Déposer devant la juridiction le mémoire en défense.", _REQUETE, f.Defendre),
    Action("executer", "exécuter la décision", "Exécuter une décision de la juridiction.", _REQUETE, f.Executer),
    Action("rembourser", "rembourser", "Rembourser ce qui a été payé en trop.", _FPS, f.Rembourser),
    Action("lire", "", "Dire où en est un FPS, ou sa connexion à un service.", _FPS, f.Lire, f.Etat),
)
ACTIONS: Final[Mapping[str, Action]] = {action.nom: action for action in _TOUTES}
ESSAIS: Final = "passer la séance d'essai"  # the defence, in a test session of the court (ADR 0033)
LIRE: Final = ACTIONS["lire"]
CONTROLER: Final = "contrôler la connexion"  # reading where its connection to a party stands, and not a FPS (ADR 0036)
DEPOSER: Final = "déposer le certificat"  # the same, once its certificate is deposited there (ADR 0044)
DES_ACTES: Final[Mapping[str, Action]] = {a.acte: a for a in _TOUTES if a.acte} | {
    ESSAIS: ACTIONS["defendre"],
    CONTROLER: LIRE,
    DEPOSER: LIRE,
}
_ANNULE: Final[tuple[MessageClass, ...]] = (AnnulationFps, InformationAnnulationFps, InformationAnnulationTitre)
# The messages, of which one, that the product sends when it does this: none of them seen is « message expected, not received ».
MESSAGES: Final[Mapping[str, tuple[MessageClass, ...]]] = {
    "etablir": (CreationFps,),
    "baisser": (ModificationFps,),
    "annuler": _ANNULE,
    "abandonner-titre": (InformationAnnulationTitre,),
    "defendre": (MemoireDefense,),
    "executer": (InformationAnnulationFps, InformationAnnulationTitre),
    "rembourser": (TitreAnnulationRecette, MandatRemboursement),
}

_DES_DECISIONS: Final[Mapping[str, tuple[MessageClass, ...]]] = {
    "acceptation-totale": _ANNULE,
    "acceptation-partielle": (ModificationFps,),
}


def messages_attendus(action: str, donnees: Mapping[str, Any]) -> tuple[MessageClass, ...]:
    """Those that an action must bring, one of them at least; a RAPO that is not accepted brings none, nor a test session."""
    if donnees.get("essai"):
        return ()
    if action == "decider-rapo":
        return _DES_DECISIONS.get(str(donnees.get("sens")), ())
    return MESSAGES.get(action, ())


# The states of a FPS in the answer of « lire ».
ETATS: Final = (
    "etabli",
    "transmis",
    "refuse",
    "abandonne",
    "notifie",
    "paye",
    "paye-minore",
    "paye-rapide",
    "impaye",
    "titre-paye",
    "annule",
)
# The states of a connection, in the same answer.
CONNEXIONS: Final = ("connecte", "non-connecte")
