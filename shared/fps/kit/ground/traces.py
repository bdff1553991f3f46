"""The spans of OpenTelemetry about what happens to the dossiers of one service: imported only where somebody asked for traces."""

import re
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags, set_span_in_context

from fps.kit.ground.bac_path import trace_en_cours
from fps.kit.ground.clock import wall_nanoseconds

TRACEPARENT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
REMEMBERED: Final = 50_000  # dossiers whose last trace is known, for the days that come
KEPT: Final = 20_000  # spans kept in memory for the page of the console

Said = str | int | float | bool


@lru_cache(maxsize=4_096)
def context_of(traceparent: str) -> SpanContext | None:
    """What a `traceparent` of W3C Trace Context names; None when it names nothing."""
    found = TRACEPARENT.fullmatch(traceparent)
    if found is None:
        return None
    return SpanContext(int(found[1], 16), int(found[2], 16), is_remote=True, trace_flags=TraceFlags(int(found[3], 16)))


def traceparent_of(context: SpanContext) -> str:
    """The `traceparent` that names a span."""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def _under(traceparent: str) -> Context:
    """Where a span begins: under the one that is named, else a trace of its own, whatever is going on."""
    context = context_of(traceparent)
    return Context() if context is None else set_span_in_context(NonRecordingSpan(context), Context())


def _links(traceparents: Iterable[str]) -> list[Link]:
    return [Link(context) for one in dict.fromkeys(traceparents) if (context := context_of(one)) is not None]


class Step:
    """One span, as who lives it sees it: its name for those that follow, what is said of it."""

    def __init__(self, span: Span):
        self._span = span
        self.traceparent = traceparent_of(span.get_span_context())

    def tell(self, **said: Said) -> None:
        """Say more of it: `fps.` and a word each. Never a person's data."""
        for name, value in said.items():
            self._span.set_attribute(f"fps.{name}", value)

    def link(self, traceparents: Iterable[str]) -> None:
        """What it follows, in traces that are not its own: each once."""
        own = self._span.get_span_context().trace_id
        for one in _links(traceparents):
            if one.context.trace_id != own:
                self._span.add_link(one.context)

    def name(self, name: str) -> None:
        """What it is, once that is known."""
        self._span.update_name(name)

    def http(self, **said: Said) -> None:
        """What the semantic conventions have a name for."""
        for name, value in said.items():
            self._span.set_attribute(f"http.{name.replace('__', '.')}", value)

    def failed(self, code: str) -> None:
        """It did not end well; a code, never the words of an exception, which may hold a person's data."""
        self._span.set_status(Status(StatusCode.ERROR, code))

    def end(self) -> None:
        """It is over."""
        self._span.end()


class Traces:
    """The traces of one service. A span is named between rooms by its `traceparent`: the engine knows nothing else of OpenTelemetry."""

    def __init__(self, name: str, processors: Sequence[SpanProcessor]):
        resource = Resource.create({"service.name": f"fps-{name}", "service.namespace": "fps"})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        for one in processors:
            self._provider.add_span_processor(one)
        self._tracer = self._provider.get_tracer("fps")
        self._last: OrderedDict[tuple[str, str], str] = OrderedDict()

    def _begin(
        self, name: str, under: str, said: Mapping[str, Said], kind: SpanKind = SpanKind.INTERNAL, links: Iterable[str] = ()
    ) -> Step:
        """Begin a span that its caller ends: under the one that `under` names, or at the root of a trace."""
        own = {f"fps.{key}": value for key, value in said.items()}
        return Step(self._tracer.start_span(name, _under(under), kind, own, _links(links)))

    @contextmanager
    def step(self, name: str, under: str = "", *, links: Iterable[str] = (), **said: Said) -> Iterator[Step]:
        """A span as long as what is done in it; what is raised there fails it."""
        one = self._begin(name, under, said, links=links)
        try:
            yield one
        except Exception as error:
            one.failed(getattr(error, "code", "") or type(error).__name__)
            raise
        finally:
            one.end()

    @contextmanager
    def request(self, method: str, traceparent: str, bac: str) -> Iterator[Step]:
        """The span of a request, which what it asks for is under; errors of the caller are no errors of this service."""
        one = self._begin(method, traceparent, {"bac": bac}, SpanKind.SERVER)
        token = trace_en_cours.set(one.traceparent)
        try:
            yield one
        except Exception as error:
            one.failed(type(error).__name__)
            raise
        finally:
            trace_en_cours.reset(token)
            one.end()

    def sent(self, name: str, traceparent: str, **said: Said) -> Step:
        """The span of a letter on its way."""
        return self._begin(name, traceparent, said, SpanKind.PRODUCER)

    def since(self, name: str, begun: int, acts: Sequence[str], **said: Said) -> None:
        """A span that began at an instant (nanoseconds) and ends now, common to several acts: under the first, linked to the others."""
        if not acts:
            return
        own = {f"fps.{key}": value for key, value in said.items()}
        self._tracer.start_span(name, _under(acts[0]), SpanKind.INTERNAL, own, _links(acts[1:]), begun).end()

    now = staticmethod(wall_nanoseconds)

    def remember(self, bac: str, dossier: str, traceparent: str) -> None:
        """The last thing that was seen of a dossier: what a day brings it is linked to this."""
        self._last[bac, dossier] = traceparent
        self._last.move_to_end((bac, dossier))
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)

    def last(self, bac: str, dossier: str) -> str:
        """The last thing that this process saw of a dossier, "" when it saw nothing."""
        return self._last.get((bac, dossier), "")

    def close(self) -> None:
        """Give what is left to the exporters; may wait for them."""
        self._provider.shutdown()


class Spans(SpanProcessor):
    """The last spans of a process, kept for a page that shows them without any collector."""

    def __init__(self, kept: int = KEPT):
        self.ended: deque[ReadableSpan] = deque(maxlen=kept)

    def on_end(self, span: ReadableSpan) -> None:
        """One more; the oldest goes."""
        self.ended.append(span)

    def of(self, **said: Said) -> list[ReadableSpan]:
        """The spans of which all this is said, oldest first."""
        wanted = {f"fps.{key}": value for key, value in said.items()}
        return [one for one in list(self.ended) if wanted.items() <= dict(one.attributes or {}).items()]


def exporters_of(names: Sequence[str]) -> list[SpanExporter]:
    """The exporters that OTEL_TRACES_EXPORTER names; the one of OTLP speaks HTTP, where its own variables say."""
    found: list[SpanExporter] = []
    for name in names:
        if name == "console":
            found.append(ConsoleSpanExporter())
        elif name == "otlp":
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # its libraries take a while to import

            found.append(OTLPSpanExporter())
    return found


def open_traces(name: str, exporters: Sequence[str], spans: Spans | None = None) -> Traces:
    """The traces of a service, given to these exporters, and to who keeps them in this process."""
    processors: list[SpanProcessor] = [BatchSpanProcessor(one) for one in exporters_of(exporters)]
    return Traces(name, [*processors, *([] if spans is None else [spans])])
