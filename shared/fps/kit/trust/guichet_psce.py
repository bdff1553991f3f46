"""The counter of the test PSCE, outside the bacs: requests received, certificates listed and revoked, CRL and authorities published."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from fps.errors import Introuvable, Refus
from fps.kit.engine.audit import SANS_BAC
from fps.kit.engine.once import ASKED
from fps.kit.engine.service import Service
from fps.kit.trust import psce
from fps.kit.trust.acces import ADMINISTRATION, administration, publique
from fps.kit.trust.identity import Trust
from fps.kit.trust.pki import CHEMIN_CRL
from fps.kit.web.body import Router, expect_type, read_body
from fps.kit.web.media import fichier
from fps.kit.wire.envelope import BODY_LIMIT
from fps.messages.formats import Instant

PKCS10: Final = "application/pkcs10"
DEMANDES: Final = (PKCS10, "application/x-pem-file", "application/octet-stream", "application/x-www-form-urlencoded")  # what curl sends
PEM: Final = "application/pem-certificate-chain"
CRL_PEM, CRL_DER = "application/x-pem-file", "application/pkix-crl"
DEMANDE: Final = {
    "requestBody": {
        "required": True,
        "description": "Demande PKCS#10 (PEM ou DER), telle que « openssl req -new » ou « fps psce cle » l'écrit",
        "content": {PKCS10: {"schema": {"type": "string", "format": "binary"}}},
    },
}
Siret = Annotated[str, Query(max_length=20, description="SIRET déclaré du titulaire, 14 chiffres", examples=["21590350100017"])]


class HorsBac(Introuvable):
    """Le PSCE de test n'est pas dans un bac"""

    code = "psce-hors-bac"
    que_faire = "Retirez le préfixe /bacs/NOM de l'adresse : ses certificats valent pour tous les bacs."


class CertificatEmis(BaseModel):
    """Un certificat émis par le PSCE de test, et ce qu'il vaut à cet instant du jour réel."""

    serie: str = Field(description="numéro de série, en hexadécimal")
    siret: str
    organisation: str
    nom: str
    valide_du: datetime
    valide_au: datetime
    emis_le: datetime
    empreinte: str = Field(description="SHA-256 du certificat, en hexadécimal")
    certificat: str = Field(description="le certificat, en PEM")
    statut: psce.Statut
    revoque_le: datetime | None
    motif: psce.MotifRevocation | None


class CertificatsEmis(BaseModel):
    """Les certificats émis, le dernier d'abord."""

    total: int
    elements: list[CertificatEmis]


class Revocation(BaseModel):
    """Pourquoi un certificat ne doit plus être cru."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"motif": "cessation"}})

    motif: psce.MotifRevocation = psce.MotifRevocation.NON_PRECISE


def routes(service: Service) -> Router:
    """The routes of the PSCE; every issue, refusal and revocation is kept in the audit journal."""
    pki = service.extension(Trust).pki
    outside, tags = Router(), ["PSCE de test"]
    closed = Router(prefix="/psce", tags=tags, dependencies=[administration(service)])
    open_ = Router(prefix="/psce", tags=tags, dependencies=[publique()])

    async def kept(acte: str, objet: str, run: Any) -> psce.Emis:
        try:
            found: psce.Emis = await asyncio.to_thread(run)
        except Refus as error:
            await service.note(SANS_BAC, "psce", ADMINISTRATION, f"{acte} {objet[:60]}", code=error.code)
            raise
        await service.note(SANS_BAC, "psce", ADMINISTRATION, f"{acte} {found.serie}", siret=found.siret)
        return found

    @closed.post(
        "/certificats",
        status_code=201,
        response_model=CertificatEmis,
        summary="Émettre un certificat",
        openapi_extra=DEMANDE,
        responses=fichier(f"Le certificat ; en PEM, avec l'en-tête « Accept : {PEM} »", PEM, status=201),
    )
    async def emettre(
        request: Request,
        siret: Siret,
        duree: Annotated[timedelta, Query(description="durée de validité, ISO 8601 : P365D, PT30S")] = psce.DUREE,
        debut: Annotated[Instant | None, Query(description="début de validité ; tout de suite à défaut")] = None,
    ) -> Any:
        hors_bac(request)
        expect_type(request, *DEMANDES, required=False)
        csr, pour = await read_body(request, BODY_LIMIT), request.scope.get(ASKED)
        emis = await kept("émission", siret, lambda: psce.emettre(pki, csr, siret, duree=duree, debut=debut, pour=pour))
        if PEM in request.headers.get("accept", ""):
            return Response(emis.certificat, 201, media_type=PEM)
        return psce.vue(emis, pki)

    @closed.get("/certificats", response_model=CertificatsEmis, summary="Lister les certificats émis")
    async def lister(
        request: Request,
        siret: Annotated[str | None, Query(max_length=20, description="d'un seul titulaire")] = None,
        limite: Annotated[int, Query(ge=1, le=1_000, description="les derniers")] = 100,
    ) -> Any:
        hors_bac(request)
        found = await asyncio.to_thread(psce.lister, pki, siret)
        return {"total": len(found), "elements": [psce.vue(emis, pki) for emis in found[:limite]]}

    @closed.post("/certificats/{serie}/revocation", response_model=CertificatEmis, summary="Révoquer un certificat, tout de suite")
    async def revoquer(request: Request, serie: str, revocation: Revocation | None = None) -> Any:
        hors_bac(request)
        motif = (revocation or Revocation()).motif
        return psce.vue(await kept("révocation", serie, lambda: psce.revoquer(pki, serie, motif)), pki)

    @open_.get("/crl", summary="Liste des certificats révoqués", response_class=Response, responses=fichier("La liste", CRL_PEM, CRL_DER))
    async def crl(request: Request, format: Literal["pem", "der"] = "pem") -> Response:
        hors_bac(request)
        if format == "der":
            return Response(await asyncio.to_thread(psce.der, pki), media_type=CRL_DER)
        return Response(await asyncio.to_thread((pki.publics / CHEMIN_CRL).read_bytes), media_type=CRL_PEM)

    @open_.get(
        "/autorites",
        summary="Autorités de test : PSCE, services, racine",
        response_class=Response,
        responses=fichier("Leurs certificats", PEM),
    )
    async def autorites(request: Request) -> Response:
        hors_bac(request)
        return Response(psce.chaine(pki), media_type=PEM)

    outside.take(closed)
    outside.take(open_)
    return outside


def hors_bac(request: Request) -> None:
    """Raises HorsBac when the address names a bac."""
    if "fps.bac" in request.scope:
        raise HorsBac(f"{request.method} {request.url.path}")
