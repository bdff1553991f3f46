"""The HTTP door of the letters: one route per message, and its batch route (NDJSON), raw for speed, documented from the flow table."""

import json
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps.confiance.habilitation import Identite
from fps.confiance.refus import CertificatRequis
from fps.flows import received_by
from fps.kit.engine.service import Receipt, Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.ground.clock import wall_now
from fps.kit.ground.faults import Malformed
from fps.kit.trust import acces
from fps.kit.web import problems
from fps.kit.web.body import LOT_LIMIT, expect_type, read_body
from fps.kit.web.keys import REJOUEE, check_key
from fps.kit.web.quotas import ECRITURES, compter
from fps.kit.wire.envelope import BODY_LIMIT, Letter, digest, parse, read_message
from fps.messages.message import Message, MessageClass
from fps.parties import Channel

LOT = 1_000  # letters in one batch request
DOORS = (Channel.REST, Channel.PORTAIL, Channel.COURRIER)
EXTERNE = "/externe"


ANONYME = "anonyme/"
UNTOLD = datetime(1, 1, 1, tzinfo=UTC)  # when a letter was written, when nobody who is believed says so


def owner_of(qui: Identite | None) -> str:
    """What makes the keys of a caller its own: two of them may choose the same Idempotency-Key, and nobody takes the place of a service's.

    A provider's SIRET outlives its certificates; who shows none has the keys of everybody who shows none.
    """
    if qui is None:
        return ANONYME
    return "" if qui.service is not None else f"{qui.siret}/"


def letter_of(bac: str, message: Message, text: str, given: dict[str, Any], qui: Identite | None) -> Letter:
    """The letter of a message, with what its sender said of it (`id`, `traceparent`); raises Malformed.

    `source`, `rang`, `time` and `apres` are believed from the certificate of the service that sends such letters only: nobody else can move
    the ranks of a dossier, the counts of a bac, or a date.
    """
    owner, source = owner_of(qui), f"/services/{type(message).sender}"
    internal = qui is not None and qui.service is type(message).sender and given.get("source") == source
    key = given.get("id")
    if key is not None:
        check_key(key)
    try:
        rang = int(given.get("rang") or 0)
    except (TypeError, ValueError):
        rang = -1
    if not 0 <= rang < 1 << 40:
        raise Malformed("enveloppe-invalide", "« rang » : un entier positif.")
    now = wall_now()
    try:
        time = UNTOLD if not internal or not given.get("time") else datetime.fromisoformat(str(given["time"]))
        if time.tzinfo is None:
            raise ValueError("no offset")
    except ValueError:
        raise Malformed("enveloppe-invalide", "« time » : un instant ISO 8601 avec son décalage.") from None
    return Letter(
        # Without a key, the content is its own key: the same message twice is one message.
        id=f"{owner}{key if key is not None else digest(f'{type(message).type}{chr(10)}{text}')}",
        bac=bac,
        type=type(message).type,
        source=source if internal else EXTERNE,
        subject=message.sujet,
        rang=rang if internal else 0,
        time=time,
        wall_time=now,
        body=text,
        traceparent=str(given.get("traceparent") or "")[:100],
        apres=str(given["apres"])[:200] if internal and given.get("apres") else None,
    )


async def caller(service: Service, cls: MessageClass, request: Request) -> Identite | None:
    """Who brings a letter; raises AccesRefuse before a byte of it is read when a certificate is asked and none that is good is shown.

    A person's letter needs none: there, the certificate of the service that sends such letters is looked at, any other is as good as none.
    """
    if cls.channel is not Channel.REST:
        qui = acces.service_of(service, request)
        if qui is not None and qui.service is cls.sender:
            return qui
        compter(request, ECRITURES)
        return None
    qui = await acces.identifier(service, request)
    if qui is None:
        await acces.refuser(service, request, CertificatRequis(f"Message « {cls.nom} »."))
    return qui


def _endpoint(service: Service, cls: MessageClass) -> Any:
    async def endpoint(request: Request) -> Response:
        try:
            qui = await caller(service, cls, request)
            expect_type(request, "application/json", "application/cloudevents+json")
            service.collector.expect()
            message, text = read_message(cls, parse(await read_body(request, BODY_LIMIT)), parsed=True)
            headers = request.headers
            given = {
                "id": headers.get("idempotency-key"),
                "source": headers.get("ce-source"),
                "rang": headers.get("ce-rang"),
                "time": headers.get("ce-time"),
                "apres": headers.get("ce-apres"),
                "traceparent": headers.get("traceparent"),
            }
            letter = letter_of(bac_of(request), message, text, given, qui)
            result = (await service.receive([(letter, message)], qui))[0]
        except Exception as error:
            return problems.of(error)
        if not isinstance(result, Receipt):
            return problems.of(result)
        return reponse(letter.id.removeprefix(owner_of(qui)), result)

    return endpoint


def reponse(key: str, receipt: Receipt) -> Response:
    """What the sender of a letter is answered: accepted, its business answer, or the refusal by the law."""
    headers = REJOUEE if receipt.again else {}
    if receipt.outcome == "refuse":
        body = receipt.answer or "{}"
        return Response(body, json.loads(body).get("status", 409), headers, problems.MEDIA_TYPE)
    if receipt.answer is not None:
        return Response(receipt.answer, 200, headers, "application/json")
    return Response(json.dumps({"id": key, "statut": receipt.outcome}), 202, headers, "application/json")


def _batch_endpoint(service: Service, cls: MessageClass) -> Any:
    async def endpoint(request: Request) -> Response:
        try:
            qui = await caller(service, cls, request)
            expect_type(request, "application/x-ndjson", "application/ndjson", "application/jsonl")
            service.collector.expect()
            raw = await read_body(request, LOT_LIMIT)
            lines = [line for line in raw.split(b"\n") if line.strip()]
            if not 0 < len(lines) <= LOT:
                raise Malformed("lot-invalide", f"Un lot compte de 1 à {LOT} lignes ; celui-ci en a {len(lines)}.")
            if qui is None and len(lines) > 1:
                compter(request, ECRITURES, len(lines) - 1)
            common = {"source": request.headers.get("ce-source"), "traceparent": request.headers.get("traceparent")}
            results = await _lines(service, cls, bac_of(request), lines, common, qui)
        except Exception as error:
            return problems.of(error)
        return Response("\n".join(results) + "\n", 200, media_type="application/x-ndjson")

    return endpoint


async def _lines(
    service: Service, cls: MessageClass, bac: str, lines: list[bytes], common: dict[str, Any], qui: Identite | None
) -> list[str]:
    ready: list[tuple[Letter, Message]] = []
    outcomes: list[Any] = []
    for line in lines:
        try:
            outcomes.append(_line(cls, bac, line, common, qui))
            ready.append(outcomes[-1])
        except Malformed as error:
            outcomes.append(error)
    receipts = iter(await service.receive(ready, qui))
    out = []
    for number, outcome in enumerate(outcomes, 1):
        letter = outcome[0] if isinstance(outcome, tuple) else None
        result = next(receipts) if letter is not None else outcome
        out.append(_report(number, letter.id.removeprefix(owner_of(qui)) if letter else None, result))
    return out


def _line(cls: MessageClass, bac: str, line: bytes, common: dict[str, Any], qui: Identite | None) -> tuple[Letter, Message]:
    if len(line) > BODY_LIMIT:
        raise Malformed("corps-trop-grand", "Une ligne dépasse 1 Mio : envoyez un message plus petit.", status=413)
    given = parse(line)
    if not isinstance(given, dict) or "data" not in given:
        raise Malformed("lot-invalide", 'Chaque ligne est un objet JSON {"id": …, "data": {le message}}.')
    if given.get("type", cls.type) != cls.type:
        raise Malformed("type-de-message", f"Cette adresse reçoit « {cls.type} ».")
    message, text = read_message(cls, given["data"], parsed=True)
    return letter_of(bac, message, text, common | {k: v for k, v in given.items() if k != "data"}, qui), message


def _report(number: int, key: str | None, result: Any) -> str:
    head = json.dumps({"ligne": number, "id": key}, ensure_ascii=False).removesuffix("}")
    if isinstance(result, Receipt) and result.outcome == "recu":
        return f'{head}, "statut": {200 if result.answer else 202}, "reponse": {result.answer or "null"}}}'
    if isinstance(result, Receipt):
        body = result.answer or "{}"
        return f'{head}, "statut": {json.loads(body).get("status", 409)}, "probleme": {body}}}'
    response = problems.of(result)
    return f'{head}, "statut": {response.status_code}, "probleme": {bytes(response.body).decode()}}}'


def routes(service: Service) -> list[Route]:
    """The letter routes of a service, from the flow table."""
    found = []
    for cls in received_by(service.party):
        if cls.channel in DOORS:
            found.append(Route(cls.path, _endpoint(service, cls), methods=["POST"], name=cls.type))
            found.append(Route(f"{cls.path}/lot", _batch_endpoint(service, cls), methods=["POST"], name=f"{cls.type}.lot"))
    return found
