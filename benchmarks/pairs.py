"""ANTAI's door beside three tools that stand for a service: Prism, mountebank, WireMock, asked the same messages FPS by the same client.

None of them knows a dossier: Prism checks a message against the OpenAPI file and keeps nothing, the two others answer what they were given.
They speak plain HTTP, this project TLS with certificates. `make bench-pairs` fetches them with npm; WireMock needs Java.
"""

import json
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.figures import Absent, Bench, Figure
from benchmarks.http1 import Order
from benchmarks.ingestion import CONNECTIONS, porte, sent
from benchmarks.servers import ROOT, Process, free_ports, process
from fps.messages.mfps import AccuseFps, CreationFps

TOOLS = ROOT / "build" / "pairs" / "node_modules"
READY = "/pret"


def _program(name: str) -> str:
    """A program of this machine; raises Absent."""
    if (found := shutil.which(name)) is None:
        raise Absent(f"needs {name}")
    return found


def _tool(*parts: str) -> str:
    """A file of a tool that npm has brought; raises Absent."""
    found = TOOLS.joinpath(*parts)
    if not found.exists():
        raise Absent(f"needs {parts[0]} (make bench-pairs)")
    return str(found)


def answer() -> bytes:
    """What the two that know nothing answer."""
    return AccuseFps.exemplaire().model_dump_json().encode()


def contract() -> dict[str, Any]:
    """What Prism is given: the operation alone, whose security is a certificate that plain HTTP has not, and a page that says ready."""
    whole: dict[str, Any] = json.loads((ROOT / "docs/openapi/antai.json").read_text("utf-8"))
    operation = whole["paths"][CreationFps.path]["post"]
    operation.pop("security", None)
    said = {"200": {"description": "ready", "content": {"application/json": {"schema": {"type": "object"}}}}}
    ready = {"get": {"operationId": "ready", "responses": said}}
    # The document as it is published, but for the paths that this run does not ask.
    return whole | {"servers": [{"url": "/"}], "paths": {CreationFps.path: {"post": operation}, READY: ready}}


@contextmanager
def prism(folder: Path, port: int) -> Iterator[Process]:
    """`prism mock` of ANTAI's OpenAPI file: it refuses what the schema refuses, and answers the example."""
    file = folder / "antai.json"
    file.write_text(json.dumps(contract()), "utf-8")
    arguments = [
        _tool("@stoplight", "prism-cli", "dist", "index.js"),
        "mock",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--verboseLevel",
        "error",
    ]
    with process([*arguments, str(file)], folder / "prism.log", program=_program("node"), NODE_ENV="production") as one:
        yield one


@contextmanager
def mountebank(folder: Path, port: int) -> Iterator[Process]:
    """An imposter of mountebank: one answer to whatever comes."""
    body = answer().decode()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(answer())), "Connection": "keep-alive"}
    said = {"responses": [{"is": {"statusCode": 200, "headers": headers, "body": body}}]}
    imposter = {"port": port, "host": "127.0.0.1", "protocol": "http", "recordRequests": False, "stubs": [said]}
    file = folder / "imposters.json"
    file.write_text(json.dumps({"imposters": [imposter]}), "utf-8")
    own = [
        "--host",
        "127.0.0.1",
        "--port",
        str(free_ports(1)[0]),
        "--configfile",
        str(file),
        "--nologfile",
        "--pidfile",
        str(folder / "mb.pid"),
    ]
    arguments = [_tool("mountebank", "bin", "mb"), "start", *own, "--loglevel", "error", "--localOnly"]
    with process(arguments, folder / "mountebank.log", program=_program("node")) as one:
        yield one


@contextmanager
def wiremock(folder: Path, port: int) -> Iterator[Process]:
    """WireMock: one answer to whatever comes, without its journal of requests."""
    jars = sorted((TOOLS / "wiremock" / "build").glob("wiremock-standalone-*.jar"))
    if not jars:
        raise Absent("needs wiremock (make bench-pairs)")
    mappings = folder / "wiremock" / "mappings"
    mappings.mkdir(parents=True)
    said = {"status": 200, "headers": {"Content-Type": "application/json"}, "body": answer().decode()}
    (mappings / "tout.json").write_text(json.dumps({"request": {"urlPattern": ".*", "method": "ANY"}, "response": said}), "utf-8")
    own = ["--port", str(port), "--bind-address", "127.0.0.1", "--root-dir", str(mappings.parent), "--no-request-journal"]
    arguments = ["-jar", str(jars[-1]), *own, "--disable-banner", "--use-chunked-encoding", "never"]
    with process(arguments, folder / "wiremock.log", program=_program("java")) as one:
        yield one


PAIRS: Mapping[str, Any] = {"pair-prism": prism, "pair-mountebank": mountebank, "pair-wiremock": wiremock}


def beside(name: str) -> Callable[[Bench], Awaitable[list[Figure]]]:
    """The row of a tool: messages that ANTAI has accepted and kept each second, over the answers of the tool."""

    async def row(bench: Bench) -> list[Figure]:
        (port,) = free_ports(1)
        with tempfile.TemporaryDirectory() as folder, PAIRS[name](Path(folder), port) as tool:
            async with porte(bench.need_postgres(), Path(folder)) as antai:
                await tool.ready((port, READY))

                async def ours() -> float:
                    return await antai.single(bench.sizes.singles)

                async def theirs() -> float:
                    return await sent(Order(port, "", "", 0, bench.sizes.singles, CONNECTIONS))

                await theirs()  # both are warm
                one, other = await bench.medians(name, ours, theirs)
        return [Figure(name, one, other, "messages/s")]

    return row
