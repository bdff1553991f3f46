"""TLS handshakes that never end, and connections that do nothing after: a service leaves them in time, and answers who is in earnest."""

import asyncio
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager

import pytest
import uvicorn
import uvloop

from fps.kit.app import listening
from fps.kit.app.handshake import Server
from fps.kit.trust.pki import Pki
from fps.kit.trust.tls import between_services
from fps.parties import Party

FILES = 160  # that the served process may open: fewer than the handshakes that are left half way
HALF = 400
IDLE = 40  # more than the places of that process (a sixth of its files)
HELLO = bytes.fromhex("1603010200010001fc0303")  # the first bytes of a client's greeting, and nothing after


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    found = Pki(tmp_path_factory.mktemp("pki"))
    found.preparer()
    return found


@pytest.fixture(scope="module")
def court(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a court served in TLS by a process of its own, which opens few files."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("ccsp")
    given = {"FPS_TLS": "1", "FPS_PKI_DIR": str(pki.dossier), "FPS_PORT": str(port), "FPS_HOST": "127.0.0.1", "FPS_BUS_URL": "memory://"}
    given["FPS_DATABASE_URL"] = f"sqlite+aiosqlite:///{folder / 'ccsp.db'}"
    clean = {k: v for k, v in os.environ.items() if not k.startswith("FPS_")} | given
    command = f"ulimit -n {FILES}; exec {sys.executable} -m ccsp"
    subprocess.run([sys.executable, "-m", "ccsp", "migrate"], env=clean, cwd=folder, check=True, timeout=60)
    with subprocess.Popen(["bash", "-c", f"{command} serve"], env=clean, cwd=folder, stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 30
            while answered(pki, port) is None:
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.1)
            yield port
        finally:
            process.kill()


def answered(pki: Pki, port: int, wait: float = 5) -> int | None:
    """The status that an honest client gets, or None."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=wait) as raw:
            raw.settimeout(wait)
            with between_services(pki).wrap_socket(raw, server_hostname="127.0.0.1") as one:
                one.sendall(b"GET /sante/pret HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return int(one.recv(65_536).split()[1])
    except (OSError, IndexError):
        return None


@contextmanager
def half_way(port: int, number: int, said: bytes) -> Iterator[list[socket.socket]]:
    """So many connections that begin a handshake with these bytes and stay there."""
    with ExitStack() as opened:
        found = []
        for _ in range(number):
            one = opened.enter_context(socket.socket())
            one.settimeout(5)
            one.connect(("127.0.0.1", port))
            one.sendall(said)
            found.append(one)
        yield found


@pytest.mark.parametrize("said", [b"", HELLO], ids=["nothing", "half a greeting"])
def test_hundreds_of_handshakes_half_way_keep_nobody_out(pki: Pki, court: int, said: bytes) -> None:
    with half_way(court, HALF, said):
        assert [answered(pki, court) for _ in range(5)] == [200] * 5


GET = b"GET /sante/vivant HTTP/1.1\r\nHost: localhost\r\n\r\n"
AFTER = {"nothing": b"", "half a head": GET[:20], "nothing more": GET}


@pytest.mark.parametrize("said", AFTER)
def test_connections_that_are_idle_after_their_handshake_keep_nobody_out(pki: Pki, court: int, said: str) -> None:
    with ExitStack() as opened:
        for _ in range(IDLE):
            raw = opened.enter_context(socket.create_connection(("127.0.0.1", court), timeout=5))
            one = opened.enter_context(between_services(pki).wrap_socket(raw, server_hostname="127.0.0.1"))
            one.sendall(AFTER[said])
            assert AFTER[said] != GET or one.recv(65_536).startswith(b"HTTP/1.1 200")
        assert [answered(pki, court) for _ in range(3)] == [200] * 3


@asynccontextmanager
async def served(pki: Pki) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    """A server of nothing, in TLS, and its port."""

    async def app(scope: object, receive: object, send: object) -> None: ...

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki.fichier_chaine(Party.CCSP), pki.fichier_cle(Party.CCSP))
    server = Server(listening.listening(app, "127.0.0.1", 0, context, lifespan="off", timeout_graceful_shutdown=30))
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    try:
        yield server, server.servers[0].sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.mark.parametrize("loop", LOOPS)
def test_a_handshake_has_so_long_whether_it_says_nothing_or_goes_slowly(pki: Pki, loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fps.kit.app.handshake.HANDSHAKE_TIME", 0.3)

    async def slowly() -> None:
        async with served(pki) as (_, port):
            began = time.monotonic()
            (reader, writer), (slow, drip) = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
            ended = asyncio.create_task(slow.read())
            for byte in HELLO * 20:
                drip.write(bytes([byte]))
                if (await asyncio.wait([ended], timeout=0.02))[0]:
                    break
            await asyncio.gather(reader.read(), ended, return_exceptions=True)
            assert 0.25 < time.monotonic() - began < 2
            for one in (writer, drip):
                one.close()

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(slowly())


@pytest.mark.parametrize("loop", LOOPS)
def test_a_server_that_stops_waits_for_no_handshake(pki: Pki, loop: str) -> None:
    async def stopped() -> float:
        async with served(pki) as (server, port):
            with half_way(port, 3, HELLO):
                await asyncio.sleep(0.1)
                began = time.monotonic()
                await server.shutdown()
                return time.monotonic() - began

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        assert runner.run(stopped()) < 2


async def test_the_oldest_of_who_holds_the_most_leaves_its_place(pki: Pki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "connections", lambda: 8)

    async def come(*hosts: str) -> list[asyncio.StreamReader]:
        found = []
        for host in hosts:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(host, 0))
            opened.append(writer)
            found.append(reader)
        await asyncio.sleep(0.1)
        return found

    def left(readers: list[asyncio.StreamReader]) -> list[bool]:
        return [r.at_eof() or r.exception() is not None for r in readers]

    opened: list[asyncio.StreamWriter] = []
    async with served(pki) as (_, port):
        greedy = await come(*["127.0.0.1"] * 6)
        assert left(greedy) == [True] * 2 + [False] * 4  # one address has half of the places at most
        others = await come(*[f"127.0.0.{n}" for n in range(2, 8)])  # and all together three quarters of them
        assert left(greedy[2:] + others) == [True] * 4 + [False] * 6
    for writer in opened:
        writer.close()
