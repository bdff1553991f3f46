"""The collectivité's service, assembled: one reference system for every simulated town."""

from importlib.resources import files

from collectivite.actes import paiement, rapo, recours, remboursement
from collectivite.api import routes
from collectivite.api.forfaits import ForfaitVu
from collectivite.api.rapos import RapoVu
from collectivite.deadlines import DEADLINES
from collectivite.domain.echeances import Echeance
from collectivite.domain.forfait import Forfait
from collectivite.domain.rapo import Rapo
from collectivite.handlers import HANDLERS
from collectivite.releve import RELEVE
from collectivite.store import RECORDS, cles_sujet, metadata, reecrire_registres
from fps.kit.engine.definition import Definition
from fps.messages.annulation import FpsImpaye, InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.avis_collectivite import AvisPaiementCollectivite, AvisRectificatifCollectivite
from fps.messages.comptable import AccuseDocumentComptable, MandatRemboursement, RejetDocumentComptable, TitreAnnulationRecette
from fps.messages.information_paiement import FpsPaye, FpsPayeMinore
from fps.messages.message import MessageClass
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps.messages.rapo import AccuseReceptionRapo, DecisionRapo, DemandePiecesRapo, DepotRapo, DepotRapoPostal
from fps.messages.recours_collectivite import CommunicationRequete, DecisionCollectivite, MemoireDefense, PieceDefense
from fps.parties import Party

DOCUMENTS = files("collectivite") / "documents"
EMIS: frozenset[MessageClass] = frozenset(
    {
        CreationFps,
        ModificationFps,
        AnnulationFps,
        AvisPaiementCollectivite,
        AvisRectificatifCollectivite,
        AccuseReceptionRapo,
        DemandePiecesRapo,
        DecisionRapo,
        MemoireDefense,
        PieceDefense,
        InformationAnnulationFps,
        InformationAnnulationTitre,
        TitreAnnulationRecette,
        MandatRemboursement,
        FpsImpaye,
    }
)

DEFINITION = Definition(
    party=Party.COLLECTIVITE,
    titre="Collectivité (système de référence simulé)",
    metadata=metadata,
    records=RECORDS,
    handlers=HANDLERS,
    deadlines=DEADLINES,
    emits=EMIS,
    subject_keys=cles_sujet,
    message_keys={
        FpsPaye: paiement.cles,
        FpsPayeMinore: paiement.cles,
        DepotRapo: rapo.cles,
        DepotRapoPostal: rapo.cles,
        CommunicationRequete: recours.cles,
        DecisionCollectivite: recours.cles,
        AccuseDocumentComptable: remboursement.cles,
        RejetDocumentComptable: remboursement.cles,
    },
    deadline_keys={Echeance.SILENCE_RAPO: rapo.cles_du_silence},
    documents={
        AvisPaiementCollectivite: DOCUMENTS / "avis_pare_brise.typ",
        AvisRectificatifCollectivite: DOCUMENTS / "avis_rectificatif.typ",
        AccuseReceptionRapo: DOCUMENTS / "accuse_rapo.typ",
        DemandePiecesRapo: DOCUMENTS / "demande_pieces_rapo.typ",
        DecisionRapo: DOCUMENTS / "decision_rapo.typ",
        TitreAnnulationRecette: DOCUMENTS / "document_comptable.typ",
        MandatRemboursement: DOCUMENTS / "document_comptable.typ",
    },
    routes=routes,
    releve=RELEVE,
    reprise=reecrire_registres,
    vues={Forfait: lambda forfait, le: ForfaitVu.voir(forfait), Rapo: lambda rapo, le: RapoVu.voir(rapo)},
    migrations=files("collectivite") / "migrations",
)


def main() -> int:
    """The command of the service: `serve` or `migrate`."""
    from fps.kit.app.command import run  # the server is imported by the command only

    return run(DEFINITION)
