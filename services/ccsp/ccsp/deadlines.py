"""What the court does on a day that comes, whatever anybody asks: one act a kind of day."""

from ccsp.actes.decision import notifier
from ccsp.actes.execution import saisir_le_juge
from ccsp.actes.instruction import clore_la_defense, clore_la_regularisation, examiner
from ccsp.domain.echeances import Echeance
from fps.kit.engine.definition import Deadline
from fps.regles.echeances import Nature

DEADLINES: dict[Nature, Deadline] = {
    Echeance.EXAMEN: examiner,
    Echeance.REGULARISATION: clore_la_regularisation,
    Echeance.DEFENSE: clore_la_defense,
    Echeance.NOTIFICATION: notifier,
    Echeance.EXECUTION: saisir_le_juge,
}
