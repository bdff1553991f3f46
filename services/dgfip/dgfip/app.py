"""The DGFiP's service, assembled."""

from importlib.resources import files

from dgfip.actes.recouvrement import ECHEANCES
from dgfip.api import routes
from dgfip.deadlines import DEADLINES
from dgfip.domain.amiable import EncaissementAmiable
from dgfip.handlers import HANDLERS
from dgfip.releve import RELEVE
from dgfip.store import RECORDS, cle_annulation, cle_ligne, cles_lignes, cles_sujet, metadata
from fps.kit.engine.definition import Definition
from fps.messages.comptable import (
    AccuseDocumentComptable,
    AvisRemboursementFps,
    RejetDocumentComptable,
)
from fps.messages.information_paiement import EncaissementFps, TitrePaye, TitrePayeCollectivite
from fps.messages.paiement import JustificatifPaiementTitre, PaiementTitre
from fps.messages.titre import AnnulationTitre, Avertissement, AvisRemboursementTitre, EmissionTitre
from fps.parties import Party

DOCUMENTS = files("dgfip") / "documents"

DEFINITION = Definition(
    party=Party.DGFIP,
    titre="DGFiP (simulée)",
    metadata=metadata,
    records=RECORDS,
    handlers=HANDLERS,
    deadlines=DEADLINES,
    emits=frozenset(
        {
            AccuseDocumentComptable,
            Avertissement,
            AvisRemboursementFps,
            AvisRemboursementTitre,
            JustificatifPaiementTitre,
            RejetDocumentComptable,
            TitrePaye,
            TitrePayeCollectivite,
        }
    ),
    subject_keys=cles_sujet,
    message_keys={
        EncaissementFps: lambda message: ((EncaissementAmiable, (message.numero_fps,)),),
        EmissionTitre: lambda message: (cle_ligne(message.numero_fps),),
        PaiementTitre: lambda message: (cle_ligne(message.numero_fps),),
        AnnulationTitre: lambda message: (cle_ligne(message.numero_fps), cle_annulation(message)),
    },
    deadline_keys=dict.fromkeys((*ECHEANCES, "remboursement-titre"), cles_lignes),
    documents={
        Avertissement: DOCUMENTS / "avertissement.typ",
        JustificatifPaiementTitre: DOCUMENTS / "justificatif_titre.typ",
        AvisRemboursementFps: DOCUMENTS / "avis_remboursement_fps.typ",
        AvisRemboursementTitre: DOCUMENTS / "avis_remboursement_titre.typ",
    },
    routes=routes,
    releve=RELEVE,
    migrations=files("dgfip") / "migrations",
)


def main() -> int:
    """The command of the service: `serve` or `migrate`."""
    from fps.kit.app.command import run  # the server is imported by the command only

    return run(DEFINITION)
