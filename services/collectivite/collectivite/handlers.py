"""What the collectivité does with each letter it receives: one function a message, one table."""

from collectivite.actes import paiement, rapo, recours
from collectivite.actes.dossier import etabli_ici
from collectivite.actes.transmission import repondre
from collectivite.domain.calendrier import dates
from collectivite.domain.forfait import SANS_SUITE, Etat
from fps.droit.calendar import paris_date
from fps.kit.engine.definition import Handler
from fps.kit.engine.work import Work
from fps.messages.annulation import AccuseAnnulation, AccuseImpaye
from fps.messages.comptable import AccuseDocumentComptable, RejetDocumentComptable
from fps.messages.information_paiement import FpsPaye, FpsPayeMinore, PaiementAnnule, PaiementRejete, TitrePayeCollectivite
from fps.messages.message import MessageClass
from fps.messages.mfps import AccuseFps
from fps.messages.rapo import DepotRapo, DepotRapoPostal
from fps.messages.recours_collectivite import AccuseDepotMemoire, CommunicationRequete, DecisionCollectivite
from fps.villes.communes import commune

CREATION = "CGCT, art. L. 2333-87, II"


async def accuse_fps(message: AccuseFps, work: Work) -> None:
    """What ANTAI answered to a message FPS: the first accusé is that of the creation, the next ones those of the acts, in their order.

    Raises FpsEtabliAilleurs.
    """
    forfait = await etabli_ici(message.numero_fps, work)
    motif = ", ".join(erreur.code for erreur in message.erreurs) or message.motif_abandon or ""
    work.record(forfait.numero, f"accuse-{message.statut}", CREATION, **({"motif": motif} if motif else {}))
    if forfait.accuse_le is not None:
        await repondre(forfait, message, work)
        return
    if message.statut == "accepte":
        if forfait.etat is Etat.ETABLI:
            prevues = dates(commune(forfait.siret), forfait, paris_date(message.date_reception))
            forfait.dater(prevues.envoi, prevues.notification, prevues.limite_paiement)
        forfait.accuser(message.date_reception)
        return
    if forfait.etat is not Etat.ETABLI:
        forfait.accuse_le = message.date_reception
    elif message.statut == "refuse":
        forfait.refuser(motif, message.date_reception)
    else:
        forfait.abandonner(motif, message.date_reception)
    if forfait.etat in SANS_SUITE and (ecriture := forfait.clore_sans_suite(work.today)) is not None:
        work.book(forfait.numero, ecriture, CREATION)


async def accuse(message: AccuseAnnulation | AccuseImpaye, work: Work) -> None:
    """What ANTAI answered to flows 8 and 11. Raises FpsEtabliAilleurs."""
    forfait = await etabli_ici(message.numero_fps, work)
    erreurs = {"erreurs": [erreur.code for erreur in message.erreurs]} if message.erreurs else {}
    work.record(forfait.numero, f"accuse-flux-{message.flow:02d}-{message.statut}", message.law, **erreurs)
    await repondre(forfait, message, work)


HANDLERS: dict[MessageClass, Handler] = {
    AccuseFps: accuse_fps,
    DepotRapo: rapo.deposer,
    DepotRapoPostal: rapo.deposer,
    FpsPaye: paiement.encaisser,
    FpsPayeMinore: paiement.encaisser,
    PaiementRejete: paiement.perdre,
    PaiementAnnule: paiement.perdre,
    TitrePayeCollectivite: paiement.encaisser_titre,
    CommunicationRequete: recours.communiquer,
    AccuseDepotMemoire: recours.accuser_depot,
    DecisionCollectivite: recours.recevoir_decision,
    AccuseAnnulation: accuse,
    AccuseDocumentComptable: paiement.accuser_piece,
    RejetDocumentComptable: paiement.arreter_remboursement,
    AccuseImpaye: accuse,
}
