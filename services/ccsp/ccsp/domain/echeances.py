"""The days that the court plans: one kind each, as the plan of a bac names it; the subject is the petition."""

from enum import StrEnum


class Echeance(StrEnum):
    """What a day may bring."""

    EXAMEN = "examen"
    REGULARISATION = "regularisation"
    DEFENSE = "defense"
    NOTIFICATION = "notification"
    EXECUTION = "execution"
