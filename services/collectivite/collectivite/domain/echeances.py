"""The days that the town waits for, each under one name."""

from fps.regles.echeances import Nature


class Echeance(Nature):
    """What comes with a day, whatever anybody asks."""

    TRANSMISSION = "transmission", "Le message FPS, gardé par la collectivité, part à l'ANTAI", "CGCT, art. L. 2333-87, II"
    SILENCE_RAPO = "silence-rapo", "Le silence sur le RAPO vaut rejet", "CGCT, art. R. 2333-120-13"
    IMPAYE = "impaye", "Cycle partiel : l'ANTAI reçoit le FPS impayé", "CGCT, art. R. 2333-120-17-2"
    DEFENSE = "defense", "Le délai de la défense est passé : la juridiction peut juger sans elle", "CGCT, art. R. 2333-120-44"
    EXECUTION = "execution", "Dernier jour pour exécuter la décision : ce qui ne l'est pas l'est", "CGCT, art. R. 2333-120-60"
