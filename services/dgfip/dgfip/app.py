"""The DGFiP's service, assembled."""

from importlib.resources import files

from dgfip.actes.amiable import cles_amiable
from dgfip.actes.annulation import cles_annulation
from dgfip.actes.prise_en_charge import cles_ligne, cles_lignes
from dgfip.api import routes
from dgfip.api.prises import PriseVue
from dgfip.deadlines import DEADLINES
from dgfip.domain.echeances import RECOUVREMENT, Echeance
from dgfip.domain.prise_en_charge import PriseEnCharge
from dgfip.handlers import HANDLERS
from dgfip.releve import RELEVE
from dgfip.store import RECORDS, cles_sujet, metadata
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
        EncaissementFps: cles_amiable,
        EmissionTitre: cles_ligne,
        PaiementTitre: cles_ligne,
        AnnulationTitre: cles_annulation,
    },
    deadline_keys=dict.fromkeys((*RECOUVREMENT, Echeance.REMBOURSEMENT_TITRE), cles_lignes),
    documents={
        Avertissement: DOCUMENTS / "avertissement.typ",
        JustificatifPaiementTitre: DOCUMENTS / "justificatif_titre.typ",
        AvisRemboursementFps: DOCUMENTS / "avis_remboursement_fps.typ",
        AvisRemboursementTitre: DOCUMENTS / "avis_remboursement_titre.typ",
    },
    routes=routes,
    releve=RELEVE,
    vues={PriseEnCharge: PriseVue.voir},
    migrations=files("dgfip") / "migrations",
)


def main() -> int:
    """The command of the service: `serve` or `migrate`."""
    from fps.kit.app.command import run  # the server is imported by the command only

    return run(DEFINITION)
