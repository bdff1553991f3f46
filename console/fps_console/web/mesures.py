"""What /metrics of the console tells: its process, and the pages it served, in a registry of its own."""

from prometheus_client import CollectorRegistry, Counter, ProcessCollector, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Mesures:
    """The figures of one console: memory, processor time and open files of its process, answers by page and status."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._pages = Counter("fps_console_pages", "Pages servies", ("page", "statut"), registry=self.registry)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)

    def counting(self, app: ASGIApp) -> ASGIApp:
        """The same application, its answers counted by the name of their route: an address that leads nowhere makes no new series."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    endpoint = scope.get("endpoint")
                    page = "inconnue" if endpoint is None else getattr(endpoint, "__name__", "static")
                    self._pages.labels(page, message["status"]).inc()
                await send(message)

            await app(scope, receive, sending)

        return counted
