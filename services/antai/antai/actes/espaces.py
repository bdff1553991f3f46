"""What a collectivité and ANTAI do in the espace numérique; and the condition of every exchange: an open espace, a convention in force."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from antai.domain import convention as conventions
from antai.domain.convention import Convention
from antai.domain.dossier import Dossier
from antai.domain.espace import (
    Controle,
    DepotConvention,
    Espace,
    EtatEspace,
    MinorationDeclaree,
    Mode,
    Objet,
    controle_ordinaire,
    espace_initial,
    exiger,
    nouvelle_demande,
    verifier_demande,
)
from antai.domain.refus_espace import EspaceAbsent
from fps.confiance.habilitation import Habilitation, sirets_de, zone_de
from fps.droit.calculs import Cycle
from fps.droit.calendar import ajouter_jours
from fps.kit.engine.work import Key, Work
from fps.kit.trust import personnes
from fps.kit.trust.personnes import Compte, EtatCompte
from fps.messages.message import Message
from fps.messages.parties_prenantes import ContactRapo
from fps.villes.communes import connues, est_connue

RESPONSABLE, AGENT = "responsable", "agent"
CONTROLE_ESPACE, SIGNATURE_CONVENTION = "controle-espace", "signature-convention"  # kinds of deadlines; their subject is the SIRET
MOTIF_REFUS = "Refus demandé pour cet essai."


def espace_comptes(siret: str) -> str:
    """What the accounts of the agents of a collectivité belong to."""
    return f"antai:{siret}"


async def ouvert(siret: str, work: Work) -> Espace:
    """The open espace of a collectivité; raises EspaceAbsent, EspaceEnAttente, EspaceRefuse."""
    return exiger(await work.find(Espace, siret), siret)


async def demande(siret: str, work: Work) -> Espace:
    """The espace of a collectivité, whatever became of its request; raises EspaceAbsent."""
    espace = await work.find(Espace, siret)
    if espace is None:
        raise EspaceAbsent(f"Collectivité {siret}.")
    return espace


# ---------------------------------------------------------------------------------------------- the condition of exchanges


async def acces(message: Message | None, habilitation: Habilitation | None, work: Work) -> str | None:
    """Raises the refusal of the first missing step (espace, convention); gives the zone: the message's own, else its dossier's."""
    sirets = sirets_de(message) if message is not None else (habilitation.siret,) if habilitation is not None else ()
    for siret in sirets:
        (await ouvert(siret, work)).exiger_convention(work.today)
    if message is None:
        return None
    zone = zone_de(message)
    if zone is None and (dossier := await work.find(Dossier, message.sujet)) is not None:
        return dossier.zone
    return zone


def acces_keys(message: Message) -> Iterable[Key]:
    """The espaces to load with a message."""
    return ((Espace, (siret,)) for siret in sirets_de(message))


@dataclass(frozen=True, slots=True)
class Convenu:
    """What the espace of a collectivité makes of its messages; None for a SIRET that is not simulated."""

    cycle: Cycle
    minoration: MinorationDeclaree | None
    contact_rapo: ContactRapo | None


async def convenu(siret: str, work: Work) -> Convenu | None:
    """The cycle of the convention in force, and what the agents declared; raises the refusal of the missing step."""
    if not est_connue(siret):
        return None
    espace = await ouvert(siret, work)
    reglages = espace.reglages
    return Convenu(espace.exiger_convention(work.today).cycle, reglages.minoration, reglages.contact_rapo)


async def ouverture(work: Work) -> None:
    """What a bac that is not `vierge` begins with: every town of the register has its espace and its convention (hypothesis H89)."""
    for ville in connues():
        work.add(espace_initial(ville.siret, work.now))


# -------------------------------------------------------------------------------------------------------------- the espace


async def controle(objet: Objet, work: Work) -> Controle:
    """How ANTAI decides in this bac; raises AvantLaReforme."""
    return await work.find(Controle, objet) or controle_ordinaire(objet, work.today)


async def regler_controle(objet: Objet, mode: Mode, jours: int, work: Work) -> Controle:
    """Change how ANTAI decides in this bac; what already waits for its day is decided the new way, or by hand."""
    regle = await work.find(Controle, objet)
    if regle is None:
        regle = Controle(objet)
        work.add(regle)
    regle.mode, regle.jours = mode, jours
    return regle


async def demander(siret: str, login: str, nom: str, empreinte: str, work: Work, **formulaire: Any) -> Espace:
    """A request of espace, with its first agent; ANTAI's control follows. Raises what `verifier_demande` raises, AvantLaReforme."""
    ancien = await work.find(Espace, siret)
    verifier_demande(ancien, siret, formulaire["type"])
    espace = nouvelle_demande(ancien, work.now, siret=siret, demandeur=login, **formulaire)
    if ancien is None:
        work.add(espace)
    await _premier_agent(siret, login, nom, empreinte, work)
    decision = await controle(Objet.ESPACE, work)
    if decision.mode is not Mode.MANUEL and decision.jours:
        work.schedule(siret, CONTROLE_ESPACE, ajouter_jours(work.today, decision.jours))
    elif decision.mode is not Mode.MANUEL:
        await controler(siret, work)
    return espace


async def _premier_agent(siret: str, login: str, nom: str, empreinte: str, work: Work) -> None:
    """The account of who asks; the same login of a request that was refused is opened again, with its new password."""
    ancien = await work.find(Compte, espace_comptes(siret), login)
    if ancien is None:
        await personnes.creer(work, espace_comptes(siret), login, nom, empreinte, RESPONSABLE)
        return
    ancien.nom, ancien.empreinte, ancien.role = nom, empreinte, RESPONSABLE
    ancien.etat, ancien.mot_de_passe_le, ancien.echecs, ancien.verrouille_jusqu_a = EtatCompte.ACTIF, work.batch.wall, 0, None


async def controler(siret: str, work: Work) -> None:
    """ANTAI's control, when it decides by itself; nothing when the request was decided meanwhile."""
    espace = await work.find(Espace, siret)
    if espace is None or espace.etat is not EtatEspace.EN_ATTENTE:
        return
    decision = await controle(Objet.ESPACE, work)
    if decision.mode is Mode.REFUS:
        await refuser(siret, MOTIF_REFUS, work)
    elif decision.mode is Mode.AUTOMATIQUE:
        espace.ouvrir(work.now)


async def decider_ouverture(siret: str, work: Work) -> Espace:
    """ANTAI opens the espace by hand; raises EspaceAbsent, EspaceDejaControle."""
    espace = await demande(siret, work)
    espace.ouvrir(work.now)
    work.unschedule(siret, CONTROLE_ESPACE)
    return espace


async def refuser(siret: str, motif: str, work: Work) -> Espace:
    """ANTAI refuses the request: the account that asked is closed. Raises EspaceAbsent, EspaceDejaControle."""
    espace = await demande(siret, work)
    espace.refuser(motif, work.now)
    work.unschedule(siret, CONTROLE_ESPACE)
    await personnes.fermer(work, espace_comptes(siret), espace.demandeur)
    return espace


# --------------------------------------------------------------------------------------------------------- the convention


async def deposer_convention(siret: str, rang: int, pdf: bytes, empreinte: str, work: Work) -> Convention:
    """The signed document; ANTAI signs in its turn when it decides by itself. Raises ConventionInconnue, ConventionDejaSignee."""
    espace = await ouvert(siret, work)
    espace.conventions = conventions.deposer(espace.conventions, rang, empreinte, work.now)
    contenu = base64.b64encode(pdf).decode()
    depot = await work.find(DepotConvention, siret, rang)
    if depot is None:
        work.add(DepotConvention(siret, rang, empreinte, contenu))
    else:
        depot.empreinte, depot.contenu = empreinte, contenu
    decision = await controle(Objet.CONVENTION, work)
    if decision.mode is not Mode.MANUEL and decision.jours:
        work.schedule(siret, SIGNATURE_CONVENTION, ajouter_jours(work.today, decision.jours))
    elif decision.mode is not Mode.MANUEL:
        await decider_convention(siret, work)
    return conventions.trouver(espace.conventions, rang)


async def decider_convention(siret: str, work: Work) -> None:
    """ANTAI's decision on the deposited convention, when it decides by itself; nothing when there is none any more."""
    espace = await work.find(Espace, siret)
    attendue = None if espace is None else conventions.a_signer(espace.conventions, work.today)
    if espace is None or attendue is None:
        return
    decision, rang = await controle(Objet.CONVENTION, work), attendue.rang
    if decision.mode is Mode.REFUS:
        espace.conventions = conventions.retourner(espace.conventions, rang, MOTIF_REFUS)
    elif decision.mode is Mode.AUTOMATIQUE:
        espace.conventions = conventions.signer(espace.conventions, rang, work.now, work.today)
