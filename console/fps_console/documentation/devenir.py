"""What became of an act whose answer was lost, when it had no key: for each operation that writes, where to ask it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

ECRIVENT: Final = ("post", "put", "delete", "patch")
FLUX: Final = "/flux/"


@dataclass(frozen=True, slots=True)
class Devenir:
    """`porte`: the address to read, empty when to act again is the answer; `phrase`: what is read there, when it is not the act."""

    porte: str
    phrase: str = ""


RENVOI: Final = Devenir("", "renvoyez le même message : sans clé, son contenu en tient lieu, et la réponse est la même")
SESSION: Final = Devenir("", "ouvrez-en une autre : celle dont la réponse s'est perdue s'éteint d'elle-même")
FERMEE: Final = "401 au même jeton : c'est fait"
CODE: Final = "son compte y est ; un code perdu se remplace (`POST /portail/{siret}/comptes/{login}/code`)"
# The doors that no rule finds: elsewhere than under the address of the act, or not by the same door.
AILLEURS: Final[Mapping[str, Devenir]] = {
    "POST /certificats": Devenir("/front", "l'étape du certificat"),
    "POST /espaces": Devenir("/espaces/{siret}/etat"),
    "POST /espaces/{siret}/sessions": SESSION,
    "DELETE /espaces/{siret}/sessions": Devenir("/espaces/{siret}", FERMEE),
    "PUT /espaces/{siret}/mot-de-passe": Devenir("/espaces/{siret}", FERMEE),
    "PUT /espaces/{siret}/conventions/{rang}/depot": Devenir("/espaces/{siret}/conventions"),
    "POST /courriers": Devenir("", "remettez le même courrier : il n'est remis qu'une fois, et la réponse est la même"),
    "POST /messages/accuses": Devenir("/boites/{siret}", "l'état de chaque lettre"),
    "POST /messages/{identifiant}/accuse": Devenir("/boites/{siret}", "l'état de la lettre"),
    "POST /portail/{siret}/activation": Devenir("", "ouvrez une session avec le mot de passe donné : elle ne s'ouvre que si c'est fait"),
    "POST /portail/{siret}/inscriptions": Devenir("/portail/{siret}/comptes", CODE),
    "POST /portail/{siret}/comptes/{login}/code": Devenir("/portail/{siret}/comptes", "redemandez-en un : le dernier seul compte"),
    "POST /portail/{siret}/mot-de-passe": Devenir("/portail/{siret}/requetes", FERMEE),
    "POST /portail/{siret}/sessions": SESSION,
    "DELETE /portail/{siret}/sessions": Devenir("/portail/{siret}/requetes", FERMEE),
    "POST /portail/{siret}/requetes/{numero}/memoires": Devenir("/portail/{siret}/requetes/{numero}/depots"),
    "POST /portail/{siret}/requetes/{numero}/pieces": Devenir("/portail/{siret}/requetes/{numero}/depots"),
    "POST /teletransmission/{siret}/essais/memoire": RENVOI,
    "POST /teletransmission/{siret}/essais/piece": RENVOI,
    "POST /teletransmission/essais": RENVOI,
    "POST /fps": Devenir("/fps", "les FPS de cet agent ce jour-là, comme il est dit plus haut"),
    "POST /recours/{numero}/memoire": Devenir("/recours/{numero}", "`depots`, dès que la juridiction l'a accusé"),
    "POST /pilotage/bacs/{nom}/copie": Devenir("/pilotage/bacs/{nom}", "au nom de la copie"),
    "POST /pilotage/bacs/{bac}/avance": Devenir(
        "", "renvoyez la même date : ce qui est vécu ne l'est pas deux fois ; `fps bac etat` la dit"
    ),
}
AILLEURS_ENCORE: Final[Mapping[str, str]] = {"POST /fps/lot": "POST /fps"}  # what is asked like another act


def portes(operation: Mapping[str, Any]) -> set[str]:
    """The ways in of an operation; none when it is open to all."""
    return {nom for une in operation.get("security", ()) for nom in une}


def devenir(contrat: Mapping[str, Any], methode: str, chemin: str) -> Devenir | None:
    """Where who did that act reads what became of it: the nearest address above, that the same door opens; None: nowhere."""
    nom = f"{methode.upper()} {chemin}"
    nom = AILLEURS_ENCORE.get(nom, nom)
    if nom in AILLEURS:
        return AILLEURS[nom]
    if chemin.startswith(FLUX):
        return RENVOI
    mienne, dessus = portes(contrat["paths"][chemin][methode]), chemin
    while dessus:
        lecture = contrat["paths"].get(dessus, {}).get("get")
        if lecture is not None and ouverte(lecture, mienne):
            return Devenir(dessus)
        dessus = dessus.rpartition("/")[0]
    return None


def ouverte(lecture: Mapping[str, Any], mienne: set[str]) -> bool:
    """Whether each way by which one could act reads there too."""
    return not portes(lecture) or (bool(mienne) and mienne <= portes(lecture))


def ecritures(contrat: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The operations that write: method and path."""
    for chemin, operations in contrat["paths"].items():
        yield from ((methode, chemin) for methode in operations if methode in ECRIVENT)


def tableau(contrats: Mapping[str, Mapping[str, Any]], partagees: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """By the label of each contract: the acts, where to ask what became of them. What begins by one of `partagees`: once, for all."""
    groupes: dict[tuple[str, Devenir | None], dict[str, None]] = {}
    for libelle, contrat in contrats.items():
        for methode, chemin in ecritures(contrat):
            if not chemin.startswith(FLUX):
                qui = "chacun" if chemin.startswith(partagees) else libelle
                groupes.setdefault((qui, devenir(contrat, methode, chemin)), {})[f"`{methode.upper()} {chemin}`"] = None
    return [(qui, ", ".join(actes), dit(trouve)) for (qui, trouve), actes in groupes.items()]


def dit(trouve: Devenir | None) -> str:
    """As the specification says it."""
    if trouve is None:
        return "—"
    return " — ".join(filter(None, (f"`GET {trouve.porte}`" if trouve.porte else "", trouve.phrase)))
