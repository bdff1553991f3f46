"""What is seen of every request from outside: how long it took, by route and by status, and its span where traces are asked for."""

import time
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fps.kit.ground.bac_path import DEFAUT
from fps.kit.ground.telemetry import Metrics

if TYPE_CHECKING:
    from fps.kit.ground.traces import Traces

QUIET = frozenset({"/metrics", "/sante/pret", "/sante/vivant"})  # asked all the time by who watches: counted, not traced
UNKNOWN = "inconnue"  # an address that leads nowhere makes no series of its own, and tells nothing of who looks for it


def _door(scope: Scope) -> str:
    """The route of a request as it is written, never the address itself: what stands in its place may be a person's."""
    return str(getattr(scope.get("route"), "path", UNKNOWN))


class Seen:
    """ASGI wrapper of an application, inside the one that reads the bac."""

    def __init__(self, app: ASGIApp, metrics: Metrics, traces: "Traces | None"):
        self.app, self.metrics, self.traces = app, metrics, traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif self.traces is None or scope["path"] in QUIET:
            await self._timed(scope, receive, send, "")
        else:
            await self._traced(self.traces, scope, receive, send)

    async def _timed(self, scope: Scope, receive: Receive, send: Send, trace: str) -> int:
        begun, status = time.perf_counter(), 500

        async def reply(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, reply)
        finally:
            self.metrics.asked(scope["method"], _door(scope), status, time.perf_counter() - begun, trace)
        return status

    async def _traced(self, traces: "Traces", scope: Scope, receive: Receive, send: Send) -> None:
        given = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), "")
        with traces.request(scope["method"], given, scope.get("fps.bac", DEFAUT)) as step:
            # Who reads the header is told the span of this request: what it causes is under it.
            kept: list[Any] = [one for one in scope["headers"] if one[0] != b"traceparent"]
            inner = {**scope, "headers": [*kept, (b"traceparent", step.traceparent.encode())]}
            status = await self._timed(inner, receive, send, step.traceparent)
            step.name(f"{inner['method']} {_door(inner)}")
            step.http(request__method=scope["method"], route=_door(inner), response__status_code=status)
            if status >= 500:
                step.failed(str(status))
