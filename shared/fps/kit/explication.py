"""What a service answers when asked how it found a date or an amount: the value kept, and the tree that gives it again."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, Field, JsonValue

from fps.errors import Conflit, Introuvable
from fps.explication import Derivation, deriver, ecrire

T = TypeVar("T")
Calcul = Callable[[T], Any]


class ChampInexplique(Introuvable):
    """Ce champ n'a pas d'explication"""

    code = "champ-inexplique"
    que_faire = "Demandez l'un des champs que la réponse énumère."


class ValeurPasEncoreConnue(Conflit):
    """Cette date ou ce montant n'existe pas encore dans ce dossier"""

    code = "valeur-pas-encore-connue"
    que_faire = "Avancez la date du bac jusqu'à l'acte qui la fixe, puis recommencez."


class Explication(BaseModel):
    """A date or an amount of a dossier, and how it was found; amounts in centimes."""

    numero: str
    champ: str
    valeur: JsonValue
    arbre: Derivation | None = Field(description="La dérivation ; absente quand la valeur est un fait reçu, et non un calcul")


def expliquer(numero: str, champ: str, kept: Mapping[str, Any], calculs: "Mapping[str, Callable[[], Any]]") -> Explication:
    """The explanation of a field whose kept value is in `kept`; raises ChampInexplique, ValeurPasEncoreConnue.

    A value that its rule does not give again was told to the service from outside: it is a fact, shown without a tree.
    """
    if champ not in calculs:
        raise ChampInexplique(f"« {champ[:60]} » ; connus : {', '.join(sorted(calculs))}.", "champ")
    valeur = kept[champ]
    if valeur is None:
        raise ValeurPasEncoreConnue(f"« {champ} » du dossier {numero}.", "champ")
    arbre = deriver(calculs[champ])
    return Explication(
        numero=numero, champ=champ, valeur=ecrire(valeur), arbre=arbre if arbre is not None and arbre.valeur == ecrire(valeur) else None
    )


def venu_de(kept: date | None, calcul: Callable[[], date]) -> date:
    """The kept date, as the rule that gives it made it; or the kept date itself when it came otherwise. Raises ValeurPasEncoreConnue."""
    if kept is None:
        raise ValeurPasEncoreConnue("Une date dont celle-ci dépend n'est pas encore connue.")
    trouve = calcul()
    return trouve if trouve == kept else kept
