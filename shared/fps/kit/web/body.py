"""The bodies of requests: bounded, in UTF-8, of the type announced, no JSON key twice; the same reading at every door."""

import re
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, ClassVar, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import compile_path, get_name

from fps.confiance.refus import AccesRefuse
from fps.kit.ground.faults import Malformed
from fps.kit.web.geste import Geste, geste_en_cours
from fps.kit.web.keys import EN_TETE
from fps.kit.web.prompt import Handler, Reader, apart
from fps.kit.web.strict import strict
from fps.kit.wire.envelope import BODY_LIMIT, parse

READING = frozenset({"GET", "HEAD", "OPTIONS"})
LOT_LIMIT = 16 * BODY_LIMIT


def too_long(limit: int) -> Malformed:
    """The refusal of a body of more than `limit` bytes."""
    return Malformed("corps-trop-grand", f"Le corps dépasse {limit // BODY_LIMIT} Mio : envoyez un message plus petit.", status=413)


async def read_body(request: Request | Any, limit: int) -> bytes:
    """The body, refused as soon as it passes `limit` bytes, whatever its Content-Length says; raises Malformed (413)."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise too_long(limit)
        parts.append(part)
    return b"".join(parts)


def expect_type(request: Request | Any, *accepted: str, required: bool = True) -> None:
    """The Content-Type must be one of those accepted, and be there: a page of another site can send none. Raises Malformed (415)."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if (given or required) and given not in accepted:
        raise Malformed("type-de-contenu", f"Content-Type « {given[:80]} » : envoyez {' ou '.join(accepted)}.", status=415)


F = TypeVar("F", bound=str)


def negotiated(request: Request, asked: F | None, offered: Mapping[F, str]) -> F:
    """The form of an answer: the one asked by name, else the first of those offered that Accept takes. Raises Malformed (406)."""
    if asked is not None:
        return asked
    wanted = [_range(part) for part in request.headers.get("accept", "*/*").split(",")]
    best = max(wanted, key=lambda one: one[1], default=("*/*", 1.0))
    found = [(weight, form) for form, kind in offered.items() for pattern, weight in wanted if weight > 0 and fnmatchcase(kind, pattern)]
    if not found:
        forms = " ou ".join(offered.values())
        raise Malformed("forme-non-offerte", f"Accept « {best[0][:80]} » : cette adresse répond en {forms}.", status=406)
    return max(found, key=lambda one: one[0])[1]


def _range(part: str) -> tuple[str, float]:
    kind, _, rest = part.strip().lower().partition(";")
    weight = rest.rpartition("q=")[2] if "q=" in rest else "1"
    try:
        return kind.strip(), float(weight)
    except ValueError:
        return kind.strip(), 0.0


class JsonRequest(Request):
    """A request whose JSON goes through the kit's own reader."""

    limit: ClassVar[int] = BODY_LIMIT

    async def body(self) -> bytes:
        if not hasattr(self, "_body"):
            self._body = await read_body(self, self.limit)
            if self._body:
                expect_type(self, "application/json")
        return self._body

    async def json(self) -> Any:
        return parse(await self.body())


class JsonRoute(APIRoute):
    """The route class of every router; what is raised here as Malformed reaches `problems` as the cause of FastAPI's own 400.

    It knows its address at once, and what FastAPI makes of it (the fields, their schemas, its handler) when it is first asked: a service
    has a hundred and more, of which a life takes a few, and making them all was three quarters of its start.
    """

    request: ClassVar[type[JsonRequest]] = JsonRequest
    once: ClassVar[bool] = True  # whether the application keeps the answer of a request that writes and has an Idempotency-Key
    prompt: Handler  # the same as the framework calls, for who calls it without its layers (`web.prompt`)

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any):
        self.path, self.endpoint, self.methods = path, endpoint, {method.upper() for method in options.get("methods") or ("GET",)}
        self.name = options.get("name") or get_name(endpoint)
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self._unmade: dict[str, Any] | None = options

    def __getattr__(self, name: str) -> Any:
        """What is not there yet: the whole route is made, once."""
        options, self.__dict__["_unmade"] = self.__dict__.get("_unmade"), None
        if options is None:
            raise AttributeError(name, name=name, obj=self)
        try:
            super().__init__(self.path, self.endpoint, **options)
        except Exception:  # the same will be told to who asks again
            self._unmade = options
            raise
        return getattr(self, name)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        strict(self.dependant)
        handler, doors, reader = super().get_route_handler(), list(doors_of(self.dependant)), Reader.of(self)
        writes = self.once and not READING.issuperset(self.methods or ())
        # Who holds the pilot's credential gives no password of anybody's; any other door may be given one.
        portes: list[tuple[str, ...]] = [door.portes for door in doors]  # type: ignore[attr-defined]
        tait = any(porte != ("administration",) for porte in portes) or not portes

        async def typed(request: Request) -> Response:
            asked = self.request(request.scope, request.receive)
            query = request.scope["query_string"].decode("latin-1")
            chemin = f"{request.scope['path']}?{query}" if query else request.scope["path"]
            en_cours = geste_en_cours.set(Geste(request.method, chemin, None if tait else asked))
            try:
                values = None if reader is None else await reader.arguments_of(asked)
                return await apart(asked, handler) if values is None or reader is None else await reader.answer_to(values)
            finally:
                geste_en_cours.reset(en_cours)

        async def guarded(request: Request) -> Response:
            try:
                for door in doors:  # FastAPI reads and parses the whole body before it asks them: nothing is done for who may not come in
                    await door(request)
            except AccesRefuse as error:  # who comes again after an act that closed its own door gets the answer of that act
                kept: Response | None = None
                if writes and error.statut == 401 and EN_TETE in request.headers:
                    kept = await request.app.state.once.closed(request, self.request.limit)
                if kept is None:
                    raise
                return kept
            if writes and EN_TETE in request.headers:
                answer: Response = await request.app.state.once(request, self.request.limit, typed)
                return answer
            return await typed(request)

        self.prompt = guarded
        return guarded


def operation_id(route: APIRoute) -> str:
    """The name of an operation in the clients that are generated: the function and the path, each one once in a service."""
    return re.sub(r"[^a-z0-9]+", "_", f"{route.name}{route.path_format}".lower()).strip("_")


class Router(APIRouter):
    """The routes of a noun, made once, as they are served: taking them into another router costs nothing, then nor at each request.

    FastAPI's own `include_router` makes each route again, with its models, and looks for it router within router.
    """

    def __init__(
        self, *, prefix: str = "", dependencies: Sequence[Any] = (), tags: Sequence[str] = (), route_class: type[JsonRoute] = JsonRoute
    ):
        super().__init__(
            prefix=prefix,
            dependencies=dependencies,
            tags=list(tags),
            route_class=route_class,
            strict_content_type=False,
            generate_unique_id_function=operation_id,
        )

    def take(self, other: "Router") -> None:
        """The routes of another, after those that are here; nothing of this router is added to them."""
        if self.prefix or self.dependencies or self.tags:
            raise ValueError("a router that takes others has no prefix, door or tag of its own: they would not apply")
        self.routes.extend(other.routes)


def doors_of(dependant: Dependant) -> Iterator[Callable[[Request], Awaitable[None]]]:
    """The doors among the dependencies of a route, at every depth: those that say who may use it."""
    if dependant.call is not None and hasattr(dependant.call, "portes"):
        yield dependant.call
    for one in dependant.dependencies:
        yield from doors_of(one)


class OwnKeyRoute(JsonRoute):
    """A route that keeps the Idempotency-Key itself, because its act has something to say of a request that comes again."""

    once: ClassVar[bool] = False


class LotRequest(JsonRequest):
    """A request that carries a batch."""

    limit: ClassVar[int] = LOT_LIMIT


class LotRoute(JsonRoute):
    """The routes of a batch of requests."""

    request: ClassVar[type[JsonRequest]] = LotRequest
