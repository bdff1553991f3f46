"""What ANTAI answers: the first accusé of a FPS is that of its creation, the next ones those of the acts, in their order."""

from typing import Any

from collectivite.actes.dossier import etabli_ici
from collectivite.actes.transmission.creation import CREATION, Creation
from collectivite.actes.transmission.envoi import transmettre
from collectivite.actes.transmission.natures import transmis
from collectivite.domain.acte import Acte
from collectivite.domain.forfait import Forfait
from collectivite.domain.mentions import Mention
from fps.kit.engine.work import Work
from fps.messages.annulation import AccuseAnnulation, AccuseImpaye
from fps.messages.mfps import AccuseFps

SANS_ERREUR = "L'ANTAI refuse sans dire pourquoi."


async def recevoir_accuse_fps(message: AccuseFps, work: Work) -> None:
    """The answer to a message FPS: the creation, a modification, a cancellation (flow 1). Raises FpsEtabliAilleurs."""
    forfait = await etabli_ici(message.numero_fps, work)
    motif = ", ".join(erreur.code for erreur in message.erreurs) or message.motif_abandon or ""
    vu: dict[str, Any] = {"motif": motif} if motif else {}
    if message.avertissements:
        vu["avertissements"] = [averti.code for averti in message.avertissements]
    work.record(forfait.numero, Mention(f"accuse-{message.statut}"), CREATION, **vu)
    if forfait.accuse_le is not None or forfait.cycle == "partiel":  # where ANTAI never had a creation to answer
        await _repondre(forfait, message, work)
        return
    creation = Creation(forfait, message, motif)
    match message.statut:
        case "accepte":
            await creation.appliquer(work)
        case "refuse":
            await creation.refuser(work)
        case "abandonne":
            await creation.abandonner(work)


async def recevoir_accuse(message: AccuseAnnulation | AccuseImpaye, work: Work) -> None:
    """The answer to an information of flow 8 or 11. Raises FpsEtabliAilleurs."""
    forfait = await etabli_ici(message.numero_fps, work)
    erreurs = {"erreurs": [erreur.code for erreur in message.erreurs]} if message.erreurs else {}
    work.record(forfait.numero, Mention(f"accuse-flux-{message.flow:02d}-{message.statut}"), message.law, **erreurs)
    await _repondre(forfait, message, work)


async def _repondre(forfait: Forfait, accuse: AccuseFps | AccuseAnnulation | AccuseImpaye, work: Work) -> None:
    """The oldest act that waits for an accusé of this flow has it."""
    acte = forfait.repondre(accuse.flow, accuse.statut, accuse.erreurs, work.now)
    if acte is None:
        return
    match acte.etat:
        case "accepte":
            await _accepter(forfait, acte, work)
        case "abandonne":
            await _abandonner(forfait, acte, work)
        case _:
            await _refuser(forfait, acte, work)


async def _accepter(forfait: Forfait, acte: Acte, work: Work) -> None:
    work.record(forfait.numero, Mention.ACTE_ACCEPTE, acte.message.law, rang=acte.rang, nature=acte.nature)
    await transmis(forfait, acte).appliquer(work)


async def _abandonner(forfait: Forfait, acte: Acte, work: Work) -> None:
    motif = ", ".join(acte.codes) or SANS_ERREUR
    work.record(forfait.numero, Mention.ACTE_ABANDONNE, acte.message.law, rang=acte.rang, motif=motif)
    await transmis(forfait, acte).abandonner(motif, work)


async def _refuser(forfait: Forfait, acte: Acte, work: Work) -> None:
    """Nothing changes here but what is to be corrected; an act sent by the wrong way takes the other one, once."""
    phrases = [erreur.phrase for erreur in acte.erreurs] or [SANS_ERREUR]
    refus = {"rang": acte.rang, "nature": acte.nature, "codes": acte.codes, "phrases": phrases}
    work.record(forfait.numero, Mention.ACTE_REFUSE, acte.message.law, **refus)
    suivi = transmis(forfait, acte)
    autre = None if acte.releve else suivi.autre_voie(work)
    if autre is None:
        await suivi.refuser(work)
    else:
        transmettre(forfait, autre, work, baisse=acte.baisse or forfait.du, releve=True)
