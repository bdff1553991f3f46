"""Where a provider makes itself known to the court and to the DGFiP: it deposits its certificate, and asks what is still missing."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Body, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Text, bindparam, select

from fps.confiance import depots
from fps.confiance.habilitation import Habilitation, Identite, Permission, verifier_habilitation
from fps.confiance.refus import AccesRefuse, NonActive
from fps.kit.data import tables
from fps.kit.engine.audit import nommer
from fps.kit.engine.service import Reading, Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust import front as commun
from fps.kit.trust.acces import auteur, certificat, porteur, refuser
from fps.kit.trust.front import CertificatVu, CollectiviteVue, Demande, Front, Manque, connecte, porte
from fps.kit.trust.habilitations import RECORD, missing
from fps.kit.trust.identity import Trust
from fps.kit.web.body import Router
from fps.messages.formats import Instant, Ligne
from fps.messages.formats import Siret as SiretTexte

TAG = "Certificats"
Siret = Annotated[str, Path(pattern=r"^[0-9]{14}$", description="SIRET de la collectivité")]
Empreinte = Annotated[str, Path(pattern=r"^([0-9a-f]{64}|service:collectivite)$", description="SHA-256 du certificat, en hexadécimal")]
Manques = Callable[[str, Work], Awaitable[list[AccesRefuse]]]  # the steps of a collectivité that are missing, in their order
Avant = Callable[[str, Work], Awaitable[None]]  # what must be true of a collectivité before an act: raises the step that is missing
Permis = Callable[[Service, Request], Awaitable[None]]  # whether the holder of a session may do what engages the collectivité
_H = tables.habilitations.c
_DEPOTS: Any = (
    select(tables.habilitations).where(_H.bac == bindparam("nom", type_=Text), _H.cle == bindparam("cle", type_=Text)).order_by(_H.siret)
)


class DepotCertificat(BaseModel):
    """Le dépôt du certificat que montre la connexion."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"siret": "21590350100017", "prestataire": "Exemple Stationnement"}}
    )

    siret: SiretTexte
    prestataire: Ligne = Field(description="Nom du prestataire, ou de la collectivité elle-même")
    effet_le: Instant | None = Field(None, description="Pas avant cet instant du bac (production d'avance)")


async def deposes(lecture: Reading, cle: str) -> list[Habilitation]:
    """Where a certificate is deposited in this bac."""
    return [RECORD.item(row) for row in await lecture.tx.select(_DEPOTS, nom=lecture.work.bac.nom, cle=cle)]


async def etapes(
    siret: str | None,
    qui: Identite,
    refus: AccesRefuse | None,
    habilitation: Habilitation | None,
    permissions: frozenset[Permission],
    avant: list[AccesRefuse],
    work: Work,
) -> list[Manque]:
    """Everything that keeps a certificate from its messages, in order: the collectivité's own steps, the certificate, deposit, activation.

    `siret` None: no collectivité is named yet. `refus`: why the certificate is not good today.
    """
    found = [*avant, *([refus] if refus is not None else [])]
    if habilitation is None:
        found.append(await missing(qui, siret or "…", work))
        found.append(NonActive("Aucune collectivité n'est nommée : GET /front?siret=…" if siret is None else f"Collectivité {siret}."))
    else:
        try:
            verifier_habilitation(habilitation, permissions, None, work.now)
        except AccesRefuse as manque:
            found.append(manque)
    return [Manque.voir(siret, manque) for manque in found]


def routes(service: Service, permissions: frozenset[Permission], avant: Avant, manques: Manques) -> Router:
    """POST /certificats and GET /front. `avant` is checked before a deposit."""
    toutes = Router()
    depot = Router(dependencies=[certificat(service)], tags=[TAG])
    controle = Router(dependencies=[porte(service)], tags=[TAG])
    trust = service.extension(Trust)

    @depot.post("/certificats", status_code=201, summary="Déposer le certificat de la connexion pour une collectivité")
    async def deposer(request: Request, demande: Annotated[DepotCertificat, Body()]) -> CertificatVu:
        qui = porteur(request)

        async def run(work: Work) -> CertificatVu:
            ancienne = await work.find(Habilitation, qui.cle, demande.siret)
            nouvelle = depots.deposer(
                ancienne, qui, demande.siret, demande.prestataire, tuple(permissions), demande.effet_le, work.now, work.villes
            )
            await avant(demande.siret, work)
            work.add(nouvelle)
            work.audit("depot-certificat", qui, demande.siret)
            return CertificatVu.voir(nouvelle, trust, work.now)

        return await service.ask(bac_of(request), run)

    @controle.get("/front", summary="Contrôler sa connexion : qui je suis, pour qui, et ce qui manque")
    async def front(request: Request, siret: Demande = None) -> Front:
        qui, refus = connecte(request)
        async with service.reading(bac_of(request)) as lecture:
            work = lecture.work
            trouvees = {h.siret: h for h in await deposes(lecture, qui.cle)}
            vues, absents = [], []
            for nom in commun.nommees(qui, trouvees, siret, work.villes):
                depose = None if nom is None else trouvees.get(nom)
                ville = None if nom is None else work.villes.chercher(nom, work.today)
                absents += await etapes(
                    nom, qui, refus, depose, permissions, [] if ville is None else await manques(ville.siret, work), work
                )
                if nom is not None:
                    vu = None if depose is None else CertificatVu.voir(depose, trust, work.now)
                    vues.append(CollectiviteVue(siret=nom, nom=None if ville is None else ville.nom, certificat=vu))
            return Front(identite=commun.identite(qui, refus), horloges=commun.horloges(work), collectivites=vues, manques=absents)

    toutes.take(depot)
    toutes.take(controle)
    return toutes


def gestion(service: Service, prefixe: str, porte: Any, permis: Permis, avant: Avant) -> Router:
    """Under a prefix that names {siret}: list, activate, deactivate; `permis` says who may act, `avant` what an activation needs."""
    router = Router(dependencies=[porte], tags=[TAG])

    @router.get(f"{prefixe}/certificats", summary="Lister les certificats déposés pour une collectivité")
    async def lister(request: Request, siret: Siret) -> list[CertificatVu]:
        async with service.reading(bac_of(request)) as lecture:
            lecture.work.ville(siret)
            rows = await lecture.tx.load(tables.habilitations, [(lecture.work.bac.nom, siret)], ("bac", "siret"))
            trouvees = sorted((RECORD.item(row) for row in rows), key=lambda h: (h.deposee_le, h.cle))
            return [CertificatVu.voir(h, service.extension(Trust), lecture.work.now) for h in trouvees]

    async def changer(request: Request, siret: str, empreinte: str, acte: str, agir: Callable[[Habilitation, Work], None]) -> CertificatVu:
        await permis(service, request)

        async def run(work: Work) -> CertificatVu:
            habilitation = depots.connue(await work.find(Habilitation, empreinte, siret), siret)
            if acte == "activation":
                await avant(siret, work)
                if habilitation.certificat:
                    service.extension(Trust).reconnaitre(habilitation.certificat)
            agir(habilitation, work)
            work.audit(f"{acte}-certificat", auteur(request), f"{siret} {habilitation.cle}")
            return CertificatVu.voir(habilitation, service.extension(Trust), work.now)

        return await service.ask(bac_of(request), run)

    @router.post(f"{prefixe}/certificats/{{empreinte}}/activation", summary="Activer un certificat déposé")
    async def activer(request: Request, siret: Siret, empreinte: Empreinte) -> CertificatVu:
        return await changer(request, siret, empreinte, "activation", lambda h, work: depots.activer(h, work.now))

    @router.post(f"{prefixe}/certificats/{{empreinte}}/desactivation", summary="Désactiver un certificat")
    async def desactiver(request: Request, siret: Siret, empreinte: Empreinte) -> CertificatVu:
        return await changer(request, siret, empreinte, "desactivation", lambda h, work: depots.desactiver(h))

    return router


async def habilite(service: Service, request: Request, siret: str, permissions: frozenset[Permission], avant: Avant, quoi: str) -> Identite:
    """Who may read for a collectivité by its certificate: raises the step that is missing, kept in the audit journal."""
    qui = porteur(request)
    try:
        async with service.reading(bac_of(request)) as lecture:
            await avant(siret, lecture.work)
            trouvee = await lecture.work.find(Habilitation, qui.cle, siret)
            if trouvee is None:
                raise await missing(qui, siret, lecture.work)
            verifier_habilitation(trouvee, permissions, None, lecture.work.now, quoi=quoi)
    except AccesRefuse as error:
        await refuser(service, request, error, nommer(qui))
    return qui
