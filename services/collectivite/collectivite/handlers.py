"""What the collectivité does with each letter it receives: one function a message, one table."""

from collectivite.actes import paiement, rapo, recours
from collectivite.actes.dossier import etabli_ici
from collectivite.domain.calendrier import dates
from collectivite.domain.forfait import SANS_SUITE, Etat
from fps.calendar import paris_date
from fps.communes import commune
from fps.kit.service import Handler
from fps.kit.work import Work
from fps.messages.annulation import AccuseAnnulation, AccuseImpaye
from fps.messages.comptable import AccuseDocumentComptable
from fps.messages.information_paiement import FpsPaye, FpsPayeMinore, PaiementAnnule, PaiementRejete, TitrePayeCollectivite
from fps.messages.message import MessageClass
from fps.messages.mfps import AccuseFps
from fps.messages.rapo import DepotRapo, DepotRapoPostal
from fps.messages.recours_collectivite import AccuseDepotMemoire, CommunicationRequete, DecisionCollectivite

CREATION = "CGCT, art. L. 2333-87, II"


async def accuse_fps(message: AccuseFps, work: Work) -> None:
    """What ANTAI answered to a message FPS: accepted, refused with its errors, given up with its reason.

    Only the answer to the creation changes the state; what is answered to a modification or a cancellation is kept in the journal.
    """
    forfait = await etabli_ici(message.numero_fps, work)
    creation = forfait.etat is Etat.ETABLI
    motif = ", ".join(erreur.code for erreur in message.erreurs) or message.motif_abandon or ""
    if message.statut == "accepte":
        if creation:
            prevues = dates(commune(forfait.siret), forfait, paris_date(message.date_reception))
            forfait.dater(prevues.envoi, prevues.notification, prevues.limite_paiement)
        if creation or forfait.accuse_le is None:
            forfait.accuser(message.date_reception)
    elif creation and message.statut == "refuse":
        forfait.refuser(motif, message.date_reception)
    elif creation:
        forfait.abandonner(motif, message.date_reception)
    work.record(forfait.numero, f"accuse-{message.statut}", CREATION, **({"motif": motif} if motif else {}))
    if creation and forfait.etat in SANS_SUITE and (ecriture := forfait.clore_sans_suite(work.today)) is not None:
        work.book(forfait.numero, ecriture, CREATION)


async def accuse(message: AccuseAnnulation | AccuseImpaye, work: Work) -> None:
    """What ANTAI answered to flows 8 and 11: kept in the journal, with every error. Raises FpsEtabliAilleurs."""
    forfait = await etabli_ici(message.numero_fps, work)
    erreurs = {"erreurs": [erreur.code for erreur in message.erreurs]} if message.erreurs else {}
    work.record(forfait.numero, f"accuse-flux-{message.flow:02d}-{message.statut}", message.law, **erreurs)


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
    AccuseImpaye: accuse,
}
