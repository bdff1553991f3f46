"""The register by plate and the controls: what is paid and granted, what a control finds, what an agent does with it."""

from datetime import datetime
from typing import Literal

from collectivite.actes.dossier import numero_suivant
from collectivite.actes.etablissement import etablir
from collectivite.domain.agents import AgentAssermente
from collectivite.domain.etablissement import Constat
from collectivite.domain.forfait import Forfait
from collectivite.domain.refus import AgentInconnu, ConstatRefuse, ControleInconnu
from collectivite.domain.stationnement import Controle, DroitDeStationnement, PaiementImmediat, Stationnement, controler
from fps.kit.engine.work import Work
from fps.messages.parties_prenantes import Vehicule
from fps.villes.communes import commune


async def registre(siret: str, immatriculation: str, work: Work) -> Stationnement:
    """The register of a plate, opened when it is new. Raises CommuneInconnue."""
    commune(siret)
    trouve = await work.find(Stationnement, siret, immatriculation)
    if trouve is None:
        trouve = Stationnement(siret, immatriculation)
        work.add(trouve)
    return trouve


async def payer(siret: str, immatriculation: str, paiement: PaiementImmediat, work: Work) -> Stationnement:
    """A spontaneous payment of the parking fee (CGCT, art. R. 2333-120-3). Raises CommuneInconnue, HorsBareme."""
    commune(siret).zone(paiement.zone)
    ouvert = await registre(siret, immatriculation, work)
    ouvert.payer(paiement)
    return ouvert


async def accorder(siret: str, immatriculation: str, droit: DroitDeStationnement, work: Work) -> Stationnement:
    """A right to park. Raises CommuneInconnue, HorsBareme for a zone that does not exist."""
    for zone in droit.zones:
        commune(siret).zone(zone)
    ouvert = await registre(siret, immatriculation, work)
    ouvert.ouvrir(droit)
    return ouvert


async def precontroler(
    siret: str, zone: str, immatriculation: str, source: Literal["agent", "lapi"], instant: datetime | None, work: Work
) -> Controle:
    """What the register says of a vehicle; no FPS comes out of it by itself. Raises CommuneInconnue, HorsBareme, ConstatRefuse."""
    vu = instant or work.now
    if vu > work.now:
        raise ConstatRefuse("Le contrôle est dans le futur : vérifiez l'horloge du véhicule.", "instant")
    tarif = commune(siret).zone(zone)
    constatation = controler(await work.find(Stationnement, siret, immatriculation), tarif, vu)
    numero = f"{siret}-{await numero_suivant(siret, 'CTRL', work)}"
    controle = Controle(numero, siret, zone, immatriculation, source, vu, constatation.verdict, constatation.raison)
    work.add(controle)
    return controle


async def constater(numero: str, vehicule: Vehicule, voie: str, agent: str, work: Work) -> Forfait:
    """The act of the sworn agent after a control, a LAPI one included (CGCT, art. L. 2333-87, II).

    Raises ControleInconnu, ConstatRefuse (another plate) and what `Controle.constater` and `etablir` raise.
    """
    controle = await connu(numero, work)
    if vehicule.immatriculation != controle.immatriculation:
        raise ConstatRefuse(f"Le contrôle porte sur {controle.immatriculation}.", "vehicule.immatriculation")
    controle.constater(work.now)
    constat = Constat(controle.zone, voie, None, vehicule, agent, work.now, dispositif=controle.source)
    forfait = await etablir(controle.siret, constat, work)
    controle.numero_fps = forfait.numero
    return forfait


async def connu(numero: str, work: Work) -> Controle:
    """The control of this number; raises ControleInconnu."""
    controle = await work.find(Controle, numero)
    if controle is None:
        raise ControleInconnu(f"Contrôle {numero}", "numero")
    return controle


async def agent_connu(siret: str, numero: int, work: Work) -> AgentAssermente:
    """The sworn agent of this number; raises AgentInconnu."""
    agent = await work.find(AgentAssermente, siret, numero)
    if agent is None:
        raise AgentInconnu(f"Agent {numero:03d} de {siret}", "numero")
    return agent


async def assermenter(agent: AgentAssermente, work: Work) -> AgentAssermente:
    """An agent is sworn, or no longer. Raises CommuneInconnue."""
    commune(agent.siret)
    deja = await work.find(AgentAssermente, agent.siret, agent.numero)
    if deja is None:
        work.add(agent)
        return agent
    deja.assermente_le, deja.retire_le = agent.assermente_le, agent.retire_le
    return deja
