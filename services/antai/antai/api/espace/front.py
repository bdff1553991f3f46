"""The API front of the ANTAI: who is connected, for which collectivités, how each step stands, and what is missing, in words."""

from collections.abc import Sequence

from fastapi import Request

from antai.api.espace.auditer import lire
from antai.api.espace.vues import ConventionVue, EtatDemande
from antai.domain.espace.espace import Espace
from antai.domain.espace.manques import manques
from antai.store.espaces import certificats_de
from fps.confiance.habilitation import Habilitation, Identite
from fps.confiance.refus import AccesRefuse
from fps.kit.engine.service import Reading, Service
from fps.kit.trust import front as commun
from fps.kit.trust.front import CertificatVu, Demande, Manque, connecte, porte
from fps.kit.trust.habilitations import missing
from fps.kit.trust.identity import Trust
from fps.kit.web.body import Router


class CollectiviteEnrolee(commun.CollectiviteVue):
    """Où en est une collectivité avec ce certificat, son espace numérique et ses conventions compris."""

    espace: EtatDemande | None
    conventions: list[ConventionVue]


class FrontAntai(commun.Front):
    """L'état de la connexion ; « manques » est vide quand le premier message FPS peut partir."""

    collectivites: Sequence[CollectiviteEnrolee]


def routes(service: Service) -> Router:
    """The route of the API front."""
    router = Router(dependencies=[porte(service)], tags=["API front"])

    @router.get("/front", summary="Contrôler sa connexion : qui je suis, pour qui, et ce qui manque")
    async def front(request: Request, siret: Demande = None) -> FrontAntai:
        qui, refus = connecte(request)

        async def run(lecture: Reading) -> FrontAntai:
            return await _front(service, lecture, qui, refus, siret)

        return await lire(service, request, "front", siret or "", run, qui, note=True)

    return router


async def _front(service: Service, lecture: Reading, qui: Identite, refus: AccesRefuse | None, siret: str | None) -> FrontAntai:
    work = lecture.work
    deposes = {h.siret: h for h in await certificats_de(lecture.tx, work.bac.nom, cle=qui.cle)}
    vues, absents = [], []
    for nom in commun.nommees(qui, deposes, siret, work.villes):
        espace = None if nom is None else await work.find(Espace, nom)
        depose = None if nom is None else deposes.get(nom)
        depot = await missing(qui, nom or "…", work)
        absents += [Manque.voir(nom, m) for m in manques(nom, espace, depose, refus, depot, work.now, work.today)]
        if nom is not None:
            vues.append(_vue(service, lecture, nom, espace, depose))
    return FrontAntai(identite=commun.identite(qui, refus), horloges=commun.horloges(work), collectivites=vues, manques=absents)


def _vue(service: Service, lecture: Reading, siret: str, espace: Espace | None, depose: Habilitation | None) -> CollectiviteEnrolee:
    work = lecture.work
    ville = work.villes.chercher(siret, work.today)
    return CollectiviteEnrolee(
        siret=siret,
        nom=None if ville is None else ville.nom,
        espace=None if espace is None else EtatDemande.voir(espace, work),
        conventions=[] if espace is None else [ConventionVue.voir(c, work.today) for c in espace.conventions],
        certificat=None if depose is None else CertificatVu.voir(depose, service.extension(Trust), work.now),
    )
