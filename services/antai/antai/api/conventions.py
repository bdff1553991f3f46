"""The conventions of an espace: prepared, downloaded, deposited signed, retrieved signed by both, renewed, terminated."""

import base64
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import Field

from antai.actes import espaces
from antai.api.auditer import Siret, agent, faire, lire, qui_agit
from antai.api.controle import Rang
from antai.api.titres import DOCUMENTS
from antai.api.vues_espace import ConventionVue, Formulaire
from antai.domain import convention as conventions
from antai.domain.convention import Convention, Signataire
from antai.domain.espace import DepotConvention, Espace
from antai.domain.refus_espace import ConventionASigner, ConventionNonDeposee, DocumentRefuse
from fps.droit.calculs import Cycle
from fps.droit.calendar import paris_date
from fps.kit.engine.service import Reading, Service
from fps.kit.engine.work import Work
from fps.kit.print.impression import render
from fps.kit.web.body import JsonRoute, expect_type, read_body
from fps.kit.wire.envelope import BODY_LIMIT
from fps.messages.formats import Jour, Ligne
from fps.villes.communes import commune

TAG = "Conventions"
TYPE: Final = "application/pdf"
TAILLE: Final = 5 * BODY_LIMIT  # bytes of a deposited document
CORPS: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "La convention signée, en PDF, de 5 Mio au plus",
        "content": {TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}
DOCUMENT: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {TYPE: {}}, "description": "Le document, en PDF"}}


class SignataireDonne(Formulaire):
    """Who signs for the collectivité."""

    nom: Ligne
    qualite: Ligne = Field(description="Qualité du signataire : maire, président…")


class NouvelleConvention(Formulaire):
    """A convention to prepare; by default of the cycle chosen in the settings, from today or from the end of the one before."""

    signataire: SignataireDonne
    cycle: Cycle | None = None
    effet_le: Jour | None = Field(None, description="Premier jour de la convention")


class Resiliation(Formulaire):
    """An early end."""

    le: Jour = Field(description="Premier jour sans convention")
    motif: Ligne


def routes(service: Service) -> APIRouter:
    """The routes of the conventions."""
    router = APIRouter(route_class=JsonRoute, dependencies=[agent(service)], tags=[TAG])

    @router.get("/espaces/{siret}/conventions", summary="Lister les conventions")
    async def lister(request: Request, siret: Siret) -> list[ConventionVue]:
        async def run(lecture: Reading) -> list[ConventionVue]:
            espace = await espaces.ouvert(siret, lecture.work)
            return [ConventionVue.voir(c, lecture.work.today) for c in espace.conventions]

        return await lire(service, request, "conventions", siret, run, qui_agit(request))

    @router.post("/espaces/{siret}/conventions", status_code=201, summary="Préparer une convention, ou son renouvellement")
    async def preparer(request: Request, siret: Siret, donnee: Annotated[NouvelleConvention, Body()]) -> ConventionVue:
        async def run(work: Work) -> ConventionVue:
            espace = await espaces.ouvert(siret, work)
            qui = Signataire(donnee.signataire.nom, donnee.signataire.qualite)
            preparee = espace.preparer_convention(donnee.cycle, qui, donnee.effet_le, work.now, work.today)
            return ConventionVue.voir(preparee, work.today)

        return await faire(service, request, "convention", siret, run, qui_agit(request))

    @router.delete("/espaces/{siret}/conventions/{rang}", status_code=204, summary="Abandonner une convention non signée par l'ANTAI")
    async def abandonner(request: Request, siret: Siret, rang: Rang) -> None:
        async def run(work: Work) -> None:
            espace = await espaces.ouvert(siret, work)
            espace.conventions = conventions.abandonner(espace.conventions, rang)
            work.unschedule(siret, espaces.SIGNATURE_CONVENTION)

        await faire(service, request, "convention-abandonnee", siret, run, qui_agit(request), rang=rang)

    @router.post("/espaces/{siret}/conventions/{rang}/resiliation", summary="Résilier une convention avant son terme")
    async def resilier(request: Request, siret: Siret, rang: Rang, donnee: Annotated[Resiliation, Body()]) -> ConventionVue:
        async def run(work: Work) -> ConventionVue:
            espace = await espaces.ouvert(siret, work)
            espace.conventions = conventions.resilier(espace.conventions, rang, donnee.le, donnee.motif, work.today)
            return ConventionVue.voir(conventions.trouver(espace.conventions, rang), work.today)

        details: dict[str, Any] = {"rang": rang, "le": donnee.le.isoformat()}
        return await faire(service, request, "convention-resiliee", siret, run, qui_agit(request), **details)

    documents(service, router)
    return router


def documents(service: Service, router: APIRouter) -> None:
    """The PDF of a convention: to sign, signed by the collectivité, signed by both."""

    @router.get("/espaces/{siret}/conventions/{rang}/modele", summary="Télécharger la convention à signer", responses=DOCUMENT)
    async def modele(request: Request, siret: Siret, rang: Rang) -> Response:
        async def run(lecture: Reading) -> tuple[Espace, Convention]:
            espace = await espaces.ouvert(siret, lecture.work)
            return espace, conventions.trouver(espace.conventions, rang)

        return await _pdf(*await lire(service, request, "convention-modele", siret, run, qui_agit(request)), signee=False)

    @router.put("/espaces/{siret}/conventions/{rang}/depot", summary="Déposer la convention signée (PDF)", openapi_extra=CORPS)
    async def deposer(request: Request, siret: Siret, rang: Rang) -> ConventionVue:
        expect_type(request, TYPE)
        pdf = await read_body(request, TAILLE)

        async def run(work: Work) -> ConventionVue:
            verifier_pdf(pdf)
            deposee = await espaces.deposer_convention(siret, rang, pdf, sha256(pdf).hexdigest(), work)
            return ConventionVue.voir(deposee, work.today)

        return await faire(service, request, "convention-deposee", siret, run, qui_agit(request), rang=rang, octets=len(pdf))

    @router.get("/espaces/{siret}/conventions/{rang}/depot", summary="Relire le document déposé", responses=DOCUMENT)
    async def relire(request: Request, siret: Siret, rang: Rang) -> Response:
        async def run(lecture: Reading) -> DepotConvention:
            espace = await espaces.ouvert(siret, lecture.work)
            convention = conventions.trouver(espace.conventions, rang)
            depot = await lecture.work.find(DepotConvention, siret, rang)
            if depot is None or depot.empreinte != convention.empreinte:
                raise ConventionNonDeposee(f"Collectivité {siret}, convention n° {rang}.")
            return depot

        depot = await lire(service, request, "convention-depot", siret, run, qui_agit(request))
        return Response(base64.b64decode(depot.contenu), media_type=TYPE)

    @router.get("/espaces/{siret}/conventions/{rang}/signee", summary="Récupérer la convention signée par l'ANTAI", responses=DOCUMENT)
    async def signee(request: Request, siret: Siret, rang: Rang) -> Response:
        async def run(lecture: Reading) -> tuple[Espace, Convention]:
            espace = await espaces.ouvert(siret, lecture.work)
            convention = conventions.trouver(espace.conventions, rang)
            if convention.signee_le is None:
                manque = ConventionNonDeposee if convention.deposee_le is None else ConventionASigner
                raise manque(f"Collectivité {siret}, convention n° {rang}.")
            return espace, convention

        return await _pdf(*await lire(service, request, "convention-signee", siret, run, qui_agit(request)), signee=True)


def verifier_pdf(contenu: bytes) -> None:
    """Raises DocumentRefuse: a PDF begins with its version and ends with its mark, whatever its name and its type."""
    if not contenu.startswith(b"%PDF-") or b"%%EOF" not in contenu[-1024:]:
        raise DocumentRefuse(f"{len(contenu)} octets.")


async def _pdf(espace: Espace, convention: Convention, *, signee: bool) -> Response:
    ville = commune(espace.siret)
    contenu = {
        "numero": f"{espace.siret}-{convention.rang:04d}",
        "siret": espace.siret,
        "collectivite": ville.nom,
        "adresse": espace.adresse.model_dump(),
        "cycle": convention.cycle,
        "debut": convention.debut,
        "fin": convention.fin,
        "signataire": convention.signataire.nom,
        "qualite": convention.signataire.qualite,
        "deposee_le": convention.deposee_le if signee else None,
        "empreinte": convention.empreinte if signee else None,
        "signee_le": convention.signee_le if signee else None,
        "resiliee_le": convention.resiliee_le if signee else None,
    }
    le = convention.signee_le if signee and convention.signee_le is not None else convention.proposee_le
    pdf = await run_in_threadpool(render, DOCUMENTS / "convention.typ", contenu, le=paris_date(le))
    return Response(pdf, media_type=TYPE)
