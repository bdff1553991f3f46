"""The court's service, assembled."""

from importlib.resources import files

from ccsp.actes.acces import acces, cles_acces
from ccsp.actes.requete import cles_defense, cles_requete
from ccsp.actes.teletransmission import ouverture
from ccsp.api import routes
from ccsp.deadlines import DEADLINES
from ccsp.handlers import HANDLERS
from ccsp.releve import RELEVE
from ccsp.store import RECORDS, cles_sujet, metadata
from fps.kit.engine.definition import Definition
from fps.messages.recours_collectivite import (
    AccuseDepotMemoire,
    CommunicationRequete,
    DecisionCollectivite,
    DecisionTitre,
    MemoireDefense,
    PieceDefense,
)
from fps.messages.recours_usager import AccuseDepotRequete, DecisionRequerant, DemandeRegularisation, ReponseRegularisation
from fps.parties import Party

DOCUMENTS = files("ccsp") / "documents"

DEFINITION = Definition(
    party=Party.CCSP,
    titre="Juridiction du stationnement payant (simulée)",
    metadata=metadata,
    records=RECORDS,
    handlers=HANDLERS,
    deadlines=DEADLINES,
    emits=frozenset(
        {
            AccuseDepotMemoire,
            AccuseDepotRequete,
            CommunicationRequete,
            DecisionCollectivite,
            DecisionRequerant,
            DecisionTitre,
            DemandeRegularisation,
        }
    ),
    subject_keys=cles_sujet,
    message_keys={ReponseRegularisation: cles_requete, MemoireDefense: cles_defense, PieceDefense: cles_defense},
    documents={
        AccuseDepotRequete: DOCUMENTS / "accuse_depot.typ",
        CommunicationRequete: DOCUMENTS / "communication.typ",
        DecisionRequerant: DOCUMENTS / "decision.typ",
        DemandeRegularisation: DOCUMENTS / "demande_regularisation.typ",
    },
    routes=routes,
    releve=RELEVE,
    acces=acces,
    acces_keys=cles_acces,
    ouverture=ouverture,
    migrations=files("ccsp") / "migrations",
)


def main() -> int:
    """The command of the service: `serve` or `migrate`."""
    from fps.kit.app.command import run  # the server is imported by the command only

    return run(DEFINITION)
