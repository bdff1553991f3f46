"""The collectivité's service, assembled: one reference system for every simulated town."""

from importlib.resources import files

from collectivite.api import routes
from collectivite.deadlines import DEADLINES
from collectivite.domain.paiement import Paiement
from collectivite.domain.rapo import Rapo
from collectivite.domain.recours import Recours
from collectivite.domain.remboursement import Remboursement
from collectivite.handlers import HANDLERS
from collectivite.store import RECORDS, cles_sujet, metadata
from fps.kit.engine.definition import Definition
from fps.messages.annulation import FpsImpaye, InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.avis_collectivite import AvisPaiementCollectivite, AvisRectificatifCollectivite
from fps.messages.comptable import AccuseDocumentComptable, MandatRemboursement, RejetDocumentComptable, TitreAnnulationRecette
from fps.messages.information_paiement import FpsPaye, FpsPayeMinore
from fps.messages.message import MessageClass
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps.messages.rapo import AccuseReceptionRapo, DecisionRapo, DepotRapo, DepotRapoPostal
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
        FpsPaye: lambda m: ((Paiement, (m.numero_fps, m.reference)),),
        FpsPayeMinore: lambda m: ((Paiement, (m.numero_fps, m.reference)),),
        DepotRapo: lambda m: ((Rapo, (m.numero_fps,)),),
        DepotRapoPostal: lambda m: ((Rapo, (m.numero_fps,)),),
        CommunicationRequete: lambda m: ((Recours, (m.numero_requete,)),),
        DecisionCollectivite: lambda m: ((Recours, (m.numero_requete,)),),
        AccuseDocumentComptable: lambda m: ((Remboursement, (m.numero_fps, m.numero_piece)),),
        RejetDocumentComptable: lambda m: ((Remboursement, (m.numero_fps, m.numero_piece)),),
    },
    deadline_keys={"silence-rapo": lambda sujets, le: ((Rapo, (sujet,)) for sujet in sujets)},
    documents={
        AvisPaiementCollectivite: DOCUMENTS / "avis_pare_brise.typ",
        AvisRectificatifCollectivite: DOCUMENTS / "avis_rectificatif.typ",
        AccuseReceptionRapo: DOCUMENTS / "accuse_rapo.typ",
        DecisionRapo: DOCUMENTS / "decision_rapo.typ",
        TitreAnnulationRecette: DOCUMENTS / "document_comptable.typ",
        MandatRemboursement: DOCUMENTS / "document_comptable.typ",
    },
    routes=routes,
    migrations=files("collectivite") / "migrations",
)


def main() -> int:
    """The command of the service: `serve` or `migrate`."""
    from fps.kit.app.command import run  # the server is imported by the command only

    return run(DEFINITION)
