"""The PDF of a convention: to sign, signed by the collectivité, signed by both."""

import base64
from hashlib import sha256
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from antai.actes.espace import convention as actes
from antai.actes.espace.espace import ouvert
from antai.api.documents import imprimer_pdf
from antai.api.espace.auditer import agent, faire, lire
from antai.api.espace.conventions import TAG, Rang
from antai.api.espace.vues import ConventionVue
from antai.api.vues import Siret
from antai.domain.espace import convention as conventions
from antai.domain.espace.convention import Convention
from antai.domain.espace.espace import DepotConvention, Espace
from antai.domain.espace.refus import ConventionASigner, ConventionNonDeposee, DocumentRefuse
from fps.droit.calendar import paris_date
from fps.kit.engine.service import Reading, Service
from fps.kit.engine.work import Work
from fps.kit.trust.acces import auteur
from fps.kit.web.body import Router, expect_type, read_body
from fps.kit.web.media import DOCUMENT
from fps.kit.wire.envelope import BODY_LIMIT

TYPE: Final = "application/pdf"
TAILLE: Final = 5 * BODY_LIMIT  # bytes of a deposited document
CORPS: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "La convention signée, en PDF, de 5 Mio au plus",
        "content": {TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


def routes(service: Service) -> Router:
    """The routes of the PDF of a convention."""
    router = Router(dependencies=[agent(service)], tags=[TAG])

    @router.get(
        "/espaces/{siret}/conventions/{rang}/modele",
        summary="Télécharger la convention à signer",
        response_class=Response,
        responses=DOCUMENT,
    )
    async def modele(request: Request, siret: Siret, rang: Rang) -> Response:
        async def run(lecture: Reading) -> tuple[Espace, Convention, str]:
            espace = await ouvert(siret, lecture.work)
            return espace, conventions.trouver(espace.conventions, rang), lecture.work.ville(siret).nom

        return await _pdf(*await lire(service, request, "convention-modele", siret, run, auteur(request)), signee=False)

    @router.put("/espaces/{siret}/conventions/{rang}/depot", summary="Déposer la convention signée (PDF)", openapi_extra=CORPS)
    async def deposer(request: Request, siret: Siret, rang: Rang) -> ConventionVue:
        expect_type(request, TYPE)
        pdf = await read_body(request, TAILLE)

        async def run(work: Work) -> ConventionVue:
            verifier_pdf(pdf)
            deposee = await actes.deposer(siret, rang, pdf, sha256(pdf).hexdigest(), work)
            return ConventionVue.voir(deposee, work.today)

        return await faire(service, request, "convention-deposee", siret, run, auteur(request), rang=rang, octets=len(pdf))

    @router.get(
        "/espaces/{siret}/conventions/{rang}/depot", summary="Relire le document déposé", response_class=Response, responses=DOCUMENT
    )
    async def relire(request: Request, siret: Siret, rang: Rang) -> Response:
        async def run(lecture: Reading) -> DepotConvention:
            espace = await ouvert(siret, lecture.work)
            convention = conventions.trouver(espace.conventions, rang)
            depot = await lecture.work.find(DepotConvention, siret, rang)
            if depot is None or depot.empreinte != convention.empreinte:
                raise ConventionNonDeposee(f"Collectivité {siret}, convention n° {rang}.")
            return depot

        depot = await lire(service, request, "convention-depot", siret, run, auteur(request))
        return Response(base64.b64decode(depot.contenu), media_type=TYPE)

    @router.get(
        "/espaces/{siret}/conventions/{rang}/signee",
        summary="Récupérer la convention signée par l'ANTAI",
        response_class=Response,
        responses=DOCUMENT,
    )
    async def signee(request: Request, siret: Siret, rang: Rang) -> Response:
        async def run(lecture: Reading) -> tuple[Espace, Convention, str]:
            espace = await ouvert(siret, lecture.work)
            convention = conventions.trouver(espace.conventions, rang)
            if convention.signee_le is None:
                manque = ConventionNonDeposee if convention.deposee_le is None else ConventionASigner
                raise manque(f"Collectivité {siret}, convention n° {rang}.")
            return espace, convention, lecture.work.ville(siret).nom

        return await _pdf(*await lire(service, request, "convention-signee", siret, run, auteur(request)), signee=True)

    return router


def verifier_pdf(contenu: bytes) -> None:
    """Raises DocumentRefuse: a PDF begins with its version and ends with its mark, whatever its name and its type."""
    if not contenu.startswith(b"%PDF-") or b"%%EOF" not in contenu[-1024:]:
        raise DocumentRefuse(f"{len(contenu)} octets.")


async def _pdf(espace: Espace, convention: Convention, nom: str, *, signee: bool) -> Response:
    contenu = {
        "numero": f"{espace.siret}-{convention.rang:04d}",
        "siret": espace.siret,
        "collectivite": nom,
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
    return await imprimer_pdf("convention.typ", contenu, paris_date(le))
