"""ANTAI's service, assembled."""

from importlib.resources import files

from antai.actes import espaces
from antai.api import routes
from antai.deadlines import DEADLINES
from antai.handlers import HANDLERS
from antai.store import RECORDS, cle_constat, cles_constats, cles_paiement, cles_sujet, cles_titres, metadata
from fps.kit.engine.definition import Definition
from fps.messages.annulation import AccuseAnnulation, AccuseImpaye
from fps.messages.avis import AvisPaiement, AvisPaiementRectificatif, EAvisPaiement, RequeteImpression
from fps.messages.information_paiement import EncaissementFps, FpsPaye, FpsPayeMinore, PaiementAnnule, PaiementRejete
from fps.messages.mfps import AccuseFps, CreationFps
from fps.messages.paiement import JustificatifPaiementFps, PaiementFps
from fps.messages.titre import AnnulationTitre, EmissionTitre
from fps.parties import Party

DOCUMENTS = files("antai") / "documents"

DEFINITION = Definition(
    party=Party.ANTAI,
    titre="ANTAI (simulée)",
    metadata=metadata,
    records=RECORDS,
    handlers=HANDLERS,
    deadlines=DEADLINES,
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
    subject_keys=cles_sujet,
    message_keys={
        CreationFps: lambda message: (cle_constat(message.numero_fps),),
        PaiementFps: lambda message: cles_paiement(message.numero_telepaiement),
    },
    deadline_keys={"envoi-apa": cles_constats, "eavis-non-lu": cles_constats, "emission-titre": cles_titres},
    documents={
        AvisPaiement: DOCUMENTS / "avis_paiement.typ",
        AvisPaiementRectificatif: DOCUMENTS / "avis_rectificatif.typ",
        EAvisPaiement: DOCUMENTS / "e_avis_paiement.typ",
        RequeteImpression: DOCUMENTS / "requete_impression.typ",
        JustificatifPaiementFps: DOCUMENTS / "justificatif_fps.typ",
    },
    routes=routes,
    acces=espaces.acces,
    acces_keys=espaces.acces_keys,
    ouverture=espaces.ouverture,
    migrations=files("antai") / "migrations",
)


def main() -> int:
    """The command of the service: `serve` or `migrate`."""
    from fps.kit.app.command import run  # the server is imported by the command only

    return run(DEFINITION)
