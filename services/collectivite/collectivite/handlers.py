"""What the collectivité does with each letter it receives: one act a message, one table."""

from collectivite.actes import paiement, rapo, recours, remboursement
from collectivite.actes.transmission import accuse
from fps.kit.engine.definition import Handler
from fps.messages.annulation import AccuseAnnulation, AccuseImpaye
from fps.messages.comptable import AccuseDocumentComptable, RejetDocumentComptable
from fps.messages.information_paiement import FpsPaye, FpsPayeMinore, PaiementAnnule, PaiementRejete, TitrePayeCollectivite
from fps.messages.message import MessageClass
from fps.messages.mfps import AccuseFps
from fps.messages.rapo import DepotRapo, DepotRapoPostal
from fps.messages.recours_collectivite import AccuseDepotMemoire, CommunicationRequete, DecisionCollectivite

HANDLERS: dict[MessageClass, Handler] = {
    AccuseFps: accuse.recevoir_accuse_fps,
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
    AccuseAnnulation: accuse.recevoir_accuse,
    AccuseDocumentComptable: remboursement.accuser_piece,
    RejetDocumentComptable: remboursement.arreter,
    AccuseImpaye: accuse.recevoir_accuse,
}
