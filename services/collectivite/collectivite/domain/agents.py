"""The sworn agents of a town: who may establish a FPS, and when."""

from dataclasses import dataclass
from datetime import date

from collectivite.domain.refus import AgentNonAssermente


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
