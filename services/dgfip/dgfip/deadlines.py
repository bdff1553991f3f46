"""What the DGFiP does on a day that comes, whatever anybody asks: one act a kind of day."""

from dgfip.actes.paiement import verser_la_saisie
from dgfip.actes.recouvrement import avertir, prescrire, relancer, saisir
from dgfip.actes.remboursement import rembourser_fps, rembourser_titre
from dgfip.actes.reversement import reverser
from dgfip.domain.echeances import Echeance
from fps.kit.engine.definition import Deadline
from fps.regles.echeances import Nature

DEADLINES: dict[Nature, Deadline] = {
    Echeance.ENVOI_AVERTISSEMENT: avertir,
    Echeance.RELANCE: relancer,
    Echeance.SAISIE: saisir,
    Echeance.VERSEMENT_SAISIE: verser_la_saisie,
    Echeance.PRESCRIPTION: prescrire,
    Echeance.REMBOURSEMENT_TITRE: rembourser_titre,
    Echeance.REMBOURSEMENT_FPS: rembourser_fps,
    Echeance.REVERSEMENT: reverser,
}
