"""AsyncAPI 3.0 of the broker, written from the flow table: nothing to keep in step by hand."""

from typing import Any

from pydantic.json_schema import models_json_schema

from fps.flows import MESSAGES, flow
from fps.kit.wire.envelope import PACK_TYPE as TYPE
from fps.messages.message import MessageClass
from fps.parties import LIBELLES, Channel, Party


def _envelope(cls: MessageClass) -> dict[str, Any]:
    texts = ("id", "source", "subject", "time", "bac", "traceparent", "walltime")
    properties: dict[str, Any] = {name: {"type": "string"} for name in texts}
    properties |= {
        "specversion": {"const": "1.0"},
        "type": {"const": cls.type},
        "dataschema": {"const": cls.dataschema},
        "datacontenttype": {"const": "application/json"},
        "rang": {"type": "integer", "description": "horloge de Lamport du dossier"},
        "attempts": {"type": "integer", "description": "essais déjà faits"},
        "apres": {"type": "string", "description": "la lettre du même dossier à recevoir avant celle-ci"},
        "data": {"$ref": f"#/components/schemas/{cls.__name__}"},
    }
    required = ["specversion", "id", "source", "type", "subject", "time", "bac", "rang", "walltime", "data"]
    event = {"type": "object", "required": required, "properties": properties}
    return {"type": "array", "minItems": 1, "maxItems": 100, "items": event}


def document(party: Party | None = None, prefix: str = "fps") -> dict[str, Any]:
    """The messages that travel on the broker: all, or those of one service."""
    found = [m for m in MESSAGES if m.channel is Channel.AMQP and party in (None, m.sender, m.receiver)]
    _, schemas = models_json_schema([(m, "validation") for m in found], ref_template="#/components/schemas/{model}")
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for cls in found:
        key, name = cls.routing_key.replace(".", "_").replace("-", "_"), cls.__name__
        messages[name] = {
            "name": cls.type,
            "title": name,
            "summary": f"Flux {cls.flow} · {flow(cls.flow).nom} · {cls.nom} : {LIBELLES[cls.sender]} → {LIBELLES[cls.receiver]}",
            "description": cls.law,
            "contentType": TYPE,
            "payload": _envelope(cls),
        }
        channel = channels.setdefault(
            key,
            {
                "address": cls.routing_key,
                "title": f"Flux {cls.flow} · {flow(cls.flow).nom}",
                "messages": {},
                "bindings": {
                    "amqp": {"is": "routingKey", "exchange": {"name": prefix, "type": "topic", "durable": True}, "bindingVersion": "0.3.0"}
                },
            },
        )
        channel["messages"][name] = {"$ref": f"#/components/messages/{name}"}
        for side, action in ((cls.sender, "send"), (cls.receiver, "receive")):
            if party in (None, side):
                operations[f"{side}_{action}_{cls.nom.replace('-', '_')}"] = {
                    "action": action,
                    "channel": {"$ref": f"#/channels/{key}"},
                    "messages": [{"$ref": f"#/channels/{key}/messages/{name}"}],
                }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Flux FPS sur le courtier",
            "version": "1.0.0",
            "description": "SPÉCIMEN — environnement simulé. Un message AMQP : un lot CloudEvents de 1 à 100 lettres d'une même clé.",
        },
        "defaultContentType": TYPE,
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": _plain(schemas.get("$defs", {}))},
    }


def _plain(schema: Any) -> Any:
    """Without OpenAPI's discriminators: AsyncAPI 3.0 gives the word another form, and `oneOf` with its constants says the same."""
    if isinstance(schema, dict):
        return {name: _plain(value) for name, value in schema.items() if name != "discriminator"}
    return [_plain(value) for value in schema] if isinstance(schema, list) else schema
