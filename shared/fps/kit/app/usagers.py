"""How the usagers of a bac behave, dossier by dossier: kept with the bac, so that whoever advances it finds where each one stands."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Text, bindparam, select

from fps.errors import Introuvable
from fps.kit.boxes.usager import USAGERS, Usager
from fps.kit.data import tables
from fps.kit.engine import bacs
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.clock import PARIS
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.messages.formats import Ligne
from fps.parties import Party

HOTE: Final = Party.ANTAI  # where the pilot keeps what it does in a bac
_U: Any = tables.usagers.c
_ATTENDUS: Any = select(tables.usagers).where(_U.bac == bindparam("nom", type_=Text), ~_U.fini).order_by(_U.numero)
Numero = Annotated[str, Path(pattern=r"^[0-9]{26}$", description="numéro du FPS")]


class UsagerInconnu(Introuvable):
    """Personne n'a dit comment se conduit l'usager de ce FPS"""

    code = "usager-inconnu"
    que_faire = "Dites-le d'abord : PUT …/usagers/{numero}, ou « usager » dans une vie."


class Conduite(BaseModel):
    """Comment se conduit l'usager d'un FPS : l'une des phrases de la langue des vies."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"conduite": "paie à J+6"}})

    conduite: Ligne


class Avancement(BaseModel):
    """Où en est un usager."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"gestes": 1, "fini": True}})

    gestes: int = Field(ge=0, le=1_000)
    fini: bool


class UsagerVu(BaseModel):
    """Un usager, ce qu'il a fait et s'il fera encore quelque chose."""

    numero: str
    conduite: str
    gestes: int
    fini: bool
    depuis: datetime


def _vu(one: Usager) -> UsagerVu:
    depuis = one.depuis.astimezone(PARIS)
    return UsagerVu(numero=one.numero, conduite=one.conduite, gestes=one.gestes, fini=one.fini, depuis=depuis)


def routes(service: Service) -> Router:
    """The routes of the pilot."""
    router = Router(prefix="/pilotage/bacs/{nom}", dependencies=[administration(service)], tags=["pilotage"])

    @router.get("/usagers", summary="Lister les usagers qui feront encore quelque chose")
    async def lister(nom: str) -> list[UsagerVu]:
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            return [_vu(USAGERS.item(row)) for row in await tx.select(_ATTENDUS, nom=nom)]

    @router.put("/usagers/{numero}", summary="Dire comment se conduit l'usager d'un FPS, à partir de maintenant")
    async def dire(nom: str, numero: Numero, conduite: Conduite) -> UsagerVu:
        async def run(work: Work) -> Usager:
            found = await work.find_or_add(Usager(numero, "", 0, False, work.now))
            found.conduite, found.gestes, found.fini, found.depuis = conduite.conduite, 0, False, work.now
            return found

        return _vu(await service.ask(nom, run))

    @router.post("/usagers/{numero}/gestes", summary="Noter ce qu'un usager a fait")
    async def noter(nom: str, numero: Numero, avancement: Avancement) -> UsagerVu:
        async def run(work: Work) -> Usager:
            found = await work.find(Usager, numero)
            if found is None:
                raise UsagerInconnu(numero)
            found.gestes, found.fini = max(found.gestes, avancement.gestes), avancement.fini
            return found

        return _vu(await service.ask(nom, run))

    return router
