"""The portal of the court: what an agent of a collectivité opens there, and what it files."""

from typing import Any

from ccsp.actes import decision, defense
from ccsp.actes.requete import communiquee, tracer
from ccsp.domain.articles import CONSULTATION
from ccsp.domain.consultation import PremiereConsultation
from ccsp.domain.mentions import Mention
from ccsp.domain.refus import NotificationImpossible
from ccsp.domain.requete import EtatRequete, Requete
from fps.kit.engine.work import Work
from fps.kit.trust.personnes import ComptePersonnel
from fps.messages.parties_prenantes import Piece
from fps.messages.recours_collectivite import AccuseDepotMemoire, MemoireDefense, PieceDefense


async def ouvrir(numero: str, siret: str, document: str, compte: ComptePersonnel, work: Work) -> Requete:
    """Open what was made available; its first opening has a certain date, and notifies a decision (CGCT, art. R. 2333-120-60).

    Raises RequeteInconnue, NotificationImpossible.
    """
    requete = await communiquee(numero, siret, work)
    if document == "decision" and requete.decision is None:
        raise NotificationImpossible(f"Requête {numero}, état « {requete.etat} ».", "document")
    if await work.find(PremiereConsultation, numero, document) is None:
        work.add(PremiereConsultation(numero, document, compte.qui, work.now, work.batch.wall))
        if document == "decision" and requete.etat is EtatRequete.JUGEE:
            await decision.ouvrir(numero, "collectivite", work)
        else:
            tracer(requete, Mention(f"ouverture-{document}"), CONSULTATION, work)
    return requete


async def deposer_memoire(numero: str, siret: str, compte: ComptePersonnel, champs: dict[str, Any], work: Work) -> AccuseDepotMemoire:
    """File a brief. Raises RequeteInconnue and what `defense.deposer_memoire` raises."""
    requete = await communiquee(numero, siret, work)
    commun: dict[str, Any] = {"numero_requete": numero, "numero_fps": requete.numero_fps, "siret": siret, "canal": "portail"}
    return await defense.deposer_memoire(MemoireDefense(**commun, **champs), compte.qui, work)


async def deposer_piece(numero: str, siret: str, compte: ComptePersonnel, rang: int | None, piece: Piece, work: Work) -> AccuseDepotMemoire:
    """File a piece, after the former ones unless its rank is given. Raises RequeteInconnue and what `defense.deposer_piece` raises."""
    requete = await communiquee(numero, siret, work)
    bordereau = await defense.depots_de(numero, work)
    commun: dict[str, Any] = {"numero_requete": numero, "numero_fps": requete.numero_fps, "siret": siret, "canal": "portail"}
    return await defense.deposer_piece(PieceDefense(**commun, rang=rang or bordereau.rang_suivant, piece=piece), compte.qui, work)
