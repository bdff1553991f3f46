"""The days that the town waits for, each under one name."""

from enum import StrEnum


class Echeance(StrEnum):
    """What comes with a day, whatever anybody asks."""

    TRANSMISSION = "transmission"
    SILENCE_RAPO = "silence-rapo"
    IMPAYE = "impaye"
    DEFENSE = "defense"
    EXECUTION = "execution"
