"""The short way of a request that is right: its route found at once, read and answered without the layers of the framework.

What is not right takes the framework's own way, whole, and is told as it tells it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from inspect import iscoroutinefunction
from typing import Any, Final

from fastapi import FastAPI
from fastapi._compat import field_annotation_is_sequence
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import ResponseValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

Handler = Callable[[Request], Awaitable[Response]]
EMPTY: Final = frozenset({204, 205, 304})  # statuses without a body
DEEP: Final = 12  # segments of an address, at most, that are looked for here


class Reader:
    """How a route reads what it is asked, and writes what it answers: by the framework's fields, without its solver."""

    def __init__(self, route: APIRoute):
        asks = route.dependant
        self._call, self._request = asks.call, asks.request_param_name
        self._path, self._query = asks.path_params, asks.query_params
        self._body = asks.body_params[0] if asks.body_params else None
        self._status, self._field = route.status_code or 200, route.response_field
        self._class = _class(route)
        self._written: dict[str, Any] = {
            "include": route.response_model_include,
            "exclude": route.response_model_exclude,
            "by_alias": route.response_model_by_alias,
            "exclude_unset": route.response_model_exclude_unset,
            "exclude_defaults": route.response_model_exclude_defaults,
            "exclude_none": route.response_model_exclude_none,
        }

    @staticmethod
    def of(route: APIRoute) -> "Reader | None":
        """None for a route that asks the framework for more than fields and doors."""
        asks = route.dependant
        others = (
            *(asks.header_params, asks.cookie_params, asks.body_params[1:], route._embed_body_fields),
            *(asks.background_tasks_param_name, asks.response_param_name, asks.security_scopes_param_name),
            *(asks.websocket_param_name, asks.http_connection_param_name),
            *(route.response_field is not None and not isinstance(route.response_class, DefaultPlaceholder), route.stream_item_field),
        )
        plain = all(_scalar(field) for field in (*asks.path_params, *asks.query_params))
        simple = not any(others) and plain and all(_door(one) for one in asks.dependencies) and iscoroutinefunction(asks.call)
        return Reader(route) if simple else None

    async def arguments_of(self, request: Request) -> dict[str, Any] | None:
        """The arguments of the route, or None when one is not right. Raises what the reading of the body raises."""
        found: dict[str, Any] = {}
        if not _take(self._path, request.path_params, found):
            return None
        if self._query and not _take(self._query, request.query_params, found):
            return None
        if self._body is not None:
            if not await request.body():
                return None
            found[self._body.name], errors = self._body.validate(await request.json(), loc=())
            if errors:
                return None
        if self._request is not None:
            found[self._request] = request
        return found

    async def answer_to(self, values: dict[str, Any]) -> Response:
        """What the route answers to these arguments."""
        call: Any = self._call
        found = await call(**values)
        if isinstance(found, Response):
            return found
        if self._field is None:
            response: Response = self._plainly(found)
        else:
            value, errors = self._field.validate(found, loc=("response",))
            if errors:
                raise ResponseValidationError(errors, body=found)
            response = Response(self._field.serialize_json(value, **self._written), self._status, media_type="application/json")
        if self._status in EMPTY:
            response.body = b""
        return response

    def _plainly(self, found: Any) -> Response:
        """An answer that no model describes; the framework's encoder, which looks at every value of it, only for what JSON cannot write."""
        try:
            response: Response = self._class(found, self._status)
        except TypeError:
            response = self._class(jsonable_encoder(found), self._status)
        return response


def _take(fields: Iterable[Any], given: Mapping[str, Any], found: dict[str, Any]) -> bool:
    """Read the fields of a path or of a query; whether all are right."""
    for field in fields:
        value = given.get(field.alias)
        if value is not None:
            value, errors = field.validate(value, loc=())
            if errors:
                return False
        elif field.field_info.is_required() or field.field_info.validate_default:
            return False
        else:
            value = field.get_default()
        found[field.name] = value
    return True


def _class(route: APIRoute) -> Any:
    return route.response_class.value if isinstance(route.response_class, DefaultPlaceholder) else route.response_class


def _door(one: Dependant) -> bool:
    """Whether a dependency only says who may come in: it was asked before the body, and gives no value."""
    return hasattr(one.call, "portes") and one.name is None and not one.dependencies


def _scalar(field: Any) -> bool:
    """Whether a field is one text of the address."""
    annotation = field.field_info.annotation
    model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return not model and not field_annotation_is_sequence(annotation) and field.validation_alias in (None, field.alias)


class Prompt:
    """ASGI wrapper of an application: gives a request to its route by its first word and its length; the rest to the application."""

    def __init__(self, app: FastAPI):
        self.app: ASGIApp = app
        self._fastapi = app
        self._routes: dict[tuple[str, int], tuple[Any, ...]] = {}
        self._words: frozenset[str] | None = None  # of the addresses, once every route is there

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._find(scope) if scope["type"] == "http" and not scope.get("root_path") else None
        if found is None:
            await self.app(scope, receive, send)
            return
        route, handler, parameters = found
        scope.update(app=self._fastapi, router=self._fastapi.router, route=route, endpoint=route.endpoint, path_params=parameters)
        request = Request(scope, receive, send)
        try:
            response = await handler(request)
        except Exception as error:
            response = await self._told(request, error)
        await response(scope, receive, send)

    async def _told(self, request: Request, error: Exception) -> Response:
        handlers = self._fastapi.exception_handlers
        handler: Any = next(handlers[kind] for kind in type(error).__mro__ if kind in handlers)
        response: Response = await handler(request, error)
        return response

    def _find(self, scope: Scope) -> tuple[Route, Handler, dict[str, Any]] | None:
        path = scope["path"]
        word, length = path[1:].partition("/")[0], path.count("/")
        if self._words is None:
            self._words = frozenset(_word(route) for route in self._fastapi.routes)
        if word not in self._words or length > DEEP:
            return None
        key = (word, length)
        if (routes := self._routes.get(key)) is None:
            routes = self._routes[key] = tuple(_candidates(self._fastapi.routes, *key))
        for route in routes:
            if not isinstance(route, Route):
                return None
            match = route.path_regex.match(path)
            if match is not None and scope["method"] in (route.methods or ()):
                handler = route.endpoint if type(route) is Route else getattr(route, "prompt", None)
                if handler is None:
                    return None
                return route, handler, {name: route.param_convertors[name].convert(text) for name, text in match.groupdict().items()}
        return None


def _word(route: Any) -> str:
    return str(getattr(route, "path", "/")).removeprefix("/").partition("/")[0]


def _candidates(routes: Iterable[Any], word: str, length: int) -> Iterable[Any]:
    """The routes that an address of that first word and length may be for, in their order."""
    for route in routes:
        own = _word(route)
        if own != word and "{" not in own and not (isinstance(route, Mount) and not own):
            continue
        if not isinstance(route, Route) or ":" in route.path or route.path.count("/") == length:
            yield route


async def apart(request: Request, handler: Handler) -> Response:
    """What the framework's own reading gives, wherever it was not entered by its layers."""
    if "fastapi_inner_astack" in request.scope:
        return await handler(request)
    async with AsyncExitStack() as stack:
        request.scope.update(fastapi_middleware_astack=stack, fastapi_inner_astack=stack, fastapi_function_astack=stack)
        return await handler(request)
