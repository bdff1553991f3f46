"""The desks of a town, for its agents: its espace numérique and certificates at ANTAI, the portal and the télétransmission of the court."""

from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps.parties import Party
from fps_console.mots import recit
from fps_console.web.actes import Contrats, faire, formulaire, normal, page_d_un_acte, titre
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.formes import Geste, Saisie
from fps_console.web.pieces import FORMULAIRE
from fps_simulateur.langue.actes import Acte

# What an agent does at these desks, beside the acts of the lives; those need no password: the pilot's credential stands for the agent.
CONVENTION: Final = Acte(
    "préparer une convention",
    "La collectivité prépare une convention avec l'ANTAI, ou son renouvellement.",
    Party.ANTAI,
    "/espaces/{siret_ville}/conventions",
)
CAHIER: Final = Acte(
    "accepter le cahier des charges",
    "La collectivité accepte le cahier des charges de la télétransmission avec la juridiction.",
    Party.CCSP,
    "/teletransmission/{siret_ville}/cahier-des-charges",
)
INSCRIPTION: Final = Acte(
    "inscrire des agents au portail",
    "La collectivité demande d'inscrire des agents au portail de la juridiction, qui rend à chacun un code à usage unique.",
    Party.CCSP,
    "/portail/{siret_ville}/inscriptions",
)
GUICHETS: Final = {normal(un.nom): un for un in (CONVENTION, CAHIER, INSCRIPTION)}


def routes(cadre: Cadre) -> list[Route]:
    """What the desks know of a town, and each form."""
    contrats = Contrats(cadre)

    async def guichets(request: Request) -> Response:
        bac, siret = cadre.bac(request), cadre.siret(request)

        async def lire(party: Party, path: str) -> Any:
            return await cadre.lecture.get(party, bac, path.format(siret=siret))

        espace = await lire(Party.ANTAI, "/espaces/{siret}")
        if espace is None:
            raise HTTPException(404, f"Aucun espace numérique n'est ouvert pour {siret[:20]} dans le bac « {bac} ».")
        return await cadre.page(
            request,
            "villes/guichets.html",
            bac=bac,
            siret=siret,
            espace=espace,
            conventions=await lire(Party.ANTAI, "/espaces/{siret}/conventions") or [],
            certificats=await lire(Party.ANTAI, "/espaces/{siret}/certificats") or [],
            comptes=await lire(Party.CCSP, "/portail/{siret}/comptes") or [],
            suivi=await lire(Party.CCSP, "/teletransmission/{siret}"),
            etat=recit.etat,
            formes=[(nom, titre(un)) for nom, un in GUICHETS.items()],
        )

    def acte(request: Request) -> Acte:
        un = GUICHETS.get(request.path_params["acte"])
        if un is None:
            raise HTTPException(404, "Aucun guichet ne propose cela.")
        return un

    async def voir(request: Request, saisie: Saisie) -> Response:
        un, bac, siret = acte(request), cadre.bac(request), cadre.siret(request)
        forme = await formulaire(contrats, un, {"siret_ville": siret}, {})
        retour = (f"/bacs/{bac}/villes/{siret}/guichets", "Les guichets de cette ville")
        return await page_d_un_acte(cadre, request, un, forme, saisie, retour, devant=(), sus=())

    async def agir(geste: Geste) -> str:
        un, bac, siret = acte(geste.request), cadre.bac(geste.request), cadre.siret(geste.request)
        mots = {"siret_ville": siret}
        await faire(cadre, bac, un, await formulaire(contrats, un, mots, {}), mots, geste)
        return f"/bacs/{bac}/villes/{siret}/guichets"

    return [
        Route("/bacs/{bac}/villes/{siret}/guichets", guichets, name="guichets"),
        *cadre.formes.routes("/bacs/{bac}/villes/{siret}/guichets/{acte}", "guichet", voir, agir, limite=FORMULAIRE),
    ]


FAMILLE = Famille(routes)
