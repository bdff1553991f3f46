"""The dossiers of a bac: searched, filtered, sorted, gone through page by page, taken away as a table."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from fps.parties import Party
from fps_console.mots import recit
from fps_console.web import repertoire
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.formes import Saisie
from fps_console.web.listes import Feuille, adresse, demandee, illisible, voisines
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.pilot import PiloteErreur

CHEMIN: Final = "/bacs/{bac}/dossiers"
# The columns by which a list is sorted: their words, the order of the first click.
TETES: Final = (
    ("numero", "Numéro", "numero"),
    ("etat", "État", "etat"),
    ("constat", "Constat", "-constat"),
    ("montant", "Montant", "-montant"),
)


def routes(cadre: Cadre) -> list[Route]:
    """The list, and the same as a table to take away."""

    async def liste(request: Request) -> Response:
        bac, demande = cadre.bac(request), demandee(request, *repertoire.CHAMPS)
        chemin, saisie = CHEMIN.format(bac=bac), Saisie(demande)
        await cadre.etat(request, bac)  # a bac that does not exist is told so
        noms = await villes.noms(cadre.pilot, bac)
        lu = repertoire.Repertoire(Feuille(), repertoire.tenue_par(demande) or Party.COLLECTIVITE)
        try:
            lu = await repertoire.page(cadre.lecture, bac, demande, noms)
        except PiloteErreur as error:
            saisie = illisible(error, demande, repertoire.DE_LA_ROUTE)
        suite = demande if not lu.repli else {**demande, "liste": lu.de.value}
        return await cadre.page(
            request,
            "dossiers/liste.html",
            200 if saisie.refus is None else saisie.refus.statut,
            bac=bac,
            chemin=chemin,
            saisie=saisie,
            lu=lu,
            lignes=lu.feuille.lignes,
            entiere=bool(lu.feuille.lignes) and lu.feuille.suivant is None and lu.feuille.precedent is None,
            filtree=any(nom in demande for nom in repertoire.CHAMPS if nom not in ("tri", "liste")),
            tetes=_tetes(chemin, suite, lu.de),
            listes=[(nom, adresse(chemin, demande, liste=p.value, etat=None), p is lu.de) for p, nom in NOMS.items()],
            voisines=voisines(chemin, suite, lu.feuille),
            table=adresse(f"{chemin}.csv", suite),
            villes=[("", "toutes"), *sorted(noms.items(), key=lambda un: un[1])],
            etats=[
                ("", "tous"),
                *((f"{p.value}.{e}", f"{recit.court(p)} : {recit.etat(e)}") for p, es in repertoire.ETATS.items() for e in es),
            ],
            tris=repertoire.TRIS_ANTAI if lu.de is Party.ANTAI else repertoire.TRIS,
        )

    async def table(request: Request) -> Response:
        bac, demande = cadre.bac(request), demandee(request, *repertoire.CHAMPS)
        await cadre.etat(request, bac)
        morceaux = repertoire.en_lignes(cadre.lecture, bac, demande, await villes.noms(cadre.pilot, bac))
        premier = [await anext(morceaux), await anext(morceaux)]  # what cannot be read is told before anything is sent
        entetes = {"Content-Disposition": f'attachment; filename="dossiers-{bac}.csv"'}
        return StreamingResponse(_ensuite(premier, morceaux), media_type="text/csv; charset=utf-8", headers=entetes)

    return [Route(f"{CHEMIN}.csv", table, name="dossiers-csv"), Route(CHEMIN, liste, name="dossiers")]


NOMS: Final[Mapping[Party, str]] = {Party.COLLECTIVITE: "Liste de la collectivité", Party.ANTAI: "Liste de l'ANTAI"}


async def _ensuite(premiers: list[str], suite: AsyncIterator[str]) -> AsyncIterator[str]:
    for un in premiers:
        yield un
    async for un in suite:
        yield un


def _tetes(chemin: str, demande: Mapping[str, str], de: Party) -> list[dict[str, Any]]:
    """The heads of the columns: where a click leads, and in which order the list is.

    ANTAI does not know the order of the findings, and its list is in that of what it received: no column shows it.
    """
    tri, found = demande.get("tri", repertoire.TRI), []
    for nom, mots, premier in TETES:
        if nom == "constat" and de is Party.ANTAI:
            found.append({"nom": nom, "mots": mots, "lieu": "", "sens": "", "fleche": ""})
            continue
        ici = tri.removeprefix("-") == nom
        autre = nom if tri.startswith("-") else f"-{nom}"
        sens = ("descending" if tri.startswith("-") else "ascending") if ici else ""
        lieu = adresse(chemin, demande, tri=autre if ici else premier)
        found.append({"nom": nom, "mots": mots, "lieu": lieu, "sens": sens, "fleche": {"ascending": "↑", "descending": "↓"}.get(sens, "")})
    return found


FAMILLE = Famille(routes, {"Dossiers": "/bacs/{bac}/dossiers"})
