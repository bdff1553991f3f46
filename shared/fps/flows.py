"""The 16 flows and their messages, in one table: routes, queues, documents, screens and tests are read from it."""

from dataclasses import dataclass

from fps.messages.annulation import AccuseAnnulation, AccuseImpaye, FpsImpaye, InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.avis import AvisPaiement, AvisPaiementRectificatif, EAvisPaiement, RequeteImpression
from fps.messages.avis_collectivite import AvisPaiementCollectivite, AvisRectificatifCollectivite
from fps.messages.comptable import (
    AccuseDocumentComptable,
    AvisRemboursementFps,
    MandatRemboursement,
    RejetDocumentComptable,
    TitreAnnulationRecette,
)
from fps.messages.information_paiement import (
    EncaissementFps,
    FpsPaye,
    FpsPayeMinore,
    PaiementAnnule,
    PaiementRejete,
    TitrePaye,
    TitrePayeCollectivite,
)
from fps.messages.message import MessageClass
from fps.messages.mfps import AccuseFps, AnnulationFps, CreationFps, ModificationFps
from fps.messages.paiement import JustificatifPaiementFps, JustificatifPaiementTitre, PaiementFps, PaiementTitre
from fps.messages.rapo import AccuseReceptionRapo, DecisionRapo, DemandePiecesRapo, DepotRapo, DepotRapoPostal
from fps.messages.recours_collectivite import (
    AccuseDepotMemoire,
    CommunicationRequete,
    DecisionCollectivite,
    DecisionTitre,
    MemoireDefense,
    PieceDefense,
)
from fps.messages.recours_usager import AccuseDepotRequete, DecisionRequerant, DemandeRegularisation, ReponseRegularisation, Requete
from fps.messages.temps import Temps
from fps.messages.titre import AnnulationTitre, Avertissement, AvisRemboursementTitre, EmissionTitre
from fps.parties import Party, Phase


@dataclass(frozen=True, slots=True)
class Flow:
    """One of the 16 official flows; its messages are the project's contract."""

    number: int
    nom: str
    phase: Phase
    messages: tuple[MessageClass, ...]


FLOWS: tuple[Flow, ...] = (
    Flow(1, "Message FPS", Phase.AMIABLE, (CreationFps, ModificationFps, AnnulationFps, AccuseFps)),
    Flow(
        2,
        "Avis de paiement",
        Phase.AMIABLE,
        (
            AvisPaiement,
            AvisPaiementRectificatif,
            EAvisPaiement,
            RequeteImpression,
            AvisPaiementCollectivite,
            AvisRectificatifCollectivite,
        ),
    ),
    Flow(
        3,
        "Recours administratif préalable obligatoire",
        Phase.RAPO,
        (DepotRapo, DepotRapoPostal, AccuseReceptionRapo, DemandePiecesRapo, DecisionRapo),
    ),
    Flow(4, "Paiement", Phase.TOUTES, (PaiementFps, JustificatifPaiementFps, PaiementTitre, JustificatifPaiementTitre)),
    Flow(
        5,
        "Information de paiement",
        Phase.TOUTES,
        (FpsPaye, FpsPayeMinore, PaiementRejete, PaiementAnnule, EncaissementFps, TitrePaye, TitrePayeCollectivite),
    ),
    Flow(
        6,
        "Recours contentieux, côté usager",
        Phase.CONTENTIEUX,
        (Requete, AccuseDepotRequete, DemandeRegularisation, ReponseRegularisation, DecisionRequerant),
    ),
    Flow(
        7,
        "Recours contentieux, côté collectivité",
        Phase.CONTENTIEUX,
        (CommunicationRequete, MemoireDefense, PieceDefense, AccuseDepotMemoire, DecisionCollectivite),
    ),
    Flow(8, "Information d'annulation", Phase.CONTENTIEUX, (InformationAnnulationFps, InformationAnnulationTitre, AccuseAnnulation)),
    Flow(
        9,
        "Document comptable de remboursement",
        Phase.CONTENTIEUX,
        (TitreAnnulationRecette, MandatRemboursement, AccuseDocumentComptable, RejetDocumentComptable),
    ),
    Flow(10, "Remboursement du FPS", Phase.CONTENTIEUX, (AvisRemboursementFps,)),
    Flow(11, "Information sur un FPS impayé", Phase.EXECUTOIRE, (FpsImpaye, AccuseImpaye)),
    Flow(12, "Émission d'un titre exécutoire", Phase.EXECUTOIRE, (EmissionTitre,)),
    Flow(13, "Avertissement", Phase.EXECUTOIRE, (Avertissement,)),
    Flow(14, "Information sur l'annulation d'un titre", Phase.EXECUTOIRE, (DecisionTitre,)),
    Flow(15, "Annulation du titre exécutoire", Phase.EXECUTOIRE, (AnnulationTitre,)),
    Flow(16, "Remboursement du titre exécutoire", Phase.EXECUTOIRE, (AvisRemboursementTitre,)),
)

MESSAGES: tuple[MessageClass, ...] = tuple(message for flow in FLOWS for message in flow.messages)
MACHINERIE: tuple[MessageClass, ...] = (Temps,)  # letters of the simulator itself, which belong to no flow
_BY_TYPE: dict[str, MessageClass] = {message.type: message for message in (*MESSAGES, *MACHINERIE)}
_BY_NUMBER: dict[int, Flow] = {flow.number: flow for flow in FLOWS}


def flow(number: int) -> Flow:
    """The flow of this official number; raises KeyError when there is none."""
    return _BY_NUMBER[number]


def by_type(type_: str) -> MessageClass:
    """The message class of this CloudEvents type; raises KeyError when there is none."""
    return _BY_TYPE[type_]


def received_by(party: Party) -> tuple[MessageClass, ...]:
    """The messages this party receives, answers (accusés) included, in the order of the table."""
    return tuple(message for message in MESSAGES if message.receiver is party)
