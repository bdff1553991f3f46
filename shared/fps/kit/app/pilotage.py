"""The routes of the pilot, the same in every service: bacs, clock, journal, courriers, dead letters; closed to all but the console."""

import asyncio
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from fps.kit.app import lettres, piste, releve, verification, villes
from fps.kit.app.formes import (
    EtatBac,
    HeureMachine,
    PageAudit,
    PageJournal,
    PositionJournal,
)
from fps.kit.app.villes import VilleDonnee, annuaire
from fps.kit.data import tables
from fps.kit.engine import audit, avances, bacs, coming, journal, ledger
from fps.kit.engine import service as engine
from fps.kit.engine.service import Service
from fps.kit.ground.clock import DEBUT, FIN, Marche, civil_date, wall_now
from fps.kit.post.inbound import Inbound
from fps.kit.trust.acces import ADMINISTRATION, administration
from fps.kit.trust.ancres import Ancreur
from fps.kit.web.body import Router
from fps.kit.web.load import Part, part_of_request
from fps.kit.web.media import forme
from fps.messages.formats import Instant, Ligne
from fps.parties import Party
from fps.regles.echeances import Nature


def _possible(value: datetime) -> datetime:
    if not DEBUT <= value <= FIN:
        raise ValueError(f"un instant entre {DEBUT:%d/%m/%Y} et {FIN:%d/%m/%Y} est attendu")
    return value


def _maintenant(value: datetime) -> datetime:
    if abs(value - wall_now()) > ECART:
        raise ValueError(f"l'ancre est à plus de {ECART.seconds // 60} minutes de l'heure de cette machine")
    return value


REGARD = 0.25  # seconds between two looks at letters that wait
ECART = timedelta(minutes=5)  # between the machine that gives an anchor and this one
InstantBac = Annotated[Instant, AfterValidator(_possible)]
Ancre = Annotated[
    Annotated[Instant, AfterValidator(_maintenant)] | None,
    Field(description="instant réel d'où part l'horloge courante, le même dans les quatre services ; à défaut, maintenant"),
]
Position = Annotated[int, Query(ge=0, lt=1 << 40, description="la dernière position déjà lue")]


class NouveauBac(BaseModel):
    """Un monde à créer."""

    model_config = ConfigDict(extra="forbid")

    nom: str
    instant: InstantBac
    graine: str = Field("", max_length=100, description="vide : le nom du bac")
    mode: Marche = Marche.FIGE
    vitesse: int = Field(1, ge=1, le=86_400 * 31, description="secondes simulées par seconde réelle, en mode courant")
    vierge: bool = Field(False, description="sans espace numérique, convention ni certificat : tout est à enrôler")
    villes: list[VilleDonnee] | None = Field(None, description="à défaut, les villes livrées")
    ancre: Ancre = None


class ReglageHorloge(BaseModel):
    """Où mettre l'horloge, et comment elle va ensuite."""

    model_config = ConfigDict(extra="forbid")

    instant: InstantBac
    mode: Marche | None = None
    vitesse: int | None = Field(None, ge=1, le=86_400 * 31)
    ancre: Ancre = None


class PriseAvance(BaseModel):
    """Qui avance un bac, et jusqu'à quand."""

    model_config = ConfigDict(extra="forbid")

    jeton: str = Field(min_length=8, max_length=100, pattern=r"^[\x21-\x7e]+$", description="Tiré par qui avance, redonné à chaque étape")
    qui: Ligne = Field(description="Ce que lira celui qui devra attendre")
    cible: InstantBac


class FinAvance(BaseModel):
    """Où en était un bac à la fin de son avance."""

    model_config = ConfigDict(extra="forbid")

    bac: str
    instant: InstantBac
    prochaine_echeance: date | None
    en_attente: int = Field(ge=0, lt=1 << 40)


class DepartAvance(BaseModel):
    """Où va une avance qui porte une Idempotency-Key, et où en étaient les journaux à son début et à sa fin."""

    model_config = ConfigDict(extra="forbid")

    cible: InstantBac | None = None
    marques: dict[Party, int] | None = None
    marques_fin: dict[Party, int] | None = None
    fin: FinAvance | None = None
    donnees: dict[str, Any] | None = Field(None, description="Ce qu'une autre demande de la console doit retrouver si elle est coupée")
    lignes: list[Any] | None = Field(None, description="Ce qui a été répondu à cette autre demande, une fois faite")


class AvanceGardee(DepartAvance):
    """Ce qu'il faut en garder."""

    cle: str
    demande: str = Field(max_length=10_000, description="Ce qui était demandé : la même clé pour autre chose est refusée")


class EcheanceAttendue(BaseModel):
    """Un jour que le service attend."""

    sujet: str = Field(description="Le dossier : numéro du FPS, de la requête, ou SIRET d'un espace")
    nature: str = Field(description="Ce qui arrivera")
    libelle: str = Field(description="La même chose, en une phrase")
    article: str = Field(description="Le texte qui le veut, ou l'hypothèse")
    le: date = Field(description="Le jour où cela sera vécu")


class EtatAvance(EtatBac):
    """L'état d'un bac dont la date a avancé."""

    echeances_vecues: int = Field(description="Par cet appel")
    reste: bool = Field(description="Le jour n'est pas fini : un appel est borné, redemandez POST …/jour jusqu'à « false »")


def routes(service: Service, inbound: Inbound, ancreur: Ancreur) -> Router:
    """The pilot's routes for one service."""
    router = Router(prefix="/pilotage", dependencies=[administration(service)], tags=["pilotage"])

    natures: Mapping[str, Nature] = {str(nature): nature for nature in service.definition.deadlines}

    async def state(nom: str) -> EtatBac:
        async with service.database.read() as tx:
            return EtatBac.model_validate(await bacs.state(service, tx, nom))

    async def vecu(nom: str) -> EtatAvance:
        done = await service.live(nom, engine.SLICE)
        found = await state(nom)
        reste = found.prochaine_echeance is not None and found.prochaine_echeance <= civil_date(found.instant)
        return EtatAvance(**found.model_dump(), echeances_vecues=done, reste=reste)

    async def parti(nom: str, attente: float, part: Part | None) -> EtatBac:
        """The state of a bac, as soon as none of its letters waits here, or after so many seconds."""
        clock = asyncio.get_running_loop()
        end = clock.time() + attente
        while True:
            moved = service.moved  # before the look: what is committed after it is seen
            found = await state(nom)
            left = end - clock.time()
            if not found.en_attente or left <= 0:
                return found
            with (
                nullcontext() if part is None else part.resting(),
                suppress(TimeoutError),
            ):  # another process of this service may have taken the letters: looked at again in a moment
                async with asyncio.timeout(min(left, REGARD)):
                    await moved.wait()

    @router.get("/bacs", summary="Lister les bacs de ce service")
    async def lister() -> list[str]:
        async with service.database.read() as tx:
            return sorted(row[0] for row in await tx.select(_names()))

    @router.post("/bacs", status_code=201, summary="Créer un bac")
    async def creer(bac: NouveauBac) -> EtatBac:
        graine = bac.graine or bac.nom
        await bacs.create(
            service, bac.nom, graine, bac.mode, bac.instant, bac.vitesse, vierge=bac.vierge, ancre=bac.ancre, annuaire=annuaire(bac.villes)
        )
        await service.note(bac.nom, "bac", ADMINISTRATION, "création")
        return await state(bac.nom)

    @router.get("/bacs/{nom}", summary="Lire l'état d'un bac : date, prochaine échéance, comptes des lettres")
    async def etat(
        request: Request,
        nom: str,
        attente: Annotated[
            float, Query(ge=0, le=10, description="Secondes laissées aux lettres qui attendent : répondre dès leur départ")
        ] = 0,
    ) -> EtatBac:
        return await parti(nom, attente, part_of_request(request.scope))

    @router.delete("/bacs/{nom}", status_code=204, summary="Supprimer un bac et tout ce qu'il contient")
    async def supprimer(nom: str) -> None:
        await bacs.remove(service, nom)
        await service.note(nom, "bac", ADMINISTRATION, "suppression", nom=nom)

    @router.post("/bacs/{nom}/horloge", summary="Avancer l'horloge d'un bac, sans rien vivre encore")
    async def horloge_de(nom: str, reglage: ReglageHorloge) -> EtatBac:
        """D'abord chaque service reçoit le nouvel instant, avant qu'aucun ne le vive. Sauter une échéance est refusé."""
        await bacs.set_clock(service, nom, reglage.instant, reglage.mode, reglage.vitesse, reglage.ancre)
        return await state(nom)

    @router.post("/bacs/{nom}/jour", summary="Vivre ce qui est dû à la date du bac")
    async def vivre(nom: str) -> EtatAvance:
        """Ensuite chaque service vit ce qui est dû ; il répond quand tout est fait, ou après quelques secondes avec ce qui `reste`."""
        return await vecu(nom)

    @router.post("/bacs/{nom}/instant", summary="Avancer l'horloge de ce service et y vivre ce qui est dû")
    async def regler(nom: str, reglage: ReglageHorloge) -> EtatAvance:
        """Les deux à la fois, dans ce seul service : le monde entier avance par la console (POST /pilotage/bacs/{bac}/avance)."""
        await bacs.set_clock(service, nom, reglage.instant, reglage.mode, reglage.vitesse, reglage.ancre)
        return await vecu(nom)

    @router.get("/bacs/{nom}/echeances", summary="Lister ce qui échoit, dans l'ordre des jours")
    async def echeances(
        nom: str,
        nature: Annotated[str | None, Query(max_length=60, description="Une seule nature d'échéance")] = None,
        sujet: Annotated[str | None, Query(max_length=60, description="Un seul dossier")] = None,
        limite: Annotated[int, Query(ge=1, le=1_000)] = 100,
    ) -> list[EcheanceAttendue]:
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            found = await coming.coming(tx, nom, nature, sujet, limite)
        return [EcheanceAttendue(sujet=s, nature=n, libelle=natures[n].libelle, article=natures[n].article, le=le) for s, n, le in found]

    @router.put("/bacs/{nom}/avance", status_code=204, summary="Prendre un bac pour l'avancer, ou dire qu'on y est encore")
    async def prendre(nom: str, prise: PriseAvance) -> None:
        """Une seule avance à la fois : 409, avec qui avance. Celui qui se tait quinze secondes est remplacé."""
        await avances.prendre(service, nom, prise.jeton, prise.qui, prise.cible)

    @router.delete("/bacs/{nom}/avance", status_code=204, summary="Rendre un bac que l'on avançait")
    async def rendre(nom: str, jeton: Annotated[str, Query(max_length=100)]) -> None:
        await avances.rendre(service, nom, jeton)

    @router.put("/bacs/{nom}/avance/depart", summary="Garder d'où part et où va une avance qui porte une Idempotency-Key")
    async def garder(nom: str, avance: AvanceGardee) -> DepartAvance:
        """Ce qui en est su ; ce qui a été dit d'abord demeure."""
        dit = avance.model_dump(mode="json", exclude={"cle", "demande"})
        contenu = {champ: valeur for champ, valeur in dit.items() if valeur is not None}  # what `fin` says of no deadline is said
        return DepartAvance.model_validate(await avances.garder(service, nom, avance.cle, avance.demande, contenu))

    @router.get(
        "/bacs/{nom}/journal",
        summary="Lire le journal d'un bac, ou d'un dossier",
        response_model=None,
        responses=forme(PageJournal, "Une page du journal"),
    )
    async def lire_journal(
        nom: str, apres: Position = 0, sujet: str | None = None, limite: Annotated[int, Query(ge=1, le=10_000)] = 1_000
    ) -> dict[str, Any]:
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            found = await journal.lines(tx, nom, after=apres, subject=sujet, limit=limite)
        return {"lignes": [line.view(service.party) for line in found], "suite": len(found) == limite}

    @router.get("/bacs/{nom}/journal/fin", summary="Donner la position de la dernière ligne du journal")
    async def fin(nom: str) -> PositionJournal:
        """La place de la dernière ligne : ce qui vient après est nouveau."""
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            return PositionJournal(position=await journal.last(tx, nom))

    @router.get("/bacs/{nom}/soldes", summary="Lire les soldes des comptes")
    async def soldes(nom: str, sujet: str | None = None) -> dict[str, int]:
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            return await ledger.soldes(tx, nom, sujet)

    @router.get(
        "/bacs/{nom}/audit",
        summary="Lire le journal d'audit d'un bac (« ? » : ce qui ne nommait aucun bac)",
        response_model=None,
        responses=forme(PageAudit, "Une page du journal d'audit"),
    )
    async def lire_audit(nom: str, apres: Position = 0, limite: Annotated[int, Query(ge=1, le=10_000)] = 1_000) -> dict[str, Any]:
        async with service.database.read() as tx:
            found = await audit.lines(tx, nom, apres, limite)
        return {"lignes": [audit.view(service.party, row) for row in found], "suite": len(found) == limite}

    piste.routes(router, service)
    verification.routes(router, service, ancreur)
    releve.routes(router, service)
    villes.routes(router, service)
    lettres.des_personnes(router, service)
    lettres.du_service(router, service, inbound)

    @router.get("/horloge", summary="Lire l'heure de la machine")
    async def horloge() -> HeureMachine:
        """L'heure de la machine, telle que ce service la voit : celles des quatre services doivent se suivre."""
        return HeureMachine(wall_time=wall_now())

    return router


def _names() -> Any:
    from sqlalchemy import select

    return select(tables.bacs.c.bac)
