"""The sworn agents of a town: who may establish a FPS, and when."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from collectivite.domain.refus import AgentNonAssermente
from fps.droit.numero import NumeroInvalide

DERNIER: Final = 999  # three digits of the number of a FPS (arrêté of 6 November 2015, art. 4)


def numero_d_agent(texte: str) -> int:
    """The number of an agent as somebody typed it, « 0072 » or « 72 »; raises NumeroInvalide when three digits cannot hold it."""
    if int(texte) > DERNIER:
        raise NumeroInvalide(f"Agent {texte} : son numéro ne tient pas sur 3 chiffres.", "agent")
    return int(texte)


@dataclass
class AgentAssermente:
    """One agent of the register; a number that is not in it is that of an agent sworn from the beginning (hypothesis H70)."""

    siret: str
    numero: int
    assermente_le: date
    retire_le: date | None = None


def verifier(agent: AgentAssermente | None, le: date) -> None:
    """Raises AgentNonAssermente for an agent sworn later, or no longer (CGCT, art. L. 2333-87, II)."""
    if agent is None:
        return
    if le < agent.assermente_le:
        raise AgentNonAssermente(f"Agent {agent.numero:03d} : assermenté le {agent.assermente_le:%d/%m/%Y}.", "agent")
    if agent.retire_le is not None and le >= agent.retire_le:
        raise AgentNonAssermente(f"Agent {agent.numero:03d} : assermentation retirée le {agent.retire_le:%d/%m/%Y}.", "agent")
