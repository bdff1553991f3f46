"""What ANTAI does on a day that comes, whatever anybody asks: one act a kind of day, and what it loads beside the dossiers."""

from collections.abc import Callable, Iterable
from datetime import date

from antai.actes import avis, decision, paiement, titre
from antai.actes.espace import convention, demande
from antai.domain.echeances import Echeance
from fps.kit.engine.definition import Deadline
from fps.kit.engine.work import Key
from fps.regles.echeances import Nature

DEADLINES: dict[Nature, Deadline] = {
    Echeance.ENVOI_APA: avis.envoyer,
    Echeance.EAVIS_NON_LU: avis.passer_au_papier,
    Echeance.PLI_NON_DISTRIBUE: avis.constater_retour,
    Echeance.NOTIFICATION: avis.notifier,
    Echeance.LIMITE_PAIEMENT: paiement.constater_impaye,
    Echeance.EMISSION_TITRE: titre.emettre,
    Echeance.RELANCE_ANNULATION: decision.relancer,
    Echeance.CONTROLE_ESPACE: demande.controler,
    Echeance.SIGNATURE_CONVENTION: convention.decider,
}

CLES: dict[str, Callable[[list[str], date], Iterable[Key]]] = {
    Echeance.ENVOI_APA: avis.cles_envoi,
    Echeance.EAVIS_NON_LU: avis.cles_envoi,
    Echeance.EMISSION_TITRE: titre.cles_emission,
}
