"""docs/flux.md, written from the flow table: the table, the map, then a sheet per flow with its messages, fields and examples."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from fps.flows import FLOWS, MESSAGES, Flow
from fps.kit.ground.settings import PORTS
from fps.messages.message import MessageClass
from fps.parties import LIBELLES, SERVICES, Channel, Party, Phase
from fps_console.web.carte import Arrow, arrows

CANAUX: Mapping[Channel, str] = {
    Channel.REST: "REST",
    Channel.AMQP: "AMQP",
    Channel.PORTAIL: "portail",
    Channel.COURRIER: "courrier",
    Channel.REPONSE: "réponse",
}
PHASES: Mapping[Phase, str] = {
    Phase.AMIABLE: "phase amiable",
    Phase.RAPO: "recours préalable",
    Phase.TOUTES: "toutes les phases",
    Phase.CONTENTIEUX: "phase contentieuse",
    Phase.EXECUTOIRE: "phase exécutoire",
}
FORMATS = {"date": "date", "date-time": "date et heure"}
EN_TETE = """# Les seize flux

> **SPÉCIMEN — environnement simulé.** Ces messages sont ceux du simulateur (hypothèse H23) : aucun ne décrit l'interface privée de
> l'ANTAI, de la DGFiP ou de la juridiction.

Ce fichier est écrit par `make docs` d'après la table des flux (`shared/fps/flows.py`) : ne le corrigez pas à la main.
La façon d'envoyer et de recevoir est dans [la spécification](specification.md) et [les lettres](lettres.md) ; les mêmes messages sont dans
[OpenAPI](openapi/antai.json)
(un fichier par service) et [AsyncAPI](asyncapi.json).
"""
LEGENDE = """Canaux : **REST**, de service à service en HTTP ; **AMQP**, de service à service par le courtier ; **portail**, l'écran d'une
personne ; **courrier**, une lettre ; **réponse**, l'accusé métier rendu dans la réponse HTTP d'un autre message. Les messages d'une
personne entrent par l'adresse HTTP du service qui les reçoit ; ceux qu'elle reçoit sont gardés dans sa boîte, avec leur contenu.
« Simulé » dit ce que le simulateur joue aujourd'hui.
"""


def anchor(cls: MessageClass) -> str:
    """The name under which a link finds the sheet of a message."""
    return cls.type.replace(".", "-")


def cell(text: str) -> str:
    """A text inside a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ").strip()


def grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; raises ValueError when it would be empty: a page says in a sentence that there is nothing."""
    head, lines = list(head), [[cell(c) for c in row] for row in rows]
    if not lines:
        raise ValueError(f"an empty table: {head}")
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *lines))


def address(cls: MessageClass) -> str:
    """Where a message goes: HTTP route, routing key, mailbox of a person, or the answer of another message."""
    if cls.channel is Channel.REPONSE:
        asked = [f"`{m.nom}`" for m in MESSAGES if m.answer is cls]
        return f"réponse à {', '.join(asked)}"
    if cls.receiver not in SERVICES:
        return f"boîte : {LIBELLES[cls.receiver].lower()}"
    return f"`{cls.routing_key}`" if cls.channel is Channel.AMQP else f"`POST {cls.path}`"


def table(played: Collection[MessageClass]) -> str:
    """The table of the flows, one line per message."""
    lines = ["| n° | flux | message | de → vers | canal | droit | adresse | simulé |", "|---|---|---|---|---|---|---|---|"]
    for flow in FLOWS:
        for rang, cls in enumerate(flow.messages):
            head = (str(flow.number), flow.nom) if rang == 0 else ("", "")
            way = f"{LIBELLES[cls.sender]} → {LIBELLES[cls.receiver]}"
            name = f"[{cls.nom}](#{anchor(cls)})"
            done = "oui" if cls in played else "pas encore"
            lines.append("| " + " | ".join(map(cell, (*head, name, way, CANAUX[cls.channel], cls.law, address(cls), done))) + " |")
    return "\n".join(lines)


def mermaid(played: Collection[MessageClass]) -> str:
    """The map as a Mermaid graph: a solid arrow when something of the flow is played between the two parties, else a dotted one."""
    names = [f'  {party.value}["{LIBELLES[party]}"]' for party in Party if party is not Party.IMPRIMEUR]
    return "\n".join(["```mermaid", "flowchart LR", *names, *(_edge(arrow, played) for arrow in arrows(FLOWS)), "```"])


def _edge(arrow: Arrow, played: Collection[MessageClass]) -> str:
    first, second = (arrow.first, arrow.second) if arrow.forward else (arrow.second, arrow.first)
    solid = any(m in played and {m.sender, m.receiver} == {first, second} for m in arrow.flow.messages)
    line = "--" if solid else "-."
    start = "<" if arrow.forward and arrow.backward else ""
    return f'  {first.value} {start}{line} "{arrow.flow.number} · {arrow.flow.nom}" {line[::-1]}> {second.value}'


def parts_of(classes: Iterable[MessageClass]) -> dict[str, Any]:
    """The parts (places, vehicles, people) that the messages share, by name."""
    found: dict[str, Any] = {}
    for cls in classes:
        found |= cls.model_json_schema().get("$defs", {})
    return dict(sorted(found.items()))


def kind(field: Mapping[str, Any]) -> str:
    """What a field accepts, in French, from its JSON Schema."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#partie-{name.lower()})"
    for union in ("anyOf", "oneOf"):
        if union in field:
            return " ou ".join(kind(option) for option in field[union])
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    type_ = field.get("type")
    if type_ == "array":
        return _bounds("liste", field, "minItems", "maxItems", " éléments") + f" : {kind(field.get('items', {}))}"
    if type_ == "integer":
        return _bounds("entier", field, "minimum", "maximum")
    if type_ == "string" and field.get("format") in FORMATS:
        return FORMATS[field["format"]]
    if type_ == "string":
        bounds = _bounds("texte", field, "minLength", "maxLength", " caractères")
        # With bounds, the pattern only keeps control characters out.
        return f"texte `{field['pattern']}`" if bounds == "texte" and "pattern" in field else bounds
    return {"null": "`null`", "boolean": "`true`, `false`", "object": "objet"}.get(str(type_), "valeur")


def _bounds(name: str, field: Mapping[str, Any], low: str, high: str, unit: str = "") -> str:
    if low in field and high in field:
        return f"{name}, {field[low]} à {field[high]}{unit}"
    if low in field:
        return f"{name}, au moins {field[low]}{unit}"
    return f"{name}, au plus {field[high]}{unit}" if high in field else name


def fields(schema_: Mapping[str, Any]) -> str:
    """The fields of a message or of a part: name, what it accepts, whether it is needed, what it means."""
    needed = schema_.get("required", ())
    lines = ["| champ | contenu | présence | sens |", "|---|---|---|---|"]
    for name, field in schema_.get("properties", {}).items():
        must = "obligatoire" if name in needed else "facultatif"
        lines.append(f"| `{name}` | {cell(kind(field))} | {must} | {cell(_meaning(field))} |")
    return "\n".join(lines)


def _meaning(field: Mapping[str, Any]) -> str:
    """The words of a field; inside a union or a list, those of the value it holds. A part says its own in its sheet."""
    if "description" in field:
        return str(field["description"])
    options = [*field.get("anyOf", ()), *field.get("oneOf", ()), *([field["items"]] if "items" in field else [])]
    return next((str(option["description"]) for option in options if "description" in option), "")


def sheet(flow: Flow, played: Collection[MessageClass]) -> str:
    """One flow: its messages, their fields, one complete example of each."""
    blocks = [f"## Flux {flow.number} — {flow.nom}\n\nPhase : {PHASES[flow.phase]}."]
    for cls in flow.messages:
        place = address(cls)
        if cls.receiver in SERVICES and cls.channel not in (Channel.AMQP, Channel.REPONSE):
            place += f" (port {PORTS[cls.receiver]} avec `fps up`)"
        answer = "" if cls.answer is None else f" · réponse : [{cls.answer.nom}](#{anchor(cls.answer)})"
        blocks.append(
            f'<a id="{anchor(cls)}"></a>\n\n### {flow.number} · {cls.nom}\n\n'
            f"{LIBELLES[cls.sender]} → {LIBELLES[cls.receiver]} · {CANAUX[cls.channel]} · {place}{answer}  \n"
            f"Type `{cls.type}` · droit : {cls.law} · {'simulé' if cls in played else 'pas encore simulé'}"
        )
        blocks.append(fields(cls.model_json_schema()))
        example = json.dumps(cls.example, ensure_ascii=False, indent=2)
        blocks.append(f"<details><summary>Exemple complet</summary>\n\n```json\n{example}\n```\n\n</details>")
    return "\n\n".join(blocks)


def flux_md(played: Collection[MessageClass]) -> str:
    """The whole of docs/flux.md; `played` are the messages that are really simulated."""
    shared = ["## Parties communes\n\nCe que plusieurs messages contiennent."]
    for name, part in parts_of(MESSAGES).items():
        shared.append(f'<a id="partie-{name.lower()}"></a>\n\n### {name}\n\n{fields(part)}')
    count = sum(cls in played for cls in MESSAGES)
    return (
        "\n\n".join(
            [
                EN_TETE.strip(),
                f"## La table\n\n{LEGENDE.strip()}\n\n{len(FLOWS)} flux, {len(MESSAGES)} messages, dont {count} simulés aujourd'hui.",
                table(played),
                "## La carte\n\nTrait plein : simulé, au moins en partie ; pointillé : pas encore. Dessinée : [carte.svg](carte.svg).",
                mermaid(played),
                *(sheet(flow, played) for flow in FLOWS),
                *shared,
            ]
        )
        + "\n"
    )
