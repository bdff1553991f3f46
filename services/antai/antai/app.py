"""ANTAI's service, assembled."""

from importlib.resources import files

from antai import deadlines, handlers
from antai.actes import dossier
from antai.actes.espace import echange, espace
from antai.api import routes
from antai.api.documents import DOCUMENTS
from antai.api.vues import DossierVu
from antai.domain.dossier import Dossier
from antai.releve import RELEVE
from antai.store.dossiers import reprendre_plaques
from antai.store.tables import RECORDS, metadata
from fps.kit.engine.definition import Definition
from fps.messages.annulation import AccuseAnnulation, AccuseImpaye
from fps.messages.avis import AvisPaiement, AvisPaiementRectificatif, EAvisPaiement, RequeteImpression
from fps.messages.information_paiement import EncaissementFps, FpsPaye, FpsPayeMinore, PaiementAnnule, PaiementRejete
from fps.messages.mfps import AccuseFps
from fps.messages.paiement import JustificatifPaiementFps
from fps.messages.titre import AnnulationTitre, EmissionTitre
from fps.parties import Party

DEFINITION = Definition(
    party=Party.ANTAI,
    titre="ANTAI (simulée)",
    metadata=metadata,
    records=RECORDS,
    handlers=handlers.HANDLERS,
    deadlines=deadlines.DEADLINES,
    emits=frozenset(
        {
            AccuseFps,
            AvisPaiement,
            AvisPaiementRectificatif,
            EAvisPaiement,
            RequeteImpression,
            JustificatifPaiementFps,
            EncaissementFps,
            FpsPaye,
            FpsPayeMinore,
            PaiementRejete,
            PaiementAnnule,
            AccuseAnnulation,
            AccuseImpaye,
            EmissionTitre,
            AnnulationTitre,
        }
    ),
    subject_keys=dossier.cles,
    message_keys=handlers.CLES,
    deadline_keys=deadlines.CLES,
    documents={
        AvisPaiement: DOCUMENTS / "avis_paiement.typ",
        AvisPaiementRectificatif: DOCUMENTS / "avis_rectificatif.typ",
        EAvisPaiement: DOCUMENTS / "e_avis_paiement.typ",
        RequeteImpression: DOCUMENTS / "requete_impression.typ",
        JustificatifPaiementFps: DOCUMENTS / "justificatif_fps.typ",
    },
    routes=routes,
    releve=RELEVE,
    reprise=reprendre_plaques,
    vues={Dossier: DossierVu.voir},
    acces=echange.acces,
    acces_keys=echange.cles,
    ouverture=espace.ouverture,
    migrations=files("antai") / "migrations",
)


def main() -> int:
    """The command of the service: `serve` or `migrate`."""
    from fps.kit.app.command import run  # the server is imported by the command only

    return run(DEFINITION)
