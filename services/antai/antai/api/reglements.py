"""A cancellation that no decision supports, settled by somebody who answers for it."""

from typing import Annotated, Any

from fastapi import Body, Path, Request
from pydantic import ConfigDict

from antai.actes import decision
from antai.api.espace.auditer import faire
from antai.api.espace.vues import Formulaire
from antai.api.va_pilote import RapprochementVu, rapprochement
from antai.api.vues import Numero
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.trust.acces import ADMINISTRATION, administration
from fps.kit.web.body import Router
from fps.messages.formats import Ligne

Requete = Annotated[str, Path(pattern=r"^[0-9]{8}$", description="Numéro de la requête, 8 chiffres")]


class Reglement(Formulaire):
    """Qui répond de l'annulation, et pourquoi."""

    model_config = ConfigDict(json_schema_extra={"example": {"par": "Camille Exemple", "motif": "Erreur de saisie de la commune."}})

    par: Ligne
    motif: Ligne


def routes(service: Service) -> Router:
    """The one route of a settlement."""
    router = Router(dependencies=[administration(service)])

    @router.post(
        "/dossiers/{numero}/requetes/{numero_requete}/reglement",
        tags=["Dossiers"],
        summary="Répondre d'une annulation que nulle décision n'appuie, ou qu'elle contredit",
        description="L'annulation n'est plus montrée, jusqu'à ce que la juridiction ou la collectivité dise autre chose de cette requête : "
        "les sommes ne changent pas. Qui, pourquoi et quand sont au journal du dossier et au journal d'audit (hypothèse H118).",
    )
    async def regler(request: Request, numero: Numero, numero_requete: Requete, donne: Annotated[Reglement, Body()]) -> RapprochementVu:
        async def run(work: Work) -> RapprochementVu:
            return rapprochement(await decision.regler(numero, numero_requete, donne.par, donne.motif, work))

        details: dict[str, Any] = {"requete": numero_requete, "par": donne.par, "motif": donne.motif}
        return await faire(service, request, "annulation-reglee", numero, run, ADMINISTRATION, **details)

    return router
