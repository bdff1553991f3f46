"""What ANTAI does with each letter it receives: one act a message, one table; and what each act loads beside the dossier."""

from collections.abc import Callable, Iterable
from typing import Any

from antai.actes import annulation, avis, decision, dossier, paiement, titre
from fps.kit.engine.definition import Handler
from fps.kit.engine.work import Key
from fps.messages.annulation import FpsImpaye, InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.information_paiement import TitrePaye
from fps.messages.message import MessageClass
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps.messages.paiement import PaiementFps
from fps.messages.recours_collectivite import DecisionTitre

HANDLERS: dict[MessageClass, Handler] = {
    CreationFps: dossier.ouvrir,
    ModificationFps: avis.rectifier,
    AnnulationFps: annulation.retirer,
    PaiementFps: paiement.encaisser,
    TitrePaye: titre.suivre_reglement,
    InformationAnnulationFps: annulation.decharger,
    InformationAnnulationTitre: annulation.annuler_titre,
    FpsImpaye: dossier.recevoir_impaye,
    DecisionTitre: decision.recevoir,
}

CLES: dict[MessageClass, Callable[[Any], Iterable[Key]]] = {
    CreationFps: dossier.cles_ouverture,
    PaiementFps: paiement.cles,
}
