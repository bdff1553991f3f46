"""The sworn agents: enrolled, withdrawn."""

from collectivite.domain.agents import AgentAssermente
from collectivite.domain.refus import AgentInconnu
from fps.kit.engine.work import Work


async def agent_connu(siret: str, numero: int, work: Work) -> AgentAssermente:
    """The sworn agent of this number; raises AgentInconnu."""
    agent = await work.find(AgentAssermente, siret, numero)
    if agent is None:
        raise AgentInconnu(f"Agent {numero:03d} de {siret}", "numero")
    return agent


async def assermenter(agent: AgentAssermente, work: Work) -> AgentAssermente:
    """An agent is sworn, or no longer. Raises CommuneInconnue."""
    work.ville(agent.siret)
    deja = await work.find(AgentAssermente, agent.siret, agent.numero)
    if deja is None:
        work.add(agent)
        return agent
    deja.assermente_le, deja.retire_le = agent.assermente_le, agent.retire_le
    return deja
