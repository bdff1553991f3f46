"""The certificates deposited for a collectivité, for its agents: listed, activated, bounded, replaced, deactivated."""

from typing import Annotated, Any

from fastapi import Body, Path, Request
from pydantic import ConfigDict, Field

from antai.actes.espace import certificats as actes
from antai.actes.espace.espace import ouvert
from antai.api.espace.auditer import agent, faire, lire
from antai.api.espace.depot import TAG, EffetLe, Permissions, Zones
from antai.api.espace.vues import Formulaire
from antai.api.vues import Siret
from antai.store.espaces import certificats_de
from fps.kit.engine.service import Reading, Service
from fps.kit.engine.work import Work
from fps.kit.trust.acces import auteur
from fps.kit.trust.front import CertificatVu
from fps.kit.trust.identity import Trust
from fps.kit.web.body import Router
from fps.messages.formats import Instant

CLE = r"^(?:[0-9a-f]{64}|service:[a-z]+)$"
Cle = Annotated[str, Path(pattern=CLE, description="SHA-256 du certificat déposé, ou le système de référence du simulateur")]


class Perimetre(Formulaire):
    """Ce que la collectivité permet au certificat ; ce qui est absent reste tel quel."""

    model_config = ConfigDict(json_schema_extra={"example": {"zones": ["rouge"], "droits": ["emission"]}})

    zones: Zones | None = None
    droits: Permissions | None = None
    effet_le: EffetLe = None


class Activation(Perimetre):
    """Une activation, au besoin à la place d'un autre certificat, bon avec lui jusqu'à un instant."""

    model_config = ConfigDict(json_schema_extra={"example": {"zones": [], "droits": ["emission"]}})

    remplace: Annotated[str | None, Field(pattern=CLE, description="Certificat remplacé")] = None
    ancien_jusqu_a: Annotated[Instant | None, Field(description="Fin de l'ancien ; absent : aussitôt")] = None


def routes(service: Service) -> Router:
    """What the agents of the collectivité do of the deposited certificates."""
    router = Router(dependencies=[agent(service)], tags=[TAG])

    @router.get("/espaces/{siret}/certificats", summary="Lister les certificats déposés")
    async def lister(request: Request, siret: Siret) -> list[CertificatVu]:
        async def run(lecture: Reading) -> list[CertificatVu]:
            await ouvert(siret, lecture.work)
            trouves = await certificats_de(lecture.tx, lecture.work.bac.nom, siret=siret)
            return [CertificatVu.voir(h, service.extension(Trust), lecture.work.now) for h in trouves]

        return await lire(service, request, "certificats", siret, run, auteur(request))

    @router.post("/espaces/{siret}/certificats/{cle}/activation", summary="Activer ou réactiver un certificat, dans son périmètre")
    async def activer(request: Request, siret: Siret, cle: Cle, donnee: Annotated[Activation, Body()]) -> CertificatVu:
        async def run(work: Work) -> CertificatVu:
            parts = donnee.zones, donnee.droits, donnee.effet_le, donnee.remplace, donnee.ancien_jusqu_a
            active = await actes.activer(siret, cle, *parts, service.extension(Trust).reconnaitre, work)
            return CertificatVu.voir(active, service.extension(Trust), work.now)

        details: dict[str, Any] = {"certificat": cle, "remplace": donnee.remplace}
        return await faire(service, request, "certificat-active", siret, run, auteur(request), **details)

    @router.post("/espaces/{siret}/certificats/{cle}/desactivation", summary="Désactiver un certificat")
    async def desactiver(request: Request, siret: Siret, cle: Cle) -> CertificatVu:
        async def run(work: Work) -> CertificatVu:
            return CertificatVu.voir(await actes.desactiver(siret, cle, work), service.extension(Trust), work.now)

        return await faire(service, request, "certificat-desactive", siret, run, auteur(request), certificat=cle)

    @router.put("/espaces/{siret}/certificats/{cle}/perimetre", summary="Changer le périmètre d'un certificat")
    async def regler(request: Request, siret: Siret, cle: Cle, donne: Annotated[Perimetre, Body()]) -> CertificatVu:
        async def run(work: Work) -> CertificatVu:
            habilitation = await actes.regler(siret, cle, donne.zones, donne.droits, donne.effet_le, work)
            return CertificatVu.voir(habilitation, service.extension(Trust), work.now)

        return await faire(service, request, "certificat-perimetre", siret, run, auteur(request), certificat=cle)

    return router
