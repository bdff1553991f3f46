"""What a service answers when asked how it found a date or an amount: the value kept, and the tree that gives it again."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, Field, JsonValue

from fps.droit.explication import Derivation, deriver, ecrire
from fps.errors import Conflit, Introuvable

V = TypeVar("V")


class ChampInexplique(Introuvable):
    """Ce champ n'a pas d'explication"""

    code = "champ-inexplique"
    que_faire = "Demandez l'un des champs que la réponse énumère."


class ValeurPasEncoreConnue(Conflit):
    """Cette date ou ce montant n'existe pas encore dans ce dossier"""

    code = "valeur-pas-encore-connue"
    que_faire = "Avancez la date du bac jusqu'à l'acte qui la fixe, puis recommencez."


class Fait(BaseModel):
    """D'où vient une valeur que son service ne calcule pas : un acte, une lettre, et l'article."""

    phrase: str
    article: str


class Explication(BaseModel):
    """Une date ou un montant d'un dossier, et comment il a été trouvé ; montants en centimes."""

    numero: str = Field(description="Numéro du FPS, ou de la requête")
    champ: str
    valeur: JsonValue
    arbre: Derivation | None = Field(description="La dérivation ; absente quand la valeur est un fait reçu, et non un calcul")
    fait: Fait | None = Field(None, description="L'acte ou la lettre dont vient la valeur, quand ce service ne la calcule pas")


def expliquer(
    numero: str, champ: str, kept: Mapping[str, Any], calculs: "Mapping[str, Callable[[], Any]]", faits: Mapping[str, Fait] | None = None
) -> Explication:
    """The explanation of a field whose kept value is in `kept`; raises ChampInexplique, ValeurPasEncoreConnue.

    A value that its rule does not give again was told to the service from outside: it is a fact, shown without a tree, with its source
    when `faits` tells it. « rapo.decide_le » may be asked as « decide_le » when no other field ends so.
    """
    connus = {*calculs, *(faits or {})}
    nom = _nom(champ, connus)
    if nom is None:
        raise ChampInexplique(f"« {champ[:60]} » ; connus : {', '.join(sorted(connus))}.", "champ")
    valeur = kept.get(nom)
    if valeur is None:
        raise ValeurPasEncoreConnue(f"« {nom} » du dossier {numero}.", "champ")
    arbre = deriver(calculs[nom]) if nom in calculs else None
    juste = arbre is not None and arbre.valeur == ecrire(valeur)
    fait = None if juste or faits is None else faits.get(nom)
    return Explication(numero=numero, champ=nom, valeur=ecrire(valeur), arbre=arbre if juste else None, fait=fait)


def _nom(champ: str, connus: Collection[str]) -> str | None:
    if champ in connus:
        return champ
    finissent = [nom for nom in connus if nom.endswith(f".{champ}")]
    return finissent[0] if len(finissent) == 1 else None


def venu_de(kept: V | None, calcul: Callable[[], V | None]) -> V:
    """The kept value, as the rule that gives it made it; or the kept value itself when it came otherwise. Raises ValeurPasEncoreConnue."""
    if kept is None:
        raise ValeurPasEncoreConnue("Une valeur dont celle-ci dépend n'est pas encore connue.")
    trouve = calcul()
    return kept if trouve is None or trouve != kept else trouve
