"""The HTTP door of the letters: one route per message, and its batch route (NDJSON), raw for speed, documented from the flow table."""

import json
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
from fps.kit.web.body import expect_type, read_body
from fps.kit.wire.envelope import BODY_LIMIT, Letter, digest, parse, read_message
from fps.messages.message import Message, MessageClass
from fps.parties import Channel

LOT = 1_000  # letters in one batch request
LOT_LIMIT = 16 * BODY_LIMIT
DOORS = (Channel.REST, Channel.PORTAIL, Channel.COURRIER)
EXTERNE = "/externe"


def owner_of(qui: Identite | None) -> str:
    """What makes the keys of a provider its own: two of them may choose the same Idempotency-Key. Its SIRET outlives its certificates."""
    return "" if qui is None or qui.service is not None else f"{qui.siret}/"


def letter_of(bac: str, message: Message, text: str, given: dict[str, Any], owner: str = "") -> Letter:
    """The letter of a message, with what its sender said of it (`id`, `source`, `rang`, `traceparent`); raises Malformed."""
    key = given.get("id")
    if key is not None and not (isinstance(key, str) and 0 < len(key) <= 200 and key.isprintable()):
        raise Malformed("cle-idempotence-invalide", "Idempotency-Key : de 1 à 200 caractères imprimables.")
    try:
        rang = int(given.get("rang") or 0)
    except (TypeError, ValueError):
        rang = -1
    if not 0 <= rang < 1 << 40:
        raise Malformed("enveloppe-invalide", "« rang » : un entier positif.")
    now = wall_now()
    return Letter(
        # Without a key, the content is its own key: the same message twice is one message.
        id=f"{owner}{key}" if key is not None else digest(f"{type(message).type}\n{text}"),
        bac=bac,
        type=type(message).type,
        source=str(given.get("source") or EXTERNE)[:200],
        subject=message.sujet,
        rang=rang,
        time=now,
        wall_time=now,
        body=text,
        traceparent=str(given.get("traceparent") or "")[:100],
    )


async def bearer(service: Service, cls: MessageClass, request: Request) -> Identite | None:
    """Who brings a letter; raises AccesRefuse before a byte of it is read when a certificate is asked and none that is good is shown."""
    if cls.channel is not Channel.REST:
        return None
    qui = await acces.identifier(service, request)
    if qui is None:
        await acces.refuser(service, request, CertificatRequis(f"Message « {cls.nom} »."))
    return qui


def _endpoint(service: Service, cls: MessageClass) -> Any:
    async def endpoint(request: Request) -> Response:
        try:
            qui = await bearer(service, cls, request)
            expect_type(request, "application/json", "application/cloudevents+json")
            message, text = read_message(cls, parse(await read_body(request, BODY_LIMIT)))
            headers = request.headers
            given = {
                "id": headers.get("idempotency-key"),
                "source": headers.get("ce-source"),
                "rang": headers.get("ce-rang"),
                "traceparent": headers.get("traceparent"),
            }
            letter = letter_of(bac_of(request), message, text, given, owner_of(qui))
            result = (await service.receive([(letter, message)], qui))[0]
        except Exception as error:
            return problems.of(error)
        if not isinstance(result, Receipt):
            return problems.of(result)
        return _single(letter.id.removeprefix(owner_of(qui)), result)

    return endpoint


def _single(key: str, receipt: Receipt) -> Response:
    headers = {"Idempotency-Replayed": "true"} if receipt.again else {}
    if receipt.outcome == "refuse":
        body = receipt.answer or "{}"
        return Response(body, json.loads(body).get("status", 409), headers, problems.MEDIA_TYPE)
    if receipt.answer is not None:
        return Response(receipt.answer, 200, headers, "application/json")
    return Response(json.dumps({"id": key, "statut": receipt.outcome}), 202, headers, "application/json")


def _batch_endpoint(service: Service, cls: MessageClass) -> Any:
    async def endpoint(request: Request) -> Response:
        try:
            qui = await bearer(service, cls, request)
            expect_type(request, "application/x-ndjson", "application/ndjson", "application/jsonl")
            raw = await read_body(request, LOT_LIMIT)
            lines = [line for line in raw.split(b"\n") if line.strip()]
            if not 0 < len(lines) <= LOT:
                raise Malformed("lot-invalide", f"Un lot compte de 1 à {LOT} lignes ; celui-ci en a {len(lines)}.")
            source = {"source": request.headers.get("ce-source"), "traceparent": request.headers.get("traceparent")}
            results = await _lines(service, cls, bac_of(request), lines, source, qui)
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
            outcomes.append(_line(cls, bac, line, common, owner_of(qui)))
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


def _line(cls: MessageClass, bac: str, line: bytes, common: dict[str, Any], owner: str) -> tuple[Letter, Message]:
    if len(line) > BODY_LIMIT:
        raise Malformed("corps-trop-grand", "Une ligne dépasse 1 Mio : envoyez un message plus petit.", status=413)
    given = parse(line)
    if not isinstance(given, dict) or "data" not in given:
        raise Malformed("lot-invalide", 'Chaque ligne est un objet JSON {"id": …, "data": {le message}}.')
    if given.get("type", cls.type) != cls.type:
        raise Malformed("type-de-message", f"Cette adresse reçoit « {cls.type} ».")
    message, text = read_message(cls, given["data"])
    return letter_of(bac, message, text, common | {k: v for k, v in given.items() if k != "data"}, owner), message


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
