"""The box of an editor seen from outside: letters taken and acknowledged, history, destination; for its holder, and for the pilot."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import Path, Query, Request

from fps.confiance.habilitation import Habilitation, Identite, Permission
from fps.confiance.refus import AccesRefuse, HorsPerimetre
from fps.droit import droit
from fps.kit.boxes import boites
from fps.kit.boxes.boites import LECTEURS, Acheminement, Destination, LettreEnBoite
from fps.kit.boxes.destinations import choisir, rejouer
from fps.kit.boxes.signature import Signataire, nom_de_boite
from fps.kit.boxes.sonnette import Boites
from fps.kit.boxes.vues import HISTOIRE, Accuse, Acquittees, Choix, DestinationVue, LettreRetiree, PageLettres, Rejouees
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.engine import bacs
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.ground.clock import PARIS, civil_date, wall_now
from fps.kit.ground.faults import Overloaded
from fps.kit.trust.acces import ADMINISTRATION, administration, certificat, porteur, refuser
from fps.kit.trust.habilitations import habilitee, sans_condition
from fps.kit.trust.identity import Trust
from fps.kit.web.body import Router
from fps.kit.web.load import Part, part_of_request
from fps.kit.web.quotas import ATTENTES, TropDeDemandes

T = TypeVar("T")
GUET = 1.0  # seconds between two looks at a box: another process of the same service rings no bell here
ECOUTES = 200  # callers that may wait at the same time
Siret = Annotated[str, Path(pattern=r"^[0-9]{14}$", description="SIRET de la collectivité")]
SiretDemande = Annotated[str, Query(pattern=r"^[0-9]{14}$", description="SIRET de la collectivité")]
Apres = Annotated[int, Query(ge=0, lt=1 << 40, description="position de la dernière lettre de la page précédente")]
Limite = Annotated[int, Query(ge=1, le=500)]


class Boite:
    """The box of one collectivité for one caller: each look checks anew what the caller may see."""

    service: Service  # written: what its acts refuse is read by this name

    def __init__(self, service: Service, bac: str, siret: str, qui: Identite):
        self.service, self.bac, self.siret, self.qui = service, bac, siret, qui

    async def ouvrir(self, work: Work) -> Habilitation:
        """The habilitation by which the caller opens the box; raises AccesRefuse, with the step that is missing."""
        if self.qui.pem:
            self.service.extension(Trust).reconnaitre(self.qui.pem)  # expired or revoked while it waited
        return await habilitee(
            self.service.definition.acces or sans_condition, None, self.qui, self.siret, frozenset(Permission), work, quoi="cette boîte"
        )

    async def regir(self, work: Work) -> None:
        """Raises AccesRefuse unless the caller may read every letter of this service: who moves the box moves them all."""
        found = await self.ouvrir(work)
        mine = [permissions for cls, permissions in LECTEURS.items() if cls.sender is self.service.party]
        if found.zones or not all(permissions & set(found.droits) for permissions in mine):
            raise HorsPerimetre(f"{found.prestataire} : la destination vaut pour toutes les lettres, son périmètre ne les couvre pas.")

    async def page(self, depuis: int | None, limite: int) -> list[LettreEnBoite]:
        """The letters that the caller may read: those not done with, or from a position on those of every state."""
        query = boites.PAGE_OUVERTES if depuis is None else boites.PAGE
        apres, found = depuis or 0, list[LettreEnBoite]()
        async with self.service.reading(self.bac) as reading:
            habilitation = await self.ouvrir(reading.work)
            while len(found) < limite:
                rows = await reading.tx.select(query, nom=self.bac, siret=self.siret, apres=apres, limite=limite)
                found += [x for x in map(boites.RECORD.item, rows) if x.lisible_par(habilitation)]
                if len(rows) < limite:
                    break
                apres = rows[-1][2]
        return found[:limite]

    async def attendre(self, depuis: int | None, limite: int, secondes: float, part: Part | None) -> list[LettreEnBoite]:
        """The same, waiting for a letter when there is none: without any transaction, and no longer than the service lives."""
        sonnette, horloge = self.service.extension(Boites).sonnette, asyncio.get_running_loop()
        if secondes and sonnette.ecoutes >= ECOUTES:
            raise Overloaded(f"{ECOUTES} appels attendent déjà une lettre")
        fin = horloge.time() + secondes
        permises = droit(civil_date(wall_now())).attentes_par_appelant
        if secondes and sonnette.ecoutes_de(self.qui.cle) >= permises:
            raise TropDeDemandes(f"{permises} appels de ce certificat attendent déjà.", 5, ATTENTES, permises)
        with sonnette.ecoute(self.bac, self.siret, self.qui.cle if secondes else "") as sonnerie:
            while True:
                sonnerie.clear()
                found = await self.page(depuis, limite)
                reste = fin - horloge.time()
                if found or reste <= 0 or sonnette.fermee:
                    return found
                with contextlib.nullcontext() if part is None else part.resting(), contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(min(reste, GUET)):
                        await sonnerie.wait()


async def tenir(service: Service, request: Request, siret: str, act: Callable[[Boite], Awaitable[T]]) -> T:
    """Do something with the box of a collectivité for who shows a certificate; what it may not do is kept in the audit journal."""
    boite = Boite(service, bac_of(request), siret, porteur(request))
    try:
        return await act(boite)
    except AccesRefuse as error:
        await refuser(service, request, error, boite.qui)
        raise


def routes(service: Service, signataire: Signataire) -> Router:
    """The routes of who holds a certificate that the collectivité has activated."""
    router = Router(dependencies=[certificat(service)], tags=["Lettres"])

    @router.get("/messages", summary="Prendre les lettres d'une collectivité, en attendant qu'il en vienne")
    async def prendre(
        request: Request,
        siret: SiretDemande,
        depuis: Annotated[
            int | None, Query(ge=0, lt=1 << 40, description="revoir les lettres après cette position, acquittées ou non")
        ] = None,
        attente: Annotated[float, Query(ge=0, le=30, description="secondes à attendre une lettre quand il n'y en a pas")] = 0,
        limite: Annotated[int, Query(ge=1, le=100)] = 50,
    ) -> PageLettres:
        bac = bac_of(request)
        found = await tenir(service, request, siret, lambda boite: boite.attendre(depuis, limite, attente, part_of_request(request.scope)))
        if found:
            await service.note(bac, "retrait", porteur(request), siret, lettres=len(found))
        url = nom_de_boite(service.party, bac, siret)
        lettres = [_retiree(x, signataire.signer(x.body, url=url, bac=bac, lettre=x.id, type_=x.type)) for x in found]
        return PageLettres(lettres=lettres, suite=found[-1].numero if found else depuis or 0)

    async def accuser(request: Request, siret: str, ids: Sequence[str]) -> Acquittees:
        async def act(boite: Boite) -> int:
            async def run(work: Work) -> int:
                return await boites.accuser(work, siret, ids, await boite.ouvrir(work))

            return await service.ask(boite.bac, run)

        done = await tenir(service, request, siret, act)
        # The next letters of these dossiers may go.
        service.database.after(partial(service.extension(Boites).sonnette.sonner, bac_of(request), [siret]))
        return Acquittees(acquittees=done)

    @router.post("/messages/accuses", summary="Acquitter un lot de lettres : toutes ou aucune")
    async def acquitter_lot(request: Request, accuse: Accuse) -> Acquittees:
        return await accuser(request, accuse.siret, accuse.ids)

    @router.post("/messages/{identifiant}/accuse", summary="Acquitter une lettre : elle n'est plus donnée")
    async def acquitter(request: Request, identifiant: str, siret: SiretDemande) -> Acquittees:
        return await accuser(request, siret, [identifiant])

    @router.get(
        "/boites/{siret}", summary="Lire l'histoire d'une boîte : chaque lettre, chaque essai", response_model=None, responses=HISTOIRE
    )
    async def histoire(request: Request, siret: Siret, apres: Apres = 0, limite: Limite = 100) -> dict[str, Any]:
        async def act(boite: Boite) -> dict[str, Any]:
            async with service.reading(boite.bac) as reading:
                habilitation = await boite.ouvrir(reading.work)
                return await historique(reading.tx, boite.bac, siret, apres, limite, habilitation)

        return await tenir(service, request, siret, act)

    @router.post("/boites/{siret}/rejouer", summary="Renvoyer maintenant les lettres en souffrance ou en attente, ou l'une d'elles")
    async def renvoyer(request: Request, siret: Siret, id: str | None = None) -> Rejouees:
        async def act(boite: Boite) -> Rejouees:
            return await _rejouer(service, boite.bac, siret, id, boite.regir)

        return await tenir(service, request, siret, act)

    @router.get("/destinations/{siret}", summary="Dire où vont les lettres d'une collectivité")
    async def lire(request: Request, siret: Siret) -> DestinationVue:
        async def act(boite: Boite) -> DestinationVue:
            async with service.reading(boite.bac) as reading:
                await boite.ouvrir(reading.work)
                return _destination(siret, await reading.work.find(Destination, siret))

        return await tenir(service, request, siret, act)

    @router.put("/destinations/{siret}", summary="Choisir où vont les lettres d'une collectivité")
    async def poser(request: Request, siret: Siret, choix: Choix) -> DestinationVue:
        async def act(boite: Boite) -> DestinationVue:
            return _destination(
                siret, await choisir(service, boite.bac, siret, choix.mode, choix.adresse, boite.qui, boite.regir, choix.temps)
            )

        return await tenir(service, request, siret, act)

    return router


def pilotage(service: Service) -> Router:
    """The same for the pilot, beside its other routes."""
    router = Router(prefix="/pilotage/bacs/{nom}", dependencies=[administration(service)], tags=["pilotage"])

    @router.get("/destinations/{siret}", summary="Dire où vont les lettres d'une collectivité")
    async def lire(nom: str, siret: Siret) -> DestinationVue:
        async with service.reading(nom) as reading:
            return _destination(siret, await reading.work.find(Destination, siret))

    @router.put("/destinations/{siret}", summary="Choisir où vont les lettres d'une collectivité")
    async def poser(nom: str, siret: Siret, choix: Choix) -> DestinationVue:
        return _destination(siret, await choisir(service, nom, siret, choix.mode, choix.adresse, ADMINISTRATION, temps=choix.temps))

    @router.get(
        "/boites/{siret}", summary="Lire l'histoire d'une boîte : chaque lettre, chaque essai", response_model=None, responses=HISTOIRE
    )
    async def histoire(nom: str, siret: Siret, apres: Apres = 0, limite: Limite = 100) -> dict[str, Any]:
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            return await historique(tx, nom, siret, apres, limite)

    @router.post("/boites/{siret}/rejouer", summary="Renvoyer maintenant les lettres en souffrance ou en attente, ou l'une d'elles")
    async def renvoyer(nom: str, siret: Siret, id: str | None = None) -> Rejouees:
        return await _rejouer(service, nom, siret, id)

    return router


async def _rejouer(
    service: Service, bac: str, siret: str, identifiant: str | None, condition: Callable[[Work], Awaitable[object]] | None = None
) -> Rejouees:
    async def run(work: Work) -> int:
        if condition is not None:
            await condition(work)
        return await rejouer(work, siret, identifiant)

    done = await service.ask(bac, run)
    service.database.after(partial(service.extension(Boites).sonnette.sonner, bac))
    return Rejouees(rejouees=done)


def _retiree(lettre: LettreEnBoite, signature: str) -> LettreRetiree:
    return LettreRetiree(
        position=lettre.numero,
        id=lettre.id,
        type=lettre.type,
        sujet=lettre.subject,
        date=_date(lettre.time) or "",
        etat=lettre.etat,
        corps=lettre.body,
        signature=signature,
    )


def _destination(siret: str, found: Destination | None) -> DestinationVue:
    if found is None:
        return DestinationVue(siret=siret, mode=Acheminement.REFERENCE, adresse=None, depuis=None, posee_par=None, temps=False)
    le = _date(found.posee_le)
    return DestinationVue(
        siret=siret, mode=found.mode, adresse=found.adresse, depuis=le, posee_par=found.posee_par, temps=bool(found.temps)
    )


async def historique(
    tx: Transaction, bac: str, siret: str, apres: int, limite: int, habilitation: Habilitation | None = None
) -> dict[str, Any]:
    """The letters of a box with all their tries, in order: those that the habilitation opens. `suite`: what to give as `apres`, or None."""
    rows = await tx.select(boites.HISTORIQUE, nom=bac, siret=siret, apres=apres, limite=limite)
    lettres = [x for x in map(boites.RECORD.item, rows) if habilitation is None or x.lisible_par(habilitation)]
    return {
        "siret": siret,
        "lettres": await racontees(tx, bac, lettres),
        "suite": rows[-1][2] if len(rows) == limite else None,
    }


async def racontees(tx: Transaction, bac: str, lettres: Sequence[LettreEnBoite]) -> list[dict[str, Any]]:
    """Letters with all their tries, in order."""
    essais: dict[tuple[str, int], list[dict[str, Any]]] = {}
    cles = [(bac, x.siret, x.numero) for x in lettres]
    for row in sorted(await tx.load(tables.tentatives, cles, ("bac", "siret", "numero")), key=lambda r: r[:4]):
        _, siret, numero, essai, instant, wall, adresse, resultat, statut, cause, *_ = row
        said = {"essai": essai, "date": _date(instant), "wall_time": wall.isoformat(), "adresse": adresse, "resultat": resultat}
        essais.setdefault((siret, numero), []).append({**said, "statut": statut, "cause": cause})
    return [_histoire(x, essais.get((x.siret, x.numero), [])) for x in lettres]


def _histoire(lettre: LettreEnBoite, tentatives: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "position": lettre.numero,
        "id": lettre.id,
        "type": lettre.type,
        "sujet": lettre.subject,
        "date": _date(lettre.time),
        "etat": lettre.etat.value,
        "prochain_essai": _date(lettre.prochain),
        "close_le": _date(lettre.close_le),
        "tentatives": list(tentatives),
    }


def _date(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(PARIS).isoformat()
