"""The parameters of a list: what a caller may ask of it, and the refusal of what cannot be asked together."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final

from fastapi import Query

from fps.kit.data.listes import Recherche
from fps.kit.web.problems import malformed
from fps.messages.formats import Jour
from fps.messages.plaques import SAISIE, PlaqueIllisible, plaque_nue

CURSEUR: Final = r"^(?:(?:[^~\x00-\x1f]{1,40}~)?[0-9]{26})?$"
SUIVANT: Final = "À redonner dans « apres », avec les mêmes filtres et le même tri ; nul à la dernière page"
PRECEDENT: Final = "À redonner dans « avant », de la même façon ; nul à la première page"
NUMEROS: Final = 200

Siret = Annotated[str | None, Query(pattern=r"^[0-9]{14}$", description="Une seule collectivité")]
Numero = Annotated[str | None, Query(pattern=r"^[0-9]{1,26}$", description="Le numéro, ou ses premiers chiffres")]
Plaque = Annotated[
    str | None,
    Query(min_length=1, max_length=SAISIE, description="L'immatriculation ou son début, de quelque façon qu'elle soit écrite (ab 123)"),
]
Du = Annotated[Jour | None, Query(description="Premier jour du constat, dans sa ville : celui que porte le numéro")]
Au = Annotated[Jour | None, Query(description="Dernier jour du constat")]
Apres = Annotated[str, Query(max_length=67, pattern=CURSEUR, description="« suivant » de la page précédente")]
Avant = Annotated[str, Query(max_length=67, pattern=CURSEUR, description="« precedent » de la page suivante")]
Limite = Annotated[int, Query(ge=1, le=500, description="Nombre d'éléments de la page")]
Numeros = Annotated[
    list[Annotated[str, Query(pattern=r"^[0-9]{26}$")]] | None,
    Query(max_length=NUMEROS, description="Ces dossiers-là, et rien d'autre : ceux qui ne sont pas connus manquent dans la réponse"),
]


def recherche(
    tri: str,
    egaux: Mapping[str, str | None],
    siret: str | None,
    numero: str | None,
    plaque: str | None,
    du: date | None,
    au: date | None,
    apres: str,
    avant: str,
    limite: int,
) -> Recherche:
    """What a caller asks of a list; raises Malformed with every field that cannot be read, or asked beside another."""
    fautes, nue = [], None
    if plaque is not None:
        try:
            nue = plaque_nue(plaque)
        except PlaqueIllisible as error:
            fautes.append(faute("plaque", f"Cette plaque ne se lit pas : {error}."))
    if du is not None and au is not None and au < du:
        fautes.append(faute("au", f"La période finit le {au:%d/%m/%Y}, avant de commencer le {du:%d/%m/%Y}."))
    if apres and avant:
        fautes.append(faute("avant", "« apres » et « avant » ne vont pas ensemble : une page suit l'un, ou précède l'autre."))
    if fautes:
        raise malformed(fautes)
    pleins = {nom: str(valeur) for nom, valeur in egaux.items() if valeur is not None}
    return Recherche(tri, pleins, siret, numero, nue, du, au, apres, avant, limite)


def seuls(numeros: Sequence[str] | None, autres: Mapping[str, Any]) -> bool:
    """Whether some dossiers are asked by their numbers; raises Malformed when anything else is asked with them."""
    if not numeros:
        return False
    if fautes := [faute(nom, "« numeros » se demande seul.") for nom, valeur in autres.items() if valeur]:
        raise malformed(fautes)
    return True


def faute(champ: str, phrase: str) -> dict[str, str]:
    """An error of one parameter, as problems list them."""
    return {"code": "valeur-invalide", "champ": champ, "phrase": phrase, "article": ""}
