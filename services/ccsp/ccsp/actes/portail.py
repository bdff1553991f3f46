"""The portal of the court: named agents of a collectivité, what they open, what they file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ccsp.actes import defense
from ccsp.actes.greffe import ouvrir_decision
from ccsp.domain import lettres
from ccsp.domain.bordereau import Bordereau, Depot
from ccsp.domain.consultation import Consultation
from ccsp.domain.refus import NotificationImpossible, RequeteInconnue
from ccsp.domain.refus_portail import CodePerime
from ccsp.domain.requete import EtatRequete, Requete
from fps.droit import droit
from fps.kit.engine.work import Work
from fps.kit.ground.clock import civil_date
from fps.kit.trust import personnes
from fps.kit.trust.personnes import Compte, EtatCompte
from fps.messages.parties_prenantes import Piece
from fps.messages.recours_collectivite import AccuseDepotMemoire, MemoireDefense, PieceDefense
from fps.regles.defense import exiger_voie
from fps.villes.communes import commune

RESPONSABLE, AGENT = "responsable", "agent"
CONSULTATION = "CGCT, art. R. 2333-120-32 bis"


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


async def inscrire(work: Work, siret: str, agents: Sequence[Inscrit], qui: str) -> list[Compte]:
    """Register agents by name, all or none: no convention is needed (hypothesis H92).

    Raises CommuneInconnue, VoieElectroniqueFermee, LoginPris.
    """
    commune(siret)
    exiger_voie("portail", work.today)
    trouves = []
    for agent in agents:
        compte = await personnes.creer(work, espace(siret), agent.login, agent.nom, agent.empreinte, agent.role, EtatCompte.A_ACTIVER)
        work.audit("inscription", qui, compte.qui, role=agent.role)
        trouves.append(compte)
    return trouves


def verifier_code(work: Work, compte: Compte) -> None:
    """Raises CodePerime: a one-time code lasts some days of the bac."""
    jusqu_a = civil_date(compte.cree_le) + timedelta(days=droit(work.today).portail_code_jours)
    if work.today > jusqu_a:
        raise CodePerime(f"Il était valable jusqu'au {jusqu_a:%d/%m/%Y}.")


async def nouveau_code(work: Work, siret: str, login: str, empreinte: str, qui: str) -> Compte:
    """Replace a forgotten password by a one-time code, which ends the sessions and the lock. Raises CompteInconnu."""
    compte = await personnes.connu(work, espace(siret), login)
    compte.empreinte, compte.etat = empreinte, EtatCompte.A_ACTIVER
    compte.cree_le, compte.mot_de_passe_le = work.now, work.batch.wall
    compte.reconnaitre()
    work.audit("nouveau-code", qui, compte.qui)
    return compte


async def requete_de(numero: str, siret: str, work: Work) -> Requete:
    """A petition communicated to this collectivité; raises RequeteInconnue, the same for another town's and for none."""
    requete = await work.find(Requete, numero)
    if requete is None or requete.siret != siret or requete.communiquee_le is None:
        raise RequeteInconnue(f"Requête {numero[:20]}", "numero")
    return requete


async def ouvrir(numero: str, siret: str, document: str, compte: Compte, work: Work) -> Requete:
    """Open what was made available; its first opening has a certain date, and notifies a decision (CGCT, art. R. 2333-120-60).

    Raises RequeteInconnue, NotificationImpossible.
    """
    requete = await requete_de(numero, siret, work)
    if document == "decision" and requete.decision is None:
        raise NotificationImpossible(f"Requête {numero}, état « {requete.etat} ».", "document")
    if await work.find(Consultation, numero, document) is None:
        work.add(Consultation(numero, document, compte.qui, work.now, work.batch.wall))
        if document == "decision" and requete.etat is EtatRequete.JUGEE:
            ouvrir_decision(requete, "collectivite", work)
        else:
            work.record(requete.numero_fps, f"ouverture-{document}", CONSULTATION, numero_requete=numero)
    return requete


async def deposer_memoire(numero: str, siret: str, compte: Compte, work: Work, **champs: Any) -> AccuseDepotMemoire:
    """File a brief. Raises RequeteInconnue and what `defense.memoire` raises."""
    requete = await requete_de(numero, siret, work)
    commun: dict[str, Any] = {"numero_requete": numero, "numero_fps": requete.numero_fps, "siret": siret, "canal": "portail"}
    return await defense.memoire(MemoireDefense(**commun, **champs), work, compte.qui)


async def deposer_piece(numero: str, siret: str, compte: Compte, rang: int | None, piece: Piece, work: Work) -> AccuseDepotMemoire:
    """File a piece, after the former ones unless its rank is given. Raises RequeteInconnue and what `defense.piece` raises."""
    requete = await requete_de(numero, siret, work)
    bordereau = await depots_de(numero, work)
    commun: dict[str, Any] = {"numero_requete": numero, "numero_fps": requete.numero_fps, "siret": siret, "canal": "portail"}
    return await defense.piece(PieceDefense(**commun, rang=rang or bordereau.rang_suivant, piece=piece), work, compte.qui)


async def depots_de(numero: str, work: Work) -> Bordereau:
    """Everything that was filed for a petition."""
    return await work.find(Bordereau, numero) or Bordereau(numero, "")


def accuse_de(requete: Requete, depot: Depot) -> AccuseDepotMemoire:
    """The accusé of a filing, again."""
    return lettres.accuse_memoire(requete, depot, civil_date(depot.horodatage))
