"""The link of the terminal, which opens a session in a browser, whether there is one, and the end of it."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from fps_console.web.cadre import Cadre, Famille
from fps_console.web.formes import Refuse
from fps_console.web.seances import poser, temoin


def routes(cadre: Cadre) -> list[Route]:
    """Its three addresses."""

    async def ouvrir(request: Request) -> Response:
        """Open a session for a key that was never used, and go to the first page: the key stays in no address."""
        if "prefetch" in request.headers.get("sec-purpose", ""):  # a browser that guesses must not use the key up
            return Response(status_code=503)
        if cadre.lecture_seule:
            return RedirectResponse("/", 303)
        deja = cadre.seances.de(request)
        nom = None if deja else cadre.seances.ouvrir(request.query_params.get("cle", ""))
        if nom is None and deja is None:
            return await cadre.page(
                request,
                "erreur.html",
                403,
                titre="Ce lien n'ouvre plus rien",
                phrase="Un lien sert une fois, et vit douze heures.",
                que_faire="Dans un terminal, « fps pages » en donne un autre.",
                accueil=True,
            )
        answer = RedirectResponse("/", 303)
        if nom is not None:
            poser(request, answer, nom)
        return answer

    async def la(request: Request) -> Response:
        """Whether a form of this browser would be let in: its page asks before it sends it."""
        return Response(status_code=204 if cadre.seances.de(request) is not None and not cadre.lecture_seule else 403)

    async def fermer(request: Request) -> Response:
        """End the session of this browser."""
        answer = RedirectResponse("/", 303)
        try:
            cadre.formes.garder(request, await cadre.formes.lire(request))
        except Refuse:
            return answer  # nothing to end, or not by this form
        cadre.seances.fermer(request)
        answer.delete_cookie(temoin(request), path="/", httponly=True, samesite="strict")
        return answer

    return [
        Route("/ouvrir", ouvrir, name="ouvrir"),
        Route("/seance", la, name="seance"),
        Route("/fermer", fermer, methods=["POST"], name="fermer"),
    ]


FAMILLE = Famille(routes)
