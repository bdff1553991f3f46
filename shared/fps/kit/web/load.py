"""What one server bears at once: requests, the bytes of their bodies, how long one more waits; beyond, 503 and when to come back."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import ceil, exp
from time import monotonic
from typing import Any, Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fps.kit.ground.faults import Overloaded
from fps.kit.web import page, problems
from fps.kit.web.costs import GUESS, Costs, Stepped, kind_of
from fps.kit.web.gate import SEALS
from fps.kit.wire.envelope import BODY_LIMIT

log = logging.getLogger(__name__)
FREE: Final = (
    64 * 1024
)  # bytes of each body that are not counted: the server holds as much of each connection anyway, and letters are short
ANNOUNCED: Final = 16 * BODY_LIMIT  # believed of what a request says it will send; more is counted when it comes
BODIES: Final = 32 * BODY_LIMIT  # bytes of all the bodies, without a setting
PER_PEER: Final = 1 / 2  # of these bytes, those that one address may have counted
MOST: Final = 1_000  # requests in progress, those whose client left included
STREAMS: Final = 100  # answers that tell what happens as it happens
EVENTS: Final = b"text/event-stream; charset=utf-8"
SOME: Final = 8  # requests in progress under which nobody is refused for the time that it would wait: one slow act alone says nothing
FEW: Final = 64  # requests in progress under which they are believed to be done as fast as what they cost, at least
PATIENCE: Final = 5.0  # seconds that one more request may have to wait, without a setting
SHARE: Final = (
    1 / 4
)  # of these seconds, those that one request counts for at most: what is very long is done in pieces, others between them
FADE: Final = 5.0  # seconds after which what was measured counts for a third
LONGEST: Final = 30  # seconds of Retry-After at most
TELL: Final = 60.0  # seconds between two warnings
PLACE: Final = "fps.charge"  # where a request finds its own part, in its scope
TITRE: Final = "Trop de demandes attendent déjà"
PROBES: Final = ("/sante/", "/metrics")  # asked by who watches: a server that says nothing would be ended in the middle of its work

en_cours: "ContextVar[Part | None]" = ContextVar("charge_en_cours", default=None)  # of the request that is being answered


@contextmanager
def holding() -> Iterator[None]:
    """While the request that is answered has the writer of its service to itself: all of it is work, whatever it waits for."""
    part, begun = en_cours.get(), monotonic()
    before = 0.0 if part is None else part.spent
    try:
        yield
    finally:
        if part is not None:
            part.spent = max(part.spent, before + monotonic() - begun)


@dataclass(slots=True, eq=False)
class Part:
    """What one request has of the whole."""

    load: "Load"
    peer: str
    announced: int
    act: tuple[str, str] = ("", "")  # method and path
    size: int = 0  # bytes of its body, once it has come whole
    cost: float = GUESS  # seconds of this server's work that it is believed to be; known once its body has come
    spent: float = 0.0  # those that were seen
    since: float = 0.0
    working: bool = True  # it makes others wait
    streams: bool = False  # it tells things as they happen, for as long as somebody listens
    refused: bool = False
    most: int = 1 << 62  # bytes of its body that the memory holds at most: what reads it into a file says less
    held: int = 0

    def receiving(self, receive: Receive) -> Receive:
        """Its body, counted before it is read when it is announced, as it comes when it is not; raises Overloaded."""
        seen, begun = 0, False

        async def hear() -> Message:
            """A piece; whole, the body is work: until then, who sends it slowly makes nobody wait."""
            nonlocal seen, begun
            if not begun:
                begun = True
                self.load.hold(self, min(self.announced, ANNOUNCED))
            message = await receive()
            seen += len(message.get("body", b""))
            self.load.hold(self, seen)
            if message["type"] == "http.request" and not message.get("more_body", False):
                self.load.weigh(self, seen)
            return message

        return hear

    def answering(self, send: Send, refuse: Callable[[Overloaded], Awaitable[None]]) -> Send:
        """Its answer; the refusal instead when it begins to tell what happens and too many do.

        Who gives it hears then that the answer is complete, as when a client leaves, and what it still says goes nowhere.
        """
        silenced = False

        async def say(message: Message) -> None:
            nonlocal silenced
            if silenced:
                return
            if message["type"] == "http.response.start":
                if (b"content-type", EVENTS) in message["headers"]:
                    try:
                        self.load.stream(self)
                    except Overloaded as error:
                        silenced = self.refused = True
                        return await refuse(error)
                self.refused = self.refused or message["status"] == 503
            await send(message)

        return say

    @contextmanager
    def resting(self) -> Iterator[None]:
        """While it waits for something that is not this server's work, it makes nobody wait."""
        self.load.quit(self)
        try:
            yield
        finally:
            self.load.join(self)


class Load:
    """What is in progress on one server. `limit`: bytes of bodies beyond the first of each; `patience`: seconds that one more may wait."""

    def __init__(
        self,
        limit: int = BODIES,
        clock: Callable[[], float] = monotonic,
        told: Callable[[str], None] = lambda why: None,
        patience: float = PATIENCE,
    ):
        """`told`: who counts the refusals, by their reason."""
        self.limit, self.clock, self.told, self.patience = limit, clock, told, patience
        self.costs = Costs()
        self.number, self.active, self.streams, self.work, self.held = 0, 0, 0, 0.0, 0
        self._of: Counter[str] = Counter()
        self._seconds = self._done = self._last = 0.0
        self._warned, self._unsaid = float("-inf"), 0

    def enter(self, peer: str, announced: int, act: tuple[str, str] = ("", "")) -> Part:
        """One request more, until it leaves; raises Overloaded. `act`: its method and its path."""
        if self.number >= MOST:
            raise self._refuse("demandes", f"{self.number} demandes sont en cours", max(2.0, self.wait))
        self._expect(self.wait)
        # A short body comes with its head. A long one is work once it has come: until then, who sends it slowly makes nobody wait.
        cost = self._cost(act, announced) if announced <= FREE else GUESS
        part = Part(self, peer, announced, act, announced if announced <= FREE else 0, cost, since=self.clock())
        self.number += 1
        self.join(part)
        return part

    def leave(self, part: Part) -> None:
        """It is answered, or given up."""
        self.number -= 1
        if part.streams:
            self.streams -= 1
        else:
            if self.active >= SOME:
                self._learn(part)
            if part.spent and not part.refused:
                self.costs.learn(kind_of(*part.act, part.size), part.spent)
            self.quit(part)
        self.held -= part.held
        self._of[part.peer] -= part.held
        if not self._of[part.peer]:
            del self._of[part.peer]

    @property
    def wait(self) -> float:
        """The seconds that one more would wait: what the work in progress costs, at the pace at which such work was done lately.

        0 where few ask. Where they are some, what each was seen to take is the most that is believed: an answer that waits for something
        else makes the pace look slow. Where they are many and nothing was answered for a while, that is what one more waits.
        """
        return self._wait(self.active, self.work)

    def _wait(self, active: int, work: float) -> float:
        if active < SOME:
            return 0.0
        pace = self._seconds / self._done if self._done else 1.0
        return work * min(pace, 1.0) if active < FEW else max(work * pace, self.clock() - self._last)

    def _expect(self, wait: float) -> None:
        if wait > self.patience:
            raise self._refuse("attente", f"une demande de plus attendrait {wait:.0f} s", wait)

    def _cost(self, act: tuple[str, str], size: int) -> float:
        return min(self.costs.of(kind_of(*act, size), size), self.patience * SHARE)

    def weigh(self, part: Part, size: int) -> None:
        """Its body has come, and is now to be read; raises Overloaded when a long one finds too much that came meanwhile."""
        if size == part.size:
            return
        part.size = size
        if not part.working:
            part.cost = self._cost(part.act, size)
            return
        if size > FREE:
            self._expect(self._wait(self.active - 1, self.work - part.cost))
        self.work -= part.cost
        part.cost = self._cost(part.act, size)
        self.work += part.cost

    def hold(self, part: Part, size: int) -> None:
        """Count that many bytes of the body of a request; raises Overloaded. A body that is alone always fits."""
        wanted = max(0, min(size, part.most) - FREE)
        more = wanted - part.held
        if more <= 0:
            return
        others, own = self.held - part.held, self._of[part.peer] - part.held
        if (others and others + wanted > self.limit) or (own and own + wanted > self.limit * PER_PEER):
            raise self._refuse("octets", f"{self.held // 1024} Kio de corps sont déjà en mémoire", 2.0)
        part.held += more
        self.held += more
        self._of[part.peer] += more

    def stream(self, part: Part) -> None:
        """It is answered, but for what it will be told as it happens; raises Overloaded."""
        if self.streams >= STREAMS:
            raise self._refuse("flots", f"{self.streams} pages suivent déjà ce qui se passe", LONGEST)
        part.streams = True
        self.streams += 1
        self.quit(part)

    def join(self, part: Part) -> None:
        """It asks for work."""
        part.working = True
        self.active += 1
        self.work += part.cost
        if self.active in (SOME, FEW):  # what was done before, by few, tells nothing of the pace of many
            self._last = self.clock()

    def quit(self, part: Part) -> None:
        """It asks for none any more, or for a while."""
        part.working = False
        self.active -= 1
        self.work = self.work - part.cost if self.active else 0.0

    def _learn(self, part: Part) -> None:
        now, cost = self.clock(), part.spent or part.cost
        spent = now - max(self._last, part.since)  # idle before it came, the server cost it nothing
        kept = exp(-spent / FADE)
        self._seconds, self._done, self._last = self._seconds * kept + spent, self._done * kept + cost, now

    def _refuse(self, why: str, detail: str, after: float) -> Overloaded:
        self.told(why)
        now = self.clock()
        if now - self._warned >= TELL:
            log.warning("surcharge", extra={"cause": detail, "tues": self._unsaid})
            self._warned, self._unsaid = now, 0
        else:
            self._unsaid += 1
        return Overloaded(detail, ceil(min(after, LONGEST)))


class Bounded:
    """ASGI wrapper: what comes when the server has enough to do is refused at once, before its body is read; probes never are."""

    def __init__(self, app: ASGIApp, load: Load):
        self.app, self.load = app, load

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(PROBES):
            await self.app(scope, receive, send)
            return
        said = next((value for name, value in scope["headers"] if name == b"content-length"), b"")

        async def refuse(error: Overloaded) -> None:
            await _told(scope, error)(scope, receive, send)

        try:
            part = self.load.enter(
                str((scope.get("client") or ("",))[0]), int(said) if said.isdigit() else 0, (scope["method"], scope["path"])
            )
        except Overloaded as error:
            return await refuse(error)
        scope[PLACE] = part
        before = en_cours.set(part)
        try:
            await Stepped(self.app(scope, part.receiving(receive), part.answering(send, refuse)), part)  # type: ignore[arg-type]
        finally:
            en_cours.reset(before)
            self.load.leave(part)


def part_of_request(scope: Mapping[str, Any]) -> Part | None:
    """What its server counts of a request; None where nothing is counted."""
    found: Part | None = scope.get(PLACE)
    return found


def _told(scope: Scope, error: Overloaded) -> Response:
    """A page for who reads pages."""
    wanted = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    if b"text/html" in wanted:
        response: Response = page.page(
            TITRE, page.paragraphe(f"Rien n'a été enregistré : recommencez dans {error.retry_after} s."), statut=503
        )
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    response = problems.of(error)
    response.headers.update(SEALS)
    return response
