"""What the pilot reads of the letters of a service: those of people, those that it received, those that are dead."""

import base64
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final, Literal, Union

from fastapi import Query, Request
from pydantic import AfterValidator
from starlette.exceptions import HTTPException
from starlette.responses import Response

from fps.errors import Introuvable
from fps.flows import by_type
from fps.kit.app.formes import CourrierVu, LettreMorte, LettreRecue, NombreRejouees, PageCourriers
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.engine import bacs, dead_letters
from fps.kit.engine.depouillement import COURRIERS, Tri, depouiller, types
from fps.kit.engine.service import Service
from fps.kit.ground.clock import DEBUT, FIN, PARIS, civil_date
from fps.kit.post.inbound import Inbound
from fps.kit.print.impression import LetterError, render_async
from fps.kit.trust.acces import ADMINISTRATION
from fps.kit.web.body import Router, negotiated
from fps.kit.web.media import PDF, Responses, fichier, forme
from fps.kit.web.sites import montrer
from fps.parties import Channel, Party

IDENTIFIANT: Final = re.compile(r"[0-9a-zA-Z-]{0,80}")


class CourrierInconnu(Introuvable):
    """Aucun courrier ne porte ce numéro"""

    code = "courrier-inconnu"


def _type_de_courrier(value: str) -> str:
    if value not in COURRIERS:
        raise ValueError(f"aucun courrier n'est de ce genre ; les voici : {', '.join(COURRIERS)}")
    return value


def lire_place(value: str) -> tuple[datetime, str]:
    """The place of a letter in the order of the days: its instant, its identifier. Raises ValueError."""
    texte, point, identifiant = value.partition("~")
    phrase = "une place s'écrit « instant~identifiant » : reprenez celle qu'une page a donnée"
    try:
        instant = datetime.fromisoformat(texte)
    except ValueError:
        raise ValueError(phrase) from None
    if not point or instant.tzinfo is None or not DEBUT <= instant <= FIN or not IDENTIFIANT.fullmatch(identifiant):
        raise ValueError(phrase)
    return instant, identifiant


def _place(value: str) -> str:
    lire_place(value)
    return value


def place(row: Any) -> str:
    """The same as text."""
    return f"{row[4].astimezone(PARIS).isoformat()}~{row[1]}"


def _place_de_morte(value: str) -> str:
    dead_letters.lire_place(value)
    return value


PlaceDeMorte = Annotated[str, AfterValidator(_place_de_morte)]
TypeDeCourrier = Annotated[str, AfterValidator(_type_de_courrier)]
Place = Annotated[str, AfterValidator(_place)]


class LettreJamaisRecue(Introuvable):
    """Ce service n'a reçu aucune lettre de ce numéro"""

    code = "lettre-jamais-recue"
    que_faire = "Prenez un « id » du journal ; une lettre qui est encore en route n'y est pas."


def des_personnes(router: Router, service: Service) -> None:
    """The mailbox of the people this service writes to."""

    @router.get("/bacs/{nom}/courriers", summary="Lister les courriers d'un dossier")
    async def courriers(nom: str, sujet: str) -> list[CourrierVu]:
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            rows = await tx.load(tables.courriers, [(nom, sujet)], ("bac", "subject"))
            pdf = await _en_pdf(tx, service, nom, rows)
        return [_courrier(service, row, row[1] in pdf) for row in sorted(rows, key=lambda r: (r[4], r[2], r[1]))]

    @router.get("/bacs/{nom}/boite-aux-lettres", summary="Lister les courriers de tout un bac, page après page")
    async def boite_aux_lettres(
        nom: str,
        type: Annotated[list[TypeDeCourrier] | None, Query(max_length=40, description="Ces genres seulement")] = None,
        destinataire: Annotated[list[Party] | None, Query(max_length=10, description="À ces destinataires seulement")] = None,
        du: Annotated[date | None, Query(description="À partir de ce jour, à l'horloge du bac")] = None,
        au: Annotated[date | None, Query(description="Jusqu'à ce jour compris")] = None,
        sujet: Annotated[str | None, Query(max_length=60, description="Un seul dossier : numéro du FPS ou de la requête")] = None,
        tri: Annotated[Literal["recents", "anciens"], Query(description="Les plus récents d'abord, ou les plus anciens")] = "recents",
        apres: Annotated[Place | None, Query(description="« suivant » de la page précédente, ou la place d'un courrier")] = None,
        limite: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> PageCourriers:
        """À l'horloge du bac. Un genre inconnu, une date ou une place qui ne se lit pas : 422."""
        bornes = {} if du is None else {"du": _minuit(du)}
        bornes |= {} if au is None else {"au": _minuit(au + timedelta(days=1))}
        demande = Tri(
            tri == "recents", None if apres is None else lire_place(apres), types(type or (), destinataire or ()), sujet=sujet, **bornes
        )
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            rows = await depouiller(tx, nom, demande, limite + 1)
            pdf = await _en_pdf(tx, service, nom, rows)
        vus = [_courrier(service, row, row[1] in pdf) for row in rows[:limite]]
        return PageCourriers(courriers=vus, suivant=place(rows[limite - 1]) if len(rows) > limite else None)

    @router.get(
        "/bacs/{nom}/courriers/{identifiant}",
        summary="Lire un courrier, ou l'imprimer en PDF",
        response_class=Response,
        responses=lettre(service, "Le courrier : le message lui-même en JSON, ou en PDF"),
    )
    async def courrier(nom: str, request: Request, identifiant: str, format: Literal["json", "pdf"] | None = None) -> Response:
        async with service.database.read() as tx:
            rows = await tx.load(tables.courriers, [(nom, identifiant)])
            remis = await tx.load(tables.remises, [(nom, identifiant)])
        if not rows:
            raise CourrierInconnu(identifiant[:80])
        row = rows[0]
        corps = montrer(row[5], service.settings, nom)
        if negotiated(request, format, {"json": "application/json", "pdf": "application/pdf"}) == "json":
            return Response(corps, media_type="application/json")
        message = by_type(row[2]).model_validate_json(corps)
        if remis and remis[0][4] == PDF:  # what the person gets is what the product made
            return Response(base64.b64decode(remis[0][5]), media_type="application/pdf")
        if type(message) not in service.definition.documents:
            raise CourrierInconnu(f"{identifiant[:80]} : ce courrier n'a pas de forme imprimée")
        try:
            # The printed date is that of the letter, in the bac's time.
            pdf = await render_async(message, service.definition.documents, le=civil_date(row[4]))
        except LetterError as error:
            raise HTTPException(500) from error
        name = re.sub(r"[^a-z0-9-]", "", type(message).nom)
        return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}-{row[3]}.pdf"'})


async def _en_pdf(tx: Transaction, service: Service, nom: str, rows: Sequence[Any]) -> set[str]:
    """Those that a product wrote, and of which it gave the document."""
    ailleurs = [(nom, row[1]) for row in rows if by_type(row[2]).sender is not service.party]
    return {row[1] for row in await tx.load(tables.remises, ailleurs) if row[4] == PDF}


def _minuit(jour: date) -> datetime:
    return min(max(datetime.combine(jour, time(), PARIS), DEBUT), FIN)


def lettre(service: Service, description: str) -> Responses:
    """A letter to a person: one of those that this service writes."""
    written = sorted((cls for cls in service.definition.emits if cls.channel is Channel.COURRIER), key=lambda cls: cls.type)
    modele = {"model": Union[tuple(written)]} if written else {}  # noqa: UP007 (made of classes that only this moment knows)
    return {200: {**fichier(description, PDF)[200], **modele}}


def _courrier(service: Service, row: Any, imprime: bool) -> CourrierVu:
    cls = by_type(row[2])
    instant: datetime = row[4]
    return CourrierVu(
        id=row[1],
        service=service.party,
        de=cls.sender,
        type=row[2],
        nom=cls.nom,
        flux=cls.flow,
        destinataire=cls.receiver,
        sujet=row[3],
        date=instant.astimezone(PARIS),
        imprimable=imprime or cls in service.definition.documents,
    )


def du_service(router: Router, service: Service, inbound: Inbound) -> None:
    """The letters received, as they were; dead letters and buried deadlines: seen with their cause, tried again."""

    @router.get("/bacs/{nom}/lettres/{identifiant:path}", summary="Lire une lettre reçue, et la réponse qui lui a été donnée")
    async def recue(nom: str, identifiant: str) -> LettreRecue:
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            rows = await tx.load(tables.inbox, [(nom, identifiant)])
        if not rows:
            raise LettreJamaisRecue(identifiant[:80])
        _, id_, type_, sujet, empreinte, issue, reponse, corps, le, wall = rows[0]
        told = {"id": id_, "type": type_, "sujet": sujet, "empreinte": empreinte, "issue": issue, "reponse": reponse, "corps": corps}
        return LettreRecue(service=service.party, date=le.astimezone(PARIS), wall_time=wall, **told)

    @router.get(
        "/bacs/{nom}/lettres-mortes",
        summary="Lister les lettres mortes et les échéances enterrées, avec leur cause",
        response_model=None,
        responses=forme(list[LettreMorte], "Les lettres mortes et les échéances enterrées"),
    )
    async def mortes(
        nom: str,
        sens: Annotated[Literal["envoi", "reception", "echeance"] | None, Query(description="Un seul sens")] = None,
        type: Annotated[str | None, Query(max_length=80, description="Un seul type de lettre, ou une seule nature d'échéance")] = None,
        sujet: Annotated[str | None, Query(max_length=60, description="Un seul dossier")] = None,
        id: Annotated[str | None, Query(max_length=200, description="Un seul identifiant")] = None,
        tri: Annotated[Literal["recentes", "anciennes"], Query(description="Les dernières d'abord, ou les premières")] = "anciennes",
        apres: Annotated[PlaceDeMorte | None, Query(description="La place de la dernière lue : « wall_time~sens~id »")] = None,
        limite: Annotated[int, Query(ge=1, le=dead_letters.LIMITE, description="À défaut, toutes")] = dead_letters.LIMITE,
    ) -> list[dict[str, Any]]:
        choix = dead_letters.MortesVoulues(sens, type, sujet, id, apres, tri == "recentes")
        async with service.database.read() as tx:
            if nom != bacs.ILLISIBLES:
                await bacs.find(tx, nom)
            return await dead_letters.told(tx, nom, choix, limite)

    @router.post("/bacs/{nom}/lettres-mortes/rejouer", summary="Rejouer une lettre morte ou une échéance enterrée, ou toutes")
    async def rejouer(nom: str, id: str | None = None) -> NombreRejouees:
        if nom != bacs.ILLISIBLES:
            async with service.database.read() as tx:
                await bacs.find(tx, nom)
        done = await dead_letters.replay(service, nom, id, inbound.take)
        await service.note(nom, "bac", ADMINISTRATION, "lettres mortes rejouées", nombre=done)
        return NombreRejouees(rejouees=done)
