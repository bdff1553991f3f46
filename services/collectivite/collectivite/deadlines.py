"""What the collectivité does on a day that comes, whatever anybody asks."""

from collectivite.actes.paiement import constater_impaye
from collectivite.actes.rapo import se_taire
from collectivite.actes.recours import executer_si_besoin, laisser_sans_defense
from collectivite.actes.transmission.creation import partir
from collectivite.domain.echeances import Echeance
from fps.kit.engine.definition import Deadline
from fps.regles.echeances import Nature

DEADLINES: dict[Nature, Deadline] = {
    Echeance.TRANSMISSION: partir,
    Echeance.SILENCE_RAPO: se_taire,
    Echeance.IMPAYE: constater_impaye,
    Echeance.DEFENSE: laisser_sans_defense,
    Echeance.EXECUTION: executer_si_besoin,
}
