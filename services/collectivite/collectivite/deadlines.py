"""What the collectivité does on a day that comes, whatever anybody asks."""

from collectivite.actes.paiement import constater_impaye
from collectivite.actes.rapo import se_taire
from collectivite.actes.recours import executer_si_besoin, laisser_sans_defense
from fps.kit.engine.definition import Deadline

DEADLINES: dict[str, Deadline] = {
    "silence-rapo": se_taire,
    "impaye": constater_impaye,
    "defense": laisser_sans_defense,
    "execution": executer_si_besoin,
}
