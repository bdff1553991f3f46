"""What a FPS would be there and then, and why: the same rules as the agent's terminal, and nothing is written."""

from typing import Annotated

from fastapi import Path, Query, Request
from pydantic import Field

from collectivite.actes import controle as actes
from collectivite.api.formes import Vue
from collectivite.domain.stationnement import Verdict
from fps.droit.explication import Derivation
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.messages.formats import CodePostal, Court, Instant, InstantVu, Ligne, Pays, Plaque
from fps.messages.parties_prenantes import Categorie


class CalculVu(Vue):
    """Ce que serait un FPS à cet endroit et à cet instant ; montants en centimes. Rien n'est écrit."""

    siret: str
    zone: str
    immatriculation: str
    categorie: Categorie
    instant: InstantVu
    verdict: Verdict
    raison: str
    montant: int | None = Field(description="Montant dû, le dernier paiement déduit ; nul quand aucun FPS ne peut être établi")
    montant_deduit: int
    montant_minore: int | None = Field(description="Montant de qui paie vite, quand la collectivité en accorde un")
    fin_effets: InstantVu | None
    arbre: Derivation | None = Field(description="Comment le montant a été trouvé, règle par règle")


def routes(service: Service) -> Router:
    """GET /communes/{siret}/calcul."""
    router = Router(dependencies=[administration(service)])

    @router.get("/communes/{siret}/calcul", tags=["Communes"], summary="Calculer le FPS d'un véhicule, sans l'établir")
    async def calculer(
        request: Request,
        siret: Annotated[str, Path(pattern=r"^[0-9]{14}$")],
        immatriculation: Annotated[Plaque, Query()],
        categorie: Annotated[Categorie, Query()] = "voiture",
        pays: Annotated[Pays | None, Query(description="À défaut, tout pays convient")] = None,
        zone: Annotated[Court | None, Query(description="À défaut, celle de la voie ou du code postal")] = None,
        voie: Annotated[Ligne | None, Query(description="Voie, avec ou sans numéro")] = None,
        code_postal: Annotated[CodePostal | None, Query()] = None,
        instant: Annotated[Instant | None, Query(description="À défaut, l'heure du bac")] = None,
    ) -> CalculVu:
        async with service.reading(bac_of(request)) as lecture:
            vue = actes.PlaqueVue(immatriculation, pays, zone, voie, code_postal)
            return CalculVu.model_validate(await actes.evaluer(siret, vue, categorie, instant, lecture.work))

    return router
