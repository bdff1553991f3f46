"""What may happen to the request of an espace numérique: made in the public form, controlled by ANTAI, by itself or by hand."""

from antai.actes.espace import comptes
from antai.actes.espace.controle import controle
from antai.actes.espace.espace import demandee
from antai.domain.echeances import Echeance
from antai.domain.espace.controle import MOTIF_REFUS, Mode, Objet
from antai.domain.espace.espace import Demande, Espace, EtatEspace, TypeCollectivite, nouvelle_demande, verifier_demande
from fps.droit.calendar import ajouter_jours
from fps.kit.engine.work import Work
from fps.kit.trust.habilitations import habiliter_reference
from fps.villes.annuaire import DEPUIS, Version


async def verifier(siret: str, type_: TypeCollectivite, work: Work) -> None:
    """Whether an espace may be asked for; raises what `verifier_demande` raises."""
    verifier_demande(await work.find(Espace, siret), siret, type_, work.villes.chercher(siret, work.today))


async def demander(demande: Demande, nom: str, empreinte: str, work: Work) -> Espace:
    """A request of espace, with its first agent, his name and the hash of his password; ANTAI's control follows.

    A SIRET is enough: what nobody told of the town is what its form declares (ADR 0026).
    Raises what `verifier_demande` raises, AvantLaReforme.
    """
    siret = demande.siret
    ancien = await work.find(Espace, siret)
    ville = verifier_demande(ancien, siret, demande.type, work.villes.chercher(siret, work.today))
    if ville.par_defaut:
        work.inscrire(Version(DEPUIS, demande.commune()))
        if not work.bac.vierge:
            await habiliter_reference(siret, work)
    espace = nouvelle_demande(ancien, demande, work.now)
    if ancien is None:
        work.add(espace)
    await comptes.ouvrir_premier(siret, demande.demandeur, nom, empreinte, work)
    decision = await controle(Objet.ESPACE, work)
    if decision.mode is not Mode.MANUEL and decision.jours:
        work.schedule(siret, Echeance.CONTROLE_ESPACE, ajouter_jours(work.today, decision.jours))
    elif decision.mode is not Mode.MANUEL:
        await controler(siret, work)
    return espace


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


async def ouvrir(siret: str, work: Work) -> Espace:
    """ANTAI opens the espace by hand; raises EspaceAbsent, EspaceDejaControle."""
    espace = await demandee(siret, work)
    espace.ouvrir(work.now)
    work.unschedule(siret, Echeance.CONTROLE_ESPACE)
    return espace


async def refuser(siret: str, motif: str, work: Work) -> Espace:
    """ANTAI refuses the request: the account that asked is closed. Raises EspaceAbsent, EspaceDejaControle."""
    espace = await demandee(siret, work)
    espace.refuser(motif, work.now)
    work.unschedule(siret, Echeance.CONTROLE_ESPACE)
    await comptes.fermer_premier(siret, espace.demandeur, work)
    return espace
