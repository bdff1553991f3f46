"""The days that the court plans: one kind each, as the plan of a bac names it; the subject is the petition."""

from fps.regles.echeances import Nature


class Echeance(Nature):
    """What a day may bring."""

    EXAMEN = "examen", "Le greffe examine la requête", "CGCT, art. R. 2333-120-32 octies"
    REGULARISATION = "regularisation", "Le délai de régularisation est passé", "CGCT, art. R. 2333-120-39"
    DEFENSE = "defense", "Le délai de la défense est passé", "CGCT, art. R. 2333-120-44"
    NOTIFICATION = "notification", "La décision est notifiée aux parties", "CGCT, art. R. 2333-120-60"
    EXECUTION = "execution", "La phase administrative de l'exécution est finie : le juge en est saisi", "CGCT, art. R. 2333-120-74"
