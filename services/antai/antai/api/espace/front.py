"""The API front: who is connected, for which collectivités, how each step stands, and what is missing, in words."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from antai.api.espace.auditer import lire
from antai.api.espace.vues import CertificatVu, ConventionVue, EtatDemande, IdentiteVue
from antai.domain.espace.espace import Espace
from antai.domain.espace.manques import manques
from antai.store.espaces import certificats_de
from fps.confiance.habilitation import Habilitation, Identite
from fps.confiance.refus import AccesRefuse, CertificatIllisible, CertificatRequis, EnteteNonCru
from fps.kit.engine.service import Reading, Service
from fps.kit.ground.clock import wall_now
from fps.kit.trust.acces import CERTIFICAT, marquer, refuser
from fps.kit.trust.habilitations import missing
from fps.kit.trust.identity import Trust, decrire
from fps.kit.web.body import JsonRoute
from fps.villes.communes import commune, est_connue

Demande = Annotated[str | None, Query(pattern=r"^[0-9]{14}$", description="Une collectivité de plus, même sans dépôt")]


class Manque(BaseModel):
    """One step that is not done yet."""

    siret: str | None = Field(description="Collectivité en cause ; absent tant qu'aucune n'est nommée")
    code: str
    phrase: str
    que_faire: str

    @classmethod
    def voir(cls, siret: str | None, refus: AccesRefuse) -> "Manque":
        """This refusal, in words."""
        return cls(siret=siret, code=refus.code, phrase=f"{refus.titre()}. {refus.detail.rstrip('.')}.", que_faire=refus.que_faire)


class Horloges(BaseModel):
    """The two times: conventions and habilitations follow the bac's, certificates the real one."""

    bac: str
    instant: datetime
    wall_time: datetime


class Connecte(IdentiteVue):
    """Who is connected, and whether the certificate is good today."""

    valable: bool
    code: str | None = Field(description="Pourquoi il ne l'est pas")
    phrase: str | None


class CollectiviteVue(BaseModel):
    """How one collectivité stands with this certificate."""

    siret: str
    nom: str | None
    espace: EtatDemande | None
    conventions: list[ConventionVue]
    certificat: CertificatVu | None = Field(description="Le dépôt de ce certificat : son état et son périmètre")


class Front(BaseModel):
    """The state of the connection; `manques` is empty when the first message FPS can be sent."""

    identite: Connecte
    horloges: Horloges
    collectivites: list[CollectiviteVue]
    manques: list[Manque]


def porte(service: Service) -> Any:
    """A door for who shows a certificate that can be read, even one that no other door would take."""

    async def check(request: Request) -> None:
        request.state.refus = None
        try:
            qui = service.extension(Trust).identifier(request.scope)
        except (EnteteNonCru, CertificatIllisible) as refus:
            await refuser(service, request, refus)
            raise
        except AccesRefuse as refus:
            request.state.refus = refus
            qui = decrire(request.scope["extensions"]["tls"]["client_cert_chain"][0])
        if qui is None:
            await refuser(service, request, CertificatRequis(f"{request.method} {request.url.path}"))
        request.state.identite = qui

    return marquer(check, CERTIFICAT)


def routes(service: Service) -> APIRouter:
    """The route of the API front."""
    router = APIRouter(route_class=JsonRoute, dependencies=[porte(service)], tags=["API front"])

    @router.get("/front", summary="Contrôler sa connexion : qui je suis, pour qui, et ce qui manque")
    async def front(request: Request, siret: Demande = None) -> Front:
        qui: Identite = request.state.identite
        refus: AccesRefuse | None = request.state.refus

        async def run(lecture: Reading) -> Front:
            return await _front(service, lecture, qui, refus, siret)

        return await lire(service, request, "front", siret or "", run, qui, note=True)

    return router


async def _front(service: Service, lecture: Reading, qui: Identite, refus: AccesRefuse | None, siret: str | None) -> Front:
    work = lecture.work
    deposes = {h.siret: h for h in await certificats_de(lecture.tx, work.bac.nom, cle=qui.cle)}
    propre = qui.siret if qui.siret is not None and est_connue(qui.siret) else None
    sirets = list(dict.fromkeys(s for s in (*deposes, propre, siret) if s is not None))
    vues, absents = [], []
    nommees: list[str | None] = [*sirets] or [None]
    for nom in nommees:
        espace = None if nom is None else await work.find(Espace, nom)
        depose = None if nom is None else deposes.get(nom)
        depot = await missing(qui, nom or "…", work)
        absents += [Manque.voir(nom, m) for m in manques(nom, espace, depose, refus, depot, work.now, work.today)]
        if nom is not None:
            vues.append(_vue(service, lecture, nom, espace, depose))
    valable = Connecte(
        **IdentiteVue.voir(qui).model_dump(),
        valable=refus is None,
        code=None if refus is None else refus.code,
        phrase=None if refus is None else f"{refus.titre()}. {refus.detail}",
    )
    horloges = Horloges(bac=work.bac.nom, instant=work.now, wall_time=wall_now())
    return Front(identite=valable, horloges=horloges, collectivites=vues, manques=absents)


def _vue(service: Service, lecture: Reading, siret: str, espace: Espace | None, depose: Habilitation | None) -> CollectiviteVue:
    work = lecture.work
    return CollectiviteVue(
        siret=siret,
        nom=commune(siret).nom if est_connue(siret) else None,
        espace=None if espace is None else EtatDemande.voir(espace),
        conventions=[] if espace is None else [ConventionVue.voir(c, work.today) for c in espace.conventions],
        certificat=None if depose is None else CertificatVu.voir(depose, service.extension(Trust), work.now),
    )
