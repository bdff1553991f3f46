"""The lists of the pages: what an address asks of one, the addresses of its neighbours, and lists of several services put together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request

from fps_console.web.formes import Refus, Saisie, refus_de
from fps_simulateur.pilote.pilot import PiloteErreur

PAGE: Final = 50  # lines of one page
PLACES: Final = ("apres", "avant")  # where a page stands: what a new search forgets


@dataclass(frozen=True, slots=True)
class Feuille:
    """A page of a list, and where its neighbours stand (None: there is none)."""

    lignes: Sequence[Mapping[str, Any]] = ()
    precedent: str | None = None
    suivant: str | None = None


def demandee(request: Request, *champs: str) -> dict[str, str]:
    """What an address asks, of these fields and of its place; nothing of what is empty."""
    found = {nom: request.query_params.get(nom, "").strip()[:200] for nom in (*champs, *PLACES)}
    return {nom: valeur for nom, valeur in found.items() if valeur}


def adresse(chemin: str, demande: Mapping[str, str], **autres: str | None) -> str:
    """The address of the same list elsewhere: `apres` or `avant` in `autres`, or another field."""
    kept = {nom: valeur for nom, valeur in demande.items() if nom not in PLACES} | autres
    query = urlencode({nom: valeur for nom, valeur in kept.items() if valeur})
    return f"{chemin}?{query}" if query else chemin


def voisines(chemin: str, demande: Mapping[str, str], feuille: Feuille) -> dict[str, str]:
    """What `pages` of `listes.html` needs: the addresses of the first page, of the one before and of the one after."""
    return {
        "debut": adresse(chemin, demande) if feuille.precedent else "",
        "precedente": adresse(chemin, demande, avant=feuille.precedent) if feuille.precedent else "",
        "suivante": adresse(chemin, demande, apres=feuille.suivant) if feuille.suivant else "",
    }


def rassembler(
    pages: Iterable[tuple[Sequence[Mapping[str, Any]], bool]],
    cle: Callable[[Mapping[str, Any]], Any],
    place: Callable[[Mapping[str, Any]], str],
    demande: Mapping[str, str],
    *,
    descend: bool,
) -> Feuille:
    """One page made of those of several services, each with whether it goes on; `cle` orders their lines, `place` says where one stands.

    `descend`: the list as it is shown goes from the last to the first; each service was asked backwards when `avant` says the place.
    """
    recule = "avant" in demande
    lues = list(pages)
    tous = sorted((ligne for lignes, _ in lues for ligne in lignes), key=cle, reverse=descend is not recule)
    encore = len(tous) > PAGE or any(reste for _, reste in lues)
    montres = tous[:PAGE][:: -1 if recule else 1]
    if not montres:
        return Feuille()
    avant, apres = (encore, True) if recule else ("apres" in demande, encore)
    return Feuille(montres, place(montres[0]) if avant else None, place(montres[-1]) if apres else None)


def illisible(error: PiloteErreur, demande: Mapping[str, str], champs: Mapping[str, str] | None = None) -> Saisie:
    """What was asked and cannot be read, with what is wrong of each field; raises PiloteErreur for anything else."""
    if error.problem.get("status") not in (400, 422):
        raise error
    refus = refus_de(error, champs)
    titre = "Cette recherche ne se lit pas"
    return Saisie(demande, Refus(titre, refus.detail, "", "Corrigez chaque champ signalé.", refus.code, refus.statut, refus.champs))
