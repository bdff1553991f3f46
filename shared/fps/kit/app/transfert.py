"""A bac that is copied, that leaves as a stream of lines, and that comes back: the routes of the pilot, in constant memory."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Annotated, Any, Final

from fastapi import Query, Request
from starlette.responses import Response

from fps.kit.app.formes import BacRepris, EtatBac
from fps.kit.engine import archive, bacs
from fps.kit.engine.once import Once
from fps.kit.engine.service import Service
from fps.kit.trust.acces import ADMINISTRATION, administration
from fps.kit.trust.ancres import Ancreur, TemoinDesAncres
from fps.kit.web.body import OwnKeyRoute, Router, expect_type
from fps.kit.web.keys import EN_TETE, check_key
from fps.kit.web.media import NDJSON, Stream, fichier
from fps.kit.web.spool import Spool, spooled
from fps.kit.wire.envelope import BODY_LIMIT, parse

JSON: Final = "application/json"
DOCUMENT: Final = 256 * BODY_LIMIT  # bytes of an export of the first version, which is read in memory
CORPS: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "Ce que l'export a donné, tel quel ; ou le document JSON d'un export de la première version (256 Mio au plus)",
        "content": {NDJSON: {"schema": {"type": "string"}}, JSON: {"schema": {"type": "object", "additionalProperties": True}}},
    }
}


def routes(service: Service, ancreur: Ancreur) -> Router:
    """The copy, the export and the import of a bac. It leaves with all its heads signed."""
    router, tags, doors = Router(), ["pilotage"], [administration(service)]
    simple = Router(prefix="/pilotage", dependencies=doors, tags=list(tags))
    once, uniques = Once(service), Router(prefix="/pilotage", dependencies=doors, tags=list(tags), route_class=OwnKeyRoute)

    async def state(nom: str) -> EtatBac:
        async with service.database.read() as tx:
            return EtatBac.model_validate(await bacs.state(service, tx, nom))

    @simple.post("/bacs/{nom}/copie", status_code=201, summary="Copier un bac, son histoire comprise")
    async def copier(
        nom: str,
        vers: str,
        muette: Annotated[bool, Query(description="sans rien dire aux produits qui y tiennent la place d'une collectivité")] = False,
    ) -> EtatBac:
        await bacs.copy(service, nom, vers, muette=muette)
        await service.note(vers, "bac", ADMINISTRATION, "copie", source=nom)
        return await state(vers)

    @simple.get(
        "/bacs/{nom}/export",
        summary="Exporter un bac entier",
        description="Des lignes JSON, envoyées à mesure qu'elles sont lues, d'un seul état du bac : un en-tête, les lignes de chaque "
        "table, puis une dernière qui les compte et donne leur empreinte. Sans elle, l'export n'est pas entier.",
        response_class=Response,
        responses=fichier("Le bac entier, à redonner tel quel à l'import", NDJSON),
    )
    async def exporter(nom: str) -> Response:
        if ancreur.durable:
            await ancreur.ancrer()
        lines = bacs.dump(service, nom, signees=True)
        first = await anext(lines)  # what cannot be read is told before the answer begins
        return Stream(_with(first, lines), media_type=NDJSON)

    @uniques.post(
        "/bacs/{nom}/import",
        status_code=201,
        summary="Reprendre un bac exporté",
        description="L'export est lu et contrôlé en entier, champ par champ, avant que rien ne soit écrit ; puis tout est repris, ou rien. "
        "Des ancres retirées le font refuser ; un export qui n'en porte pas est repris, et « sans_ancre » le dit.",
        response_model=BacRepris,
        openapi_extra=CORPS,
    )
    async def importer(nom: str, request: Request) -> Response:
        keyed = EN_TETE in request.headers
        if keyed:
            check_key(request.headers[EN_TETE])
        expect_type(request, NDJSON, JSON)
        document = request.headers["content-type"].partition(";")[0].strip().lower() == JSON
        limit = service.settings.import_mio * BODY_LIMIT
        async with spooled(request, min(limit, DOCUMENT) if document else limit) as spool:
            source = _document(service, spool) if document else partial(archive.read, spool.file, service.party.value)
            origine = "" if document else archive.origine(spool.file)
            repris = bacs.taken(service, nom, source, origine, TemoinDesAncres(ancreur.notaire))
            await repris.verifier()

            async def reprendre() -> Response:
                await bacs.restore(service, repris)
                ancres, sans_ancre = repris.couverture.ancres, repris.couverture.sans_ancre
                await service.note(nom, "bac", ADMINISTRATION, "import", ancres=ancres, sans_ancre=sans_ancre)
                told = BacRepris(**(await state(nom)).model_dump(), ancres=ancres, sans_ancre=sans_ancre)
                return Response(told.model_dump_json(), 201, media_type=JSON)

            return await (once.keep(request, spool.sha256, reprendre) if keyed else reprendre())

    router.take(simple)
    router.take(uniques)
    return router


def _document(service: Service, spool: Spool) -> Any:
    content = parse(spool.content())

    def pieces() -> Iterator[archive.Morceau]:
        return archive.read_document(content, service.party.value)

    return pieces


async def _with(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        yield first
        async for some in rest:
            yield some
    finally:
        await rest.aclose()  # type: ignore[attr-defined]
