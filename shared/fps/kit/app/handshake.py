"""The server of every part of the simulator: in TLS nobody is in before the end of a handshake, which has so long and so many places."""

import asyncio
import logging
import socket
import ssl
import sys
from contextlib import suppress
from functools import partial
from typing import Any, Final, cast

import uvicorn
from uvicorn.server import ServerState

from fps.kit.app import listening
from fps.kit.app.places import PER_PEER, places_of

log = logging.getLogger(__name__)
HANDSHAKE_TIME: Final = 10.0  # seconds to shake hands, whatever comes meanwhile
ALL: Final = 3 / 4  # of the places of the server, those of all who have not finished
FAILED: Final = 3  # exit status, as uvicorn has it
PAUSE: Final = 0.1  # seconds before the machine is asked again for a file that it did not have


class Server(uvicorn.Server):
    """What `listening` describes, at work. Raises SystemExit when its address cannot be had, as uvicorn does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        context = self.config.ssl
        if context is None:
            await super().startup(sockets)
            return
        await super().startup([])
        try:
            bound = await _bound(self.config) if sockets is None else [_listens(one, self.config) for one in sockets]
        except OSError as error:
            log.error("%s", error)
            await self.lifespan.shutdown()
            sys.exit(FAILED)
        self.servers = [cast(Any, Threshold(self, context, bound))]
        self._log_started_message(bound)


class Threshold:
    """The sockets of a server, and those who came and do not yet speak TLS.

    Who comes when there is no place left takes that of who does nothing with its own (`places`), in a handshake or after it.
    """

    def __init__(self, server: uvicorn.Server, context: ssl.SSLContext, bound: list[socket.socket]):
        self.sockets, self._server, self._context = bound, server, context
        self._loop = asyncio.get_running_loop()
        self._places = places_of(server.server_state)
        self._waiting: set[asyncio.Task[None]] = set()  # handshakes
        self._accepting = [self._loop.create_task(self._accept(one)) for one in bound]

    def close(self) -> None:
        """Nobody comes in any more, nor ends a handshake."""
        for task in (*self._accepting, *self._waiting):
            task.cancel()
        for one in self.sockets:
            one.close()

    async def wait_closed(self) -> None:
        await asyncio.gather(*self._accepting, *self._waiting, return_exceptions=True)

    async def _accept(self, bound: socket.socket) -> None:
        while True:
            try:
                raw, peer = await self._loop.sock_accept(bound)
            except OSError:  # no file left, or who came left already
                self._places.make_room()
                await asyncio.sleep(PAUSE)
                continue
            address, places, state = str(peer[0]), listening.connections(), self._server.server_state
            if self._places.of(address) >= places * PER_PEER:
                self._places.make_room(address)
            while len(self._waiting) >= places * ALL or len(self._waiting) + len(state.connections) >= places:
                if not self._places.make_room():
                    break
            task = self._loop.create_task(self._shake(raw, state))
            self._waiting.add(task)
            self._places.wait(task, address, partial(self._give_way, task))
            task.add_done_callback(partial(self._done, raw))

    def _give_way(self, task: asyncio.Task[None]) -> None:
        self._waiting.discard(task)
        task.cancel()

    def _done(self, raw: socket.socket, task: asyncio.Task[None]) -> None:
        self._waiting.discard(task)
        self._places.busy(task)
        if task.cancelled():  # maybe before it began
            raw.close()

    async def _shake(self, raw: socket.socket, state: ServerState) -> None:
        def inside() -> asyncio.Protocol:
            made = cast(Any, self._server.config.http_protocol_class)
            return cast(asyncio.Protocol, made(config=self._server.config, server_state=state, app_state=self._server.lifespan.state))

        with suppress(OSError):  # the handshake failed, or was late: TLS said what there was to say
            await self._loop.connect_accepted_socket(inside, raw, ssl=self._context, ssl_handshake_timeout=HANDSHAKE_TIME)


def _listens(bound: socket.socket, config: uvicorn.Config) -> socket.socket:
    """A socket that had its address already, and listens from now on; raises OSError."""
    bound.listen(config.backlog)
    bound.setblocking(False)
    return bound


async def _bound(config: uvicorn.Config) -> list[socket.socket]:
    """The sockets of every address that the name of the host has; raises OSError."""
    infos = await asyncio.get_running_loop().getaddrinfo(config.host or None, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    found: list[socket.socket] = []
    try:
        for family, address in dict.fromkeys((info[0], info[4]) for info in infos):
            found.append(socket.create_server(cast(Any, address), family=family, backlog=config.backlog))
            found[-1].setblocking(False)
    except OSError:
        for one in found:
            one.close()
        raise
    return found
