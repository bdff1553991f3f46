"""The contract of the « pilote d'essai »: twelve things that a product may be asked to do, each with what it is given and what it answers.

An editor implements it as `POST <address>/<action>`, JSON in and out, or maps each action to a command of the shell: JSON on its standard
input, JSON on its standard output, status 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Champs = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that the product does; `acte` is its name in the language of the lives."""

    nom: str
    acte: str
    sens: str
    recoit: tuple[str, ...]  # the fields that it is always given, beside those of the act
    rend: tuple[str, ...]  # the fields that it must answer
    sommes: tuple[str, ...] = ()  # in centimes, judged by the exploration when they are answered


# What the FPS amounts to now, what the redevable still owes, what the collectivité owes back.
SOMMES: Final = ("montant_actuel", "creance", "dette")

_TOUTES: Final = (
    Action("etablir", "établir un FPS", "Établir un FPS et le transmettre ; répondre quand il l'est.", (), ("numero", "immatriculation")),
    Action("encaisser", "payer avec la notice", "Encaisser ce que dit la notice du pare-brise.", ("numero",), ()),
    Action("encaisser-fps", "payer à la collectivité", "Encaisser un FPS, en cycle partiel.", ("numero",), ()),
    Action("baisser", "baisser le FPS", "Baisser un FPS impayé, sans RAPO, et le transmettre.", ("numero",), ()),
    Action("annuler", "annuler le FPS", "Annuler un FPS avant tout titre, et le transmettre.", ("numero",), ()),
    Action("abandonner-titre", "abandonner le titre", "Abandonner un FPS majoré, et le dire à l'ANTAI.", ("numero",), ()),
    Action("recevoir-rapo", "déposer un RAPO", "Recevoir le RAPO d'un usager.", (), ()),
    Action("decider-rapo", "décider le RAPO", "Décider d'un RAPO, et en tirer les conséquences.", ("numero",), ()),
    Action("defendre", "défendre", "Déposer devant la juridiction le mémoire en défense.", ("requete",), ()),
    Action("executer", "exécuter la décision", "Exécuter une décision de la juridiction.", ("requete",), ()),
    Action("rembourser", "rembourser", "Rembourser ce qui a été payé en trop.", ("numero",), ()),
    Action("lire", "", "Dire où en est un FPS.", ("numero",), ("etat",), SOMMES),
)
ACTIONS: Final[Mapping[str, Action]] = {action.nom: action for action in _TOUTES}
DES_ACTES: Final[Mapping[str, Action]] = {action.acte: action for action in _TOUTES if action.acte}
LIRE: Final = ACTIONS["lire"]
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
