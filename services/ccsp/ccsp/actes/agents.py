"""The accounts of the portal: agents of a collectivité, registered by name, with a one-time code first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ccsp.domain.refus_portail import CodePerime
from fps.droit import droit
from fps.kit.engine.work import Work
from fps.kit.ground.clock import civil_date
from fps.kit.trust import personnes
from fps.kit.trust.personnes import ComptePersonnel, EtatCompte
from fps.regles.defense import exiger_voie

RESPONSABLE, AGENT = "responsable", "agent"


@dataclass(frozen=True, slots=True)
class Inscrit:
    """An agent to register: `empreinte` is what is kept of the one-time code."""

    login: str
    nom: str
    role: str
    empreinte: str


def espace(siret: str) -> str:
    """What the accounts of a collectivité belong to."""
    return f"ccsp:{siret}"


async def inscrire(siret: str, agents: Sequence[Inscrit], qui: str, work: Work) -> list[ComptePersonnel]:
    """Register agents by name, all or none: no convention is needed (hypothesis H92).

    Raises CommuneInconnue, VoieElectroniqueFermee, LoginPris.
    """
    work.ville(siret)
    exiger_voie("portail", work.today)
    trouves = []
    for agent in agents:
        compte = await personnes.creer(work, espace(siret), agent.login, agent.nom, agent.empreinte, agent.role, EtatCompte.A_ACTIVER)
        work.audit("inscription", qui, compte.qui, role=agent.role)
        trouves.append(compte)
    return trouves


async def verifier_code(compte: ComptePersonnel, work: Work) -> None:
    """Raises CodePerime: a one-time code lasts some days of the bac."""
    jusqu_a = civil_date(compte.cree_le) + timedelta(days=droit(work.today).portail_code_jours)
    if work.today > jusqu_a:
        raise CodePerime(f"Il était valable jusqu'au {jusqu_a:%d/%m/%Y}.")


async def nouveau_code(siret: str, login: str, empreinte: str, qui: str, work: Work) -> ComptePersonnel:
    """Replace a forgotten password by a one-time code, which ends the sessions and the lock. Raises CompteInconnu."""
    compte = await personnes.connu(work, espace(siret), login)
    compte.empreinte, compte.etat = empreinte, EtatCompte.A_ACTIVER
    compte.cree_le, compte.mot_de_passe_le = work.now, work.batch.wall
    compte.reconnaitre()
    work.audit("nouveau-code", qui, compte.qui)
    return compte


async def fermer(siret: str, login: str, qui: str, work: Work) -> ComptePersonnel:
    """Close an account: its sessions are over. Raises CompteInconnu."""
    compte = await personnes.fermer(work, espace(siret), login)
    work.audit("fermeture-compte", qui, compte.qui)
    return compte
