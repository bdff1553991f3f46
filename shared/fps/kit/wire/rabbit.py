"""RabbitMQ behind the bus: quorum queues, packs with confirms, one multiple ack per group, retries by delayed queues.

With one account for each service (`fps-antai`: the prefix, then its name), a pack carries the account that published it (`user_id`, which
the broker checks), and a service declares and reads its own queues only. With one account for all, each declares everything.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import aio_pika
import aiormq

from fps.kit.ground.faults import Unavailable
from fps.kit.ground.retry import attempts
from fps.kit.wire.bus import BusUnavailable, Mine, Take, address, routing_keys
from fps.kit.wire.envelope import PACK, PACK_TYPE, Letter, pack, parcels
from fps.parties import SERVICES, Party

log = logging.getLogger(__name__)
LOST = (
    aio_pika.exceptions.AMQPError,
    aiormq.exceptions.AMQPError,
    aiormq.exceptions.ChannelInvalidStateError,
    ConnectionError,
    OSError,
    TimeoutError,
)
PREFETCH = 20  # packs on their way to one service: twice a full batch
GROUP = 10  # packs handled together
OPENING = 20.0  # seconds given to the declarations
CONFIRM = 15.0  # seconds given to the broker to confirm a pack
FOREVER = 1_000_000  # RabbitMQ 4 drops a message after 20 deliveries unless told otherwise


def _lost(error: BaseException) -> bool:
    """Whether it is the end of a connection: aiormq throws a bare Exception at what waited when it is closed."""
    return isinstance(error, LOST) or type(error) is Exception


async def _close(connection: Any) -> None:
    """Close a connection that may be dead already, whole however often who closes it is cancelled; never waits for long."""
    closing, cancelled = asyncio.create_task(_closed(connection)), False
    while not closing.done():
        try:
            await asyncio.wait([closing])
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError


async def _closed(connection: Any) -> None:
    try:
        async with asyncio.timeout(5):
            await connection.close()
    except Exception as error:
        if not _lost(error):
            raise


class RabbitBus:
    """Two connections (publish, consume), made again whenever they are lost."""

    def __init__(self, url: str, prefix: str, retry_delays: Sequence[float], parts: int = 1):
        self.prefix, self.delays, self.parts = prefix, tuple(retry_delays), parts
        self.accounts = {f"{prefix}-{party}": party for party in SERVICES}
        self.account = unquote(urlsplit(url).username or "guest")
        self.own = self.accounts.get(self.account)  # the only service that has this account; None: it is everybody's
        # A short heartbeat: a connection that died without a word is found out in seconds.
        self.address = url if "heartbeat=" in url else f"{url}{'&' if '?' in url else '?'}heartbeat=10"
        self._publishing: Any = None
        self._stopped = False
        self._exchanges: dict[str, Any] = {}
        self._lock = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._consuming: dict[Party, bool] = {}
        self._served: dict[Party, frozenset[int]] = {}  # the parts whose letters are taken now

    async def start(self, timeout: float) -> None:
        self._stopped = False
        try:
            async for attempt in attempts(BusUnavailable, timeout):
                with attempt:
                    await self._connected()
        except BusUnavailable as error:
            raise BusUnavailable(f"RabbitMQ ne répond pas : {error}") from error

    async def stop(self) -> None:
        # Cancelled until it ends: the client library may swallow one cancellation while it opens a channel.
        while pending := [task for task in self._tasks if not task.done()]:
            for task in pending:
                task.cancel()
            await asyncio.wait(pending, timeout=1)
        self._tasks.clear()
        self._stopped = True
        await self._drop()
        async with self._lock:  # who was opening another one has closed it
            pass

    def ready(self) -> bool:
        return self._publishing is not None and not self._publishing.is_closed and all(self._consuming.values())

    async def _declare(self, channel: Any) -> dict[str, Any]:
        """The queues of every service, or its own: whoever starts first, a letter stays with its sender until its queue is there."""
        main = await channel.declare_exchange(self.prefix, aio_pika.ExchangeType.TOPIC, durable=True)
        exchanges = {"": main}
        for key in routing_keys(self.own):
            queue = await channel.declare_queue(
                f"{self.prefix}.{key}", durable=True, arguments={"x-queue-type": "quorum", "x-delivery-limit": FOREVER}
            )
            await queue.bind(main, key)
        for party in SERVICES if self.parts > 1 else ():
            if self.own in (None, party) and (keys := routing_keys(party)):
                await self._declare_parts(channel, main, party, keys)
        for delay in self.delays:
            name = self._later(delay)
            exchanges[name] = await channel.declare_exchange(name, aio_pika.ExchangeType.TOPIC, durable=True)
            waiting = {"x-queue-type": "classic", "x-message-ttl": round(delay * 1000), "x-dead-letter-exchange": self.prefix}
            queue = await channel.declare_queue(name, durable=True, arguments=waiting)
            await queue.bind(exchanges[name], "#")
        return exchanges

    async def _declare_parts(self, channel: Any, main: Any, party: Party, keys: Sequence[str]) -> None:
        """One queue for each part of the dossiers of a service, read by one process at a time."""
        wanted = {"x-queue-type": "quorum", "x-delivery-limit": FOREVER, "x-single-active-consumer": True}
        for part in range(self.parts):
            queue = await channel.declare_queue(self._part(party, part), durable=True, arguments=wanted)
            for key in keys:
                await queue.bind(main, f"{key}.{part}")

    def _part(self, party: Party, part: int) -> str:
        return f"{self.prefix}.{party}.part-{part}"

    def _queues(self, party: Party, served: frozenset[int] | None) -> list[str]:
        """The queues to read: those of the flows, which who has the first part empties where the work is shared."""
        flows = [f"{self.prefix}.{key}" for key in routing_keys(party)]
        if served is None:
            return flows
        return [*(self._part(party, part) for part in sorted(served) if flows), *(flows if 0 in served else ())]

    def _later(self, delay: float) -> str:
        """The name of the queue in which a letter waits that many seconds, and of its exchange: each account has its own."""
        owner = "" if self.own is None else f"{self.own}."
        return f"{self.prefix}.retard.{owner}{round(delay * 1000)}ms"

    def _bringer(self, message: Any) -> str | None:
        """Who brought a pack: None when everybody has the same account, or when it is what this service has put aside itself."""
        if self.own is None or message.user_id == self.account:
            return None
        return self.accounts.get(message.user_id or "", "")

    async def _connected(self) -> dict[str, Any]:
        async with self._lock:
            if self._publishing is None or self._publishing.is_closed:
                try:
                    self._publishing = None if self._stopped else await aio_pika.connect(self.address, timeout=5)
                    if self._stopped:  # meanwhile, or before: nobody would close it
                        raise ConnectionError("le service s'arrête")
                    async with asyncio.timeout(OPENING):
                        channel = await self._publishing.channel(publisher_confirms=True, on_return_raises=True)
                        self._exchanges = await self._declare(channel)
                except Exception as error:
                    if not _lost(error):
                        raise
                    await self._drop()
                    raise BusUnavailable(repr(error)) from error
            return self._exchanges

    async def _drop(self) -> None:
        connection, self._publishing = self._publishing, None
        if connection is not None:
            await _close(connection)

    async def publish(self, routing_key: str, packs: Sequence[Sequence[Letter]]) -> list[Letter]:
        exchange = (await self._connected())[""]
        await self._put(exchange, [(routing_key, pack(letters)) for letters in packs])
        return []

    async def _put(self, exchange: Any, bodies: Sequence[tuple[str, bytes]]) -> None:
        sends = [
            exchange.publish(
                aio_pika.Message(body, content_type=PACK_TYPE, delivery_mode=2, user_id=self.account if self.own else None),
                routing_key=key,
                mandatory=True,
                timeout=CONFIRM,
            )
            for key, body in bodies
        ]
        results = await asyncio.gather(*sends, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and _lost(result):
                # Some packs may be safe already: they go again, and the receiver's inbox knows them.
                await self._drop()
                raise BusUnavailable(repr(result)) from result
            if isinstance(result, BaseException):
                raise result

    async def consume(self, party: Party, take: Take, shares: Mine | None = None) -> None:
        self._consuming[party] = False
        self._tasks.append(asyncio.create_task(self._consume(party, take, shares), name=f"consume-{party}"))

    async def left(self, party: Party, parts: frozenset[int]) -> None:
        while self._served.get(party, frozenset()) & parts:  # noqa: ASYNC110 (for as long as a group of letters is handled)
            await asyncio.sleep(0.02)

    async def _consume(self, party: Party, take: Take, shares: Mine | None) -> None:
        while True:
            again = False
            try:
                connection = await aio_pika.connect(self.address, timeout=5)
                try:
                    again = await self._feed(connection, party, take, shares)
                finally:
                    await _close(connection)
                    self._served[party] = frozenset()
            except Exception as error:  # a consumer never ends in silence: said, then taken up again
                if _lost(error):
                    log.warning("courtier perdu, nouvelle tentative", extra={"cause": repr(error)})
                else:
                    log.exception("consommateur", extra={"cause": party.value})
            finally:
                self._consuming[party] = again
            await asyncio.sleep(0 if again else 0.5)

    async def _feed(self, connection: Any, party: Party, take: Take, shares: Mine | None) -> bool:
        """Until the connection is lost, or other parts are to be served: what was not handled goes back to its place, and True is told."""
        mine, losses = (None, 0) if shares is None else (shares.mine, shares.losses)
        self._served[party] = mine or frozenset()
        waiting: asyncio.Queue[Any] = asyncio.Queue()
        async with asyncio.timeout(OPENING):
            channel = await connection.channel()
            await channel.set_qos(prefetch_count=PREFETCH)
            await self._declare(channel)
            for name in self._queues(party, mine):
                queue = await channel.get_queue(name, ensure=False)
                await queue.consume(waiting.put)
        self._consuming[party] = True
        lost = asyncio.ensure_future(channel.closed())
        try:
            while not lost.done():
                if shares is not None and (shares.mine, shares.losses) != (mine, losses):
                    return True
                first = asyncio.ensure_future(waiting.get())
                awaited = {first, lost} if shares is None else {first, lost, asyncio.ensure_future(shares.changed.wait())}
                try:
                    await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for one in awaited - {lost}:
                        if not one.done():
                            one.cancel()
                if not first.done() and not lost.done():
                    continue  # other parts are to be served
                if first.cancelled() or not first.done():
                    break
                group = [first.result()]
                while len(group) < GROUP and not waiting.empty():
                    group.append(waiting.get_nowait())
                await self._handle(group, take, lost)
        finally:
            lost.cancel()
        return False

    async def _handle(self, group: list[Any], take: Take, lost: "asyncio.Future[Any]") -> None:
        """Commit, then one ack for the group; while the database is away the group is kept, unacknowledged."""
        while not lost.done():
            try:
                later = await take([m.body for m in group], [self._bringer(m) for m in group])
                exchanges = await self._connected() if later else {}
                aside: dict[str, dict[str, list[Letter]]] = {}
                for letter in later:
                    name = self._later(self.delays[max(min(letter.attempts, len(self.delays)), 1) - 1])
                    aside.setdefault(name, {}).setdefault(address(letter, self.parts), []).append(letter)
                for name, by in aside.items():  # together: one by one, each would wait for the broker to say that it is safe
                    await self._put(exchanges[name], [(key, pack(one)) for key, those in by.items() for one in parcels(those, PACK)])
                await group[-1].ack(multiple=True)
                return
            except Unavailable as error:
                log.warning("lettres gardées au courtier", extra={"cause": repr(error)})
                await asyncio.sleep(0.5)
