"""What the DGFiP does with each letter that it receives: one act a message."""

from dgfip.actes.amiable import encaisser_amiable
from dgfip.actes.annulation import annuler
from dgfip.actes.paiement import payer
from dgfip.actes.prise_en_charge import prendre_en_charge
from dgfip.actes.remboursement import ordonner
from fps.kit.engine.definition import Handler
from fps.messages.comptable import MandatRemboursement, TitreAnnulationRecette
from fps.messages.information_paiement import EncaissementFps
from fps.messages.message import MessageClass
from fps.messages.paiement import PaiementTitre
from fps.messages.titre import AnnulationTitre, EmissionTitre

HANDLERS: dict[MessageClass, Handler] = {
    PaiementTitre: payer,
    EncaissementFps: encaisser_amiable,
    TitreAnnulationRecette: ordonner,
    MandatRemboursement: ordonner,
    EmissionTitre: prendre_en_charge,
    AnnulationTitre: annuler,
}
