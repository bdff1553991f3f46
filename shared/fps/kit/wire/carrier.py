"""REST delivery of letters, in one process or over the network: the address book, one long-lived client, and what each answer means."""

import json
import re
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, cast

import httpx

from fps.confiance.refus import CertificatExpire, CertificatRevoque, Desactive
from fps.flows import by_type
from fps.kit.ground.bac_path import DEFAUT
from fps.kit.ground.faults import HorlogeEnRetard
from fps.kit.wire.envelope import Letter, parcels
from fps.kit.wire.neighbours import Place, RawHeaders, ask, flow, place_of
from fps.parties import Party

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
PROBE = httpx.Timeout(2.0)
KEPT = 2.0  # seconds that an idle connection is used again: well under what a server keeps it (KEEP_ALIVE), else both end it at once
AWAY = frozenset({502, 503, 504})  # nobody is there, or who is cannot take anything now
TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
# Answers that a new try cannot change: the letter itself is at fault, or its sender.
FINAL = frozenset({400, 401, 403, 405, 413, 415, 422})
# Why a certificate is not taken today: another one may be tomorrow, and the letter is good.
DU_CERTIFICAT = frozenset({CertificatExpire.code, CertificatRevoque.code, Desactive.code})


class Fate(StrEnum):
    """What became of a letter at its receiver's door."""

    RECUE = "recue"
    REFUSEE = "refusee"
    MORTE = "morte"
    ECARTEE = "ecartee"  # who brought it is not let in for now: try again, then dead letter
    INCONNUE = "inconnue"  # the dossier is not known there yet: try again, then dead letter
    TROP_TOT = "trop-tot"  # the receiver's clock is behind the letter's instant: try again in a moment, as often as it takes
    PLUS_TARD = "plus-tard"  # the receiver could not answer: try again for as long as it takes


@dataclass(frozen=True, slots=True)
class Delivery:
    """The fate of a letter, with the business answer or the problem that came back."""

    fate: Fate
    answer: str | None = None
    problem: dict[str, Any] | None = None
    away: bool = False  # the whole receiver did not answer, not this letter only
    wait: float | None = None  # seconds before the next try, when the receiver said so (Retry-After)


def judge(status: int, answer: str | None, problem: dict[str, Any] | None, wait: float | None = None) -> Delivery:
    """What an HTTP status and its body mean for the letter; `wait`: the seconds of its Retry-After."""
    if status < 300:
        return Delivery(Fate.RECUE, answer)
    problem = problem or {}
    if problem.get("code") == HorlogeEnRetard.code:
        return Delivery(Fate.TROP_TOT, None, problem)
    accuse = problem.get("accuse")
    if status == 409 or accuse is not None:
        return Delivery(Fate.REFUSEE, json.dumps(accuse, ensure_ascii=False) if accuse is not None else None, problem)
    if status == 404:
        return Delivery(Fate.INCONNUE, None, problem)
    if status == 403 and problem.get("code") in DU_CERTIFICAT:
        return Delivery(Fate.ECARTEE, None, problem)
    if status in FINAL:
        return Delivery(Fate.MORTE, None, problem)
    # A receiver that says when to come back is not asked before whether it is ready.
    return Delivery(Fate.PLUS_TARD, None, problem, status in AWAY and wait is None, wait)


def retry_after(response: httpx.Response) -> float | None:
    """The seconds that a 429 or a 503 asks to wait (RFC 9110, 10.2.3), an hour at most; None when it says none."""
    said = response.headers.get("retry-after", "")
    return min(float(said), 3_600.0) if response.status_code in (429, 503) and said.isascii() and said.isdigit() else None


Present = Callable[[str], tuple[str, ...]]  # the certificate chain, in PEM, that a request to this path shows


def nobody(path: str) -> tuple[str, ...]:
    """Show no certificate."""
    return ()


def always(chain: tuple[str, ...]) -> Present:
    """Show the same certificate everywhere."""
    return lambda path: chain


class InProcess(httpx.AsyncBaseTransport):
    """The network of one process: each base URL leads to an application, as each address does on the network."""

    def __init__(self, applications: Mapping[str, Any], present: Present):
        self.applications = applications  # filled by who builds the services, which need this client first
        self._present = present

    async def handle_async_request(self, request: httpx.Request, *, flowing: bool = False) -> httpx.Response:
        """The answer; `flowing`: as soon as it begins, its body read as it is written."""
        stream = request.stream
        body = request.content if isinstance(stream, httpx.ByteStream) else aiter(cast("httpx.AsyncByteStream", stream))
        headers = [(name.lower(), value) for name, value in request.headers.raw]
        try:
            return await self.ask(place_of(str(request.url)), request.method, headers, body, flowing=flowing)
        except httpx.RequestError as error:
            error.request = request
            raise

    async def ask(
        self, place: Place, method: str, headers: RawHeaders, body: bytes | AsyncIterator[bytes], *, flowing: bool = False
    ) -> httpx.Response:
        """The same, of what is no request of the library."""
        start = time.perf_counter()
        response = await (flow if flowing else ask)(self.applications, place, method, headers, body, self._present(place.scope["path"]))
        response.elapsed = timedelta(seconds=time.perf_counter() - start)  # as the library's own transports say it
        return response


def bearer(token: str) -> dict[str, str]:
    """The header of who has a credential."""
    return {"Authorization": f"Bearer {token}"}


class _NoCookies(httpx.Cookies):
    """A service sets none for another: looking for them in every answer is work for nothing, and one that came would be kept for all."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Keep none."""


class Client(httpx.AsyncClient):
    """A client that keeps no cookie."""

    _none = _NoCookies()

    @property
    def cookies(self) -> httpx.Cookies:
        """None, ever."""
        return self._none

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        """Keep none."""


SIMPLE = frozenset({"content", "headers", "json", "params", "timeout"})
BODIED = frozenset({"POST", "PUT", "PATCH"})


class Neighbour(Client):
    """The client of the applications of its process: there is nobody to authenticate to, no redirection and no connection to give back.

    What is asked simply (a whole body, some headers) goes to the application at once; the library does the rest as it always does.
    """

    def __init__(self, network: InProcess, headers: Mapping[str, str] | None):
        super().__init__(transport=network, timeout=TIMEOUT, trust_env=False, headers=headers)
        self._network = network

    async def request(self, method: str, url: httpx.URL | str, **options: Any) -> httpx.Response:
        """The answer, read."""
        if not self._simple(options):
            return await super().request(method, url, **options)
        params, said, value = options.get("params"), options.get("headers") or {}, options.get("json")
        place = place_of(str(url if params is None else httpx.URL(url, params=params)))
        content, own = options.get("content") or b"", [(name.lower().encode(), text.encode()) for name, text in said.items()]
        given = [(b"host", place.netloc), *((name.lower(), text) for name, text in self.headers.raw)]
        if value is not None:
            content = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
            given.append((b"content-type", b"application/json"))
        if content or method.upper() in BODIED:
            given.append((b"content-length", str(len(content)).encode()))
        names = {name for name, _ in own}
        response = await self._network.ask(place, method.upper(), [*(one for one in given if one[0] not in names), *own], content)
        response.read()
        return response

    def _simple(self, options: Mapping[str, Any]) -> bool:
        headers, content = options.get("headers") or {}, options.get("content") or b""
        plain = type(headers) is dict and all(type(text) is str and text.isascii() for text in headers.values())
        ready = not (self.is_closed or self.auth is not None or any(self.event_hooks.values()))
        return plain and ready and type(content) is bytes and options.keys() <= SIMPLE

    async def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        """The answer to a request of the library, without its hooks when there are none."""
        if self.is_closed or self.auth is not None or any(self.event_hooks.values()) or options.get("follow_redirects") is True:
            return await super().send(request, stream=stream, **options)
        response = await self._network.handle_async_request(request, flowing=stream)
        response.request = request
        if not stream:
            response.read()
        return response


def open_client(
    applications: Mapping[str, Any] | None = None,
    *,
    present: Present = nobody,
    verify: ssl.SSLContext | bool = True,
    headers: Mapping[str, str] | None = None,
) -> httpx.AsyncClient:
    """The one factory of HTTP clients: over the network (`verify` carries the own certificate), or to the applications of this process."""
    if applications is not None:
        return Neighbour(InProcess(applications, present), headers)
    limits = httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=KEPT)
    return Client(timeout=TIMEOUT, limits=limits, trust_env=False, verify=verify, headers=headers)


def trace(traceparent: str) -> dict[str, str]:
    """The header that ties a letter to what caused it, when who began it wrote it as W3C Trace Context says."""
    return {"Traceparent": traceparent} if TRACEPARENT.fullmatch(traceparent) else {}


class Carrier:
    """Takes the letters of one service to the doors of the others."""

    def __init__(self, party: Party, addresses: Mapping[Party, str], client: httpx.AsyncClient):
        self.party, self.addresses, self.client = party, addresses, client

    def _url(self, letter: Letter) -> str:
        cls = by_type(letter.type)
        prefix = "" if letter.bac == DEFAUT else f"/bacs/{letter.bac}"
        return f"{self.addresses[cls.receiver]}{prefix}{cls.path}"

    async def deliver(self, letters: Sequence[Letter]) -> list[Delivery]:
        """Deliver letters of one type and one bac: alone by its own route, several by the batch route, as many as one request may carry."""
        done: list[Delivery] = []
        for parcel in parcels(letters, len(letters)):
            try:
                done += await (self._one(parcel[0]) if len(parcel) == 1 else self._batch(parcel))
            except httpx.HTTPError as error:
                return [*done, *[Delivery(Fate.PLUS_TARD, None, {"detail": repr(error)}, away=True)] * (len(letters) - len(done))]
        return done

    async def ready(self, party: Party) -> bool:
        """Whether a service says that it is ready."""
        try:
            return (await self.client.get(f"{self.addresses[party]}/sante/pret", timeout=PROBE)).status_code == 200
        except httpx.HTTPError:
            return False

    async def file(self, receiver: Party, bac: str, path: str, body: str, key: str) -> tuple[int, dict[str, Any]]:
        """What is no letter (a filing of a test session), shown with the same certificate: the status and the answer, read as an object.

        Raises httpx.HTTPError when nobody answers: the caller says so, nothing tries again.
        """
        prefix = "" if bac == DEFAUT else f"/bacs/{bac}"
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        response = await self.client.post(f"{self.addresses[receiver]}{prefix}{path}", content=body.encode(), headers=headers)
        return response.status_code, json.loads(response.text) if response.status_code < 300 else _problem(response) or {}

    async def ask(self, receiver: Party, bac: str, path: str) -> tuple[int, dict[str, Any]]:
        """What a party shows to who holds the certificate of its letters: the status and the answer. Raises httpx.HTTPError."""
        response = await self.client.get(f"{self.addresses[receiver]}{'' if bac == DEFAUT else f'/bacs/{bac}'}{path}")
        return response.status_code, json.loads(response.text) if response.status_code < 300 else _problem(response) or {}

    def _headers(self, letter: Letter, content: str) -> dict[str, str]:
        return {"Content-Type": content, "Ce-Source": f"/services/{self.party}", **trace(letter.traceparent)}

    async def _one(self, letter: Letter) -> list[Delivery]:
        own = {"Idempotency-Key": letter.id, "Ce-Rang": str(letter.rang), "Ce-Time": letter.time.isoformat()}
        own |= {} if letter.apres is None else {"Ce-Apres": letter.apres}
        headers = self._headers(letter, "application/json") | own
        response = await self.client.post(self._url(letter), content=letter.body.encode(), headers=headers)
        answer = response.text if response.status_code == 200 else None
        return [judge(response.status_code, answer, _problem(response), retry_after(response))]

    async def _batch(self, letters: Sequence[Letter]) -> list[Delivery]:
        lines = [
            f'{{"id":{json.dumps(x.id)},"rang":{x.rang},"time":"{x.time.isoformat()}"{_apres(x)}{_traced(x)},"data":{x.body}}}'
            for x in letters
        ]
        url = f"{self._url(letters[0])}/lot"
        headers = self._headers(letters[0], "application/x-ndjson")
        response = await self.client.post(url, content="\n".join(lines).encode(), headers=headers)
        if response.status_code != 200:
            return [judge(response.status_code, None, _problem(response), retry_after(response))] * len(letters)
        found = [json.loads(line) for line in response.text.splitlines() if line]
        if len(found) != len(letters):
            return [Delivery(Fate.PLUS_TARD, None, {"detail": "réponse de lot incomplète"})] * len(letters)
        return [judge(f["statut"], _text(f.get("reponse")), f.get("probleme")) for f in found]


def _apres(letter: Letter) -> str:
    return "" if letter.apres is None else f',"apres":{json.dumps(letter.apres)}'


def _traced(letter: Letter) -> str:
    """What ties this letter of a batch to what caused it: each has its own, the header of the request is that of one of them."""
    return f',"traceparent":"{letter.traceparent}"' if TRACEPARENT.fullmatch(letter.traceparent) else ""


def _text(answer: Any) -> str | None:
    return None if answer is None else json.dumps(answer, ensure_ascii=False)


def _problem(response: httpx.Response) -> dict[str, Any] | None:
    if response.status_code < 300:
        return None
    try:
        body = response.json()
    except ValueError:
        return {"detail": response.text[:500]}
    return body if isinstance(body, dict) else {"detail": str(body)[:500]}
