"""The client of somebody on a bad network: it repeats, cuts, doubles and delays what it sends, always with the same key."""

import asyncio
import contextlib
import json
import time
from collections import Counter
from random import Random
from typing import Any

import httpx

PATIENCE = 180.0  # seconds after which a request that was never answered is a fault
CLE = "Idempotency-Key"
COUPEE, DOUBLEE, TARDIVE = 0.06, 0.08, 0.06  # how often a request is cut, sent twice at once, sent again much later
REPRISE = 0.3  # seconds before what was not answered is sent again
TARD = 8.0  # seconds, at most, before it comes again


class Insistant(httpx.AsyncClient):
    """Every request that writes has an Idempotency-Key; without `hasard` nothing is cut nor doubled, it only repeats what was not answered.

    The pilot's own acts go through as they are: an advance that fails is asked again as a whole.
    """

    def __init__(self, hasard: Random | None = None, **options: Any):
        super().__init__(trust_env=False, **options)
        self.hasard = hasard
        self.comptes: Counter[str] = Counter()
        self.anomalies: list[str] = []
        self._tardives: set[asyncio.Task[None]] = set()

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """The final answer; raises what came last when there was none in time."""
        ecrit = request.method not in ("GET", "HEAD")
        if ecrit and request.url.path.startswith("/pilotage/"):
            return await super().send(request, **options)
        if ecrit and CLE not in request.headers:
            request.headers[CLE] = f"kill-{(self.hasard or Random()).getrandbits(96):x}"
        fin = time.monotonic() + PATIENCE
        while True:
            try:
                found = await (self._chahuter(request, options) if ecrit and self.hasard else super().send(request, **options))
                if found.status_code < 500 and not _a_finir(found):
                    break
                raison = f"{found.status_code} {found.text[:200]}"
                if found.status_code == 500:
                    self.anomalies.append(f"{request.method} {request.url.path} : {raison}")
            except httpx.HTTPError as error:
                raison = repr(error)
                if time.monotonic() > fin:
                    raise
            if time.monotonic() > fin:
                return found
            self.comptes["reprises"] += 1
            await asyncio.sleep(REPRISE)
        # A letter that was refused is looked at again on another day: that would be another life.
        if ecrit and self.hasard and found.status_code < 300 and self.hasard.random() < TARDIVE:
            self._plus_tard(request, found, self.hasard.uniform(0.3, TARD))
        return found

    async def _chahuter(self, request: httpx.Request, options: Any) -> httpx.Response:
        """One try, which may be cut in the middle, or be two at once."""
        assert self.hasard is not None
        sort = self.hasard.random()
        if sort < COUPEE:
            self.comptes["coupées"] += 1
            delai = self.hasard.uniform(0.002, 0.08)
            try:
                return await asyncio.wait_for(super().send(request, **options), delai)
            except TimeoutError as error:
                raise httpx.ReadTimeout("cut by the client", request=request) from error
        if sort < COUPEE + DOUBLEE:
            self.comptes["doublées"] += 1
            both = await asyncio.gather(*(super(Insistant, self).send(request, **options) for _ in range(2)), return_exceptions=True)
            answers = [x for x in both if isinstance(x, httpx.Response) and x.status_code < 500]
            if len(answers) == 2:
                self._comparer(request, answers[0], answers[1], "en double")
            if answers:
                return answers[0]
            if isinstance(both[0], BaseException):
                raise both[0]
            return both[0]
        return await super().send(request, **options)

    def _plus_tard(self, request: httpx.Request, first: httpx.Response, delai: float) -> None:
        async def again() -> None:
            await asyncio.sleep(delai)
            fin = time.monotonic() + PATIENCE
            while time.monotonic() < fin:
                with contextlib.suppress(httpx.HTTPError):
                    found = await super(Insistant, self).send(request)
                    if found.status_code < 500:
                        self.comptes["tardives"] += 1
                        self._comparer(request, first, found, "plus tard")
                        return
                await asyncio.sleep(REPRISE)
            self.anomalies.append(f"{request.method} {request.url.path}, plus tard : jamais répondu")

        task = asyncio.create_task(again())
        self._tardives.add(task)
        task.add_done_callback(self._tardives.discard)

    def _comparer(self, request: httpx.Request, first: httpx.Response, second: httpx.Response, comment: str) -> None:
        """What an act answered, a refusal by the law or the state included, is answered again; nothing else is kept (ADR 0019)."""
        kept = first.status_code < 300 or first.status_code == 409
        if kept and (first.status_code, first.text) != (second.status_code, second.text):
            said = f"{first.status_code} {first.text[:300]} puis {second.status_code} {second.text[:300]}"
            self.anomalies.append(f"{request.method} {request.url.path}, {comment}, même clé : {said}")

    async def finir(self) -> None:
        """Wait for what was to come again later."""
        while self._tardives:
            await asyncio.wait(set(self._tardives))


def _a_finir(found: httpx.Response) -> bool:
    """A lot of which a line met a fault: it is sent again as it is."""
    if not found.headers.get("content-type", "").startswith("application/x-ndjson"):
        return False
    return any(json.loads(line)["statut"] >= 500 for line in found.text.splitlines())
