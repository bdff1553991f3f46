"""The flows, with what is simulated of each: a table for people, or JSON."""

from typing import Any

from fps.flows import FLOWS
from fps_console.commandes.output import grid, say, screen
from fps_console.mots import recit


def flows() -> list[dict[str, Any]]:
    """The 16 flows and their messages, each with whether it is really played today."""
    from fps_simulateur.pilote.world import simulated_messages

    played = simulated_messages()
    return [
        {
            "numero": flow.number,
            "nom": flow.nom,
            "phase": flow.phase.value,
            "simule": any(m in played for m in flow.messages),
            "messages": [
                {
                    "nom": m.nom,
                    "libelle": recit.message(m),
                    "type": m.type,
                    "canal": m.channel.value,
                    "emetteur": m.sender.value,
                    "recepteur": m.receiver.value,
                    "texte": m.law,
                    "simule": m in played,
                }
                for m in flow.messages
            ],
        }
        for flow in FLOWS
    ]


def flows_table() -> None:
    """The same for people."""
    from fps_simulateur.pilote.world import simulated_messages

    played = simulated_messages()
    rows: list[tuple[Any, ...]] = []
    for flow in FLOWS:
        for i, m in enumerate(flow.messages):
            way = f"{recit.court(m.sender)} → {recit.court(m.receiver)}"
            rows.append((flow.number if i == 0 else "", recit.message(m), way, recit.CANAUX[m.channel], "oui" if m in played else "non"))
    columns = (("Flux", {"justify": "right"}), "Message", "De → à", "Canal", "Simulé")
    grid("Les 16 flux", columns, rows, on=screen())
    say(f"{len(played)} messages simulés sur {len(rows)}.")
