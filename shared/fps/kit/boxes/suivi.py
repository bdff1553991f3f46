"""The boxes of the editors as the pilot reads them: all those of a bac, the letters of one, one letter with its exchanges."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import BaseModel, Field
from sqlalchemy import BigInteger, Integer, Text, bindparam, func, select

from fps.kit.boxes import boites
from fps.kit.boxes.boites import Acheminement, EtatLettre, LettreInconnue
from fps.kit.boxes.essais import Envoye, Recu, relu
from fps.kit.boxes.retrait import Siret, racontees
from fps.kit.boxes.vues import EssaiVu, LettreSuivie
from fps.kit.data import tables
from fps.kit.engine import bacs
from fps.kit.engine.service import Service
from fps.kit.ground.clock import PARIS
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router

FIN = 1 << 40  # after every position
SiretVoulu = Annotated[str, Query(pattern=r"^[0-9]{14}$")]
_B, _D = tables.boites.c, tables.destinations.c
_NOM, _SIRET, _LIMITE = bindparam("nom", type_=Text), bindparam("siret", type_=Text), bindparam("limite", type_=Integer)
_APRES = bindparam("apres", type_=Text)
_DESTINATIONS: Any = select(tables.destinations).where(_D.bac == _NOM, _D.siret > _APRES).order_by(_D.siret).limit(_LIMITE)
_AVANT: Any = select(tables.destinations).where(_D.bac == _NOM, _D.siret < _APRES).order_by(_D.siret.desc()).limit(_LIMITE)
_COMPTES: Any = select(_B.etat, func.count()).where(_B.bac == _NOM, _B.siret == _SIRET).group_by(_B.etat)
_ATTEND: Any = select(func.min(_B.prochain)).where(_B.bac == _NOM, _B.siret == _SIRET, _B.etat == EtatLettre.ATTENTE.value)


class BoiteSuivie(BaseModel):
    """La boîte d'une collectivité à ce service : où vont ses lettres, et combien il y en a dans chaque état."""

    siret: str
    mode: Acheminement
    adresse: str | None
    depuis: datetime = Field(description="à l'horloge du bac")
    posee_par: str
    temps: bool = Field(description="une lettre de temps vient à chaque pas de l'horloge du bac")
    lettres: dict[EtatLettre, int]
    prochain_essai: datetime | None = Field(description="à l'horloge du bac ; nul quand rien ne doit partir")


class PageBoites(BaseModel):
    """Une page des boîtes d'un bac ; « suivant » est à redonner dans « apres »."""

    boites: list[BoiteSuivie]
    suivant: str | None


class PageLettresSuivies(BaseModel):
    """Une page des lettres d'une boîte ; « suivant » est à redonner dans « apres », dans le même ordre."""

    lettres: list[LettreSuivie]
    suivant: int | None


class EchangeEssai(EssaiVu):
    """Un essai, et son échange tel qu'il a passé."""

    envoye: Envoye | None = Field(description="nul quand rien n'est parti, ou qu'une version d'avant ne le gardait pas")
    recu: Recu | None


class LettreEntiere(LettreSuivie):
    """Une lettre d'une boîte, son corps exact, et chaque échange."""

    adresse: str | None = Field(description="la sienne, quand elle ne va pas où vont les autres de la boîte")
    corps: str = Field(description="texte JSON, à l'octet près celui qui est signé")
    tentatives: list[EchangeEssai]  # type: ignore[assignment]


@cache
def _lettres(recentes: bool, etat: bool, sujet: bool) -> Any:
    """The letters of a box from a position on: by its key, or by the index of their state or of their dossier."""
    apres = bindparam("apres", type_=BigInteger)
    found = select(tables.boites).where(_B.bac == _NOM, _B.siret == _SIRET, _B.numero < apres if recentes else _B.numero > apres)
    if etat:
        found = found.where(_B.etat == bindparam("etat", type_=Text))
    if sujet:
        found = found.where(_B.subject == bindparam("sujet", type_=Text))
    return found.order_by(_B.numero.desc() if recentes else _B.numero).limit(_LIMITE)


def pilotage(service: Service) -> Router:
    """What the pilot reads."""
    router = Router(prefix="/pilotage/bacs/{nom}", dependencies=[administration(service)], tags=["pilotage"])

    @router.get("/boites", summary="Lister les boîtes d'un bac, avec leurs lettres par état")
    async def toutes(
        nom: str,
        apres: Annotated[str, Query(pattern=r"^([0-9]{14})?$", description="« suivant » de la page précédente")] = "",
        recule: Annotated[bool, Query(description="En remontant : les SIRET d'avant « apres »")] = False,
        siret: Annotated[list[SiretVoulu] | None, Query(max_length=50, description="Ces collectivités seulement, en une page")] = None,
        limite: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> PageBoites:
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            if siret:
                voulues = sorted(await tx.load(tables.destinations, [(nom, un) for un in dict.fromkeys(siret)]))
                return PageBoites(boites=[await _suivie(tx, nom, boites.DESTINATIONS.item(row)) for row in voulues], suivant=None)
            rows = await tx.select(_AVANT if recule else _DESTINATIONS, nom=nom, apres=apres, limite=limite + 1)
            found = [await _suivie(tx, nom, boites.DESTINATIONS.item(row)) for row in rows[:limite]]
        return PageBoites(boites=found, suivant=found[-1].siret if len(rows) > limite else None)

    @router.get("/boites/{siret}/lettres", summary="Lister les lettres d'une boîte, par état et par dossier")
    async def lettres(
        nom: str,
        siret: Siret,
        etat: Annotated[EtatLettre | None, Query(description="Cet état seulement")] = None,
        sujet: Annotated[str | None, Query(max_length=60, description="Un seul dossier")] = None,
        tri: Annotated[Literal["recentes", "anciennes"], Query(description="Les dernières d'abord, ou les premières")] = "recentes",
        apres: Annotated[int | None, Query(ge=0, le=FIN, description="« suivant » de la page précédente")] = None,
        limite: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> PageLettresSuivies:
        recentes = tri == "recentes"
        depuis = apres if apres is not None else FIN if recentes else 0
        voulu = ({} if etat is None else {"etat": etat.value}) | ({} if sujet is None else {"sujet": sujet})
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            statement = _lettres(recentes, etat is not None, sujet is not None)
            rows = await tx.select(statement, nom=nom, siret=siret, apres=depuis, limite=limite + 1, **voulu)
            vues = await racontees(tx, nom, [boites.RECORD.item(row) for row in rows[:limite]])
        suivant = vues[-1]["position"] if len(rows) > limite else None
        return PageLettresSuivies(lettres=[LettreSuivie.model_validate(vue) for vue in vues], suivant=suivant)

    @router.get("/boites/{siret}/lettres/{position}", summary="Lire une lettre d'une boîte, et chaque échange de ses essais")
    async def lettre(nom: str, siret: Siret, position: Annotated[int, Path(ge=0, le=FIN)]) -> LettreEntiere:
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            rows = await tx.load(tables.boites, [(nom, siret, position)])
            if not rows:
                raise LettreInconnue(f"{siret}, position {position}")
            une = boites.RECORD.item(rows[0])
            (vue,) = await racontees(tx, nom, [une])
            gardes = {row[3]: row[10:12] for row in await tx.load(tables.tentatives, [(nom, siret, position)], ("bac", "siret", "numero"))}
        tries = [
            {**essai, "envoye": relu(gardes[essai["essai"]][0]), "recu": relu(gardes[essai["essai"]][1])} for essai in vue["tentatives"]
        ]
        return LettreEntiere.model_validate({**vue, "tentatives": tries, "adresse": une.adresse, "corps": une.body})

    return router


async def _suivie(tx: Any, nom: str, une: boites.Destination) -> BoiteSuivie:
    comptes = {EtatLettre(etat): nombre for etat, nombre in await tx.select(_COMPTES, nom=nom, siret=une.siret)}
    ((prochain,),) = await tx.select(_ATTEND, nom=nom, siret=une.siret)
    return BoiteSuivie(
        siret=une.siret,
        mode=une.mode,
        adresse=une.adresse,
        depuis=une.posee_le.astimezone(PARIS),
        posee_par=une.posee_par,
        temps=bool(une.temps),
        lettres=comptes,
        prochain_essai=None if prochain is None else _instant(prochain),
    )


def _instant(value: Any) -> datetime:
    """What an aggregate gives back: text on SQLite."""
    return (value if isinstance(value, datetime) else datetime.fromisoformat(value)).astimezone(PARIS)
