"""The last day of a delay, whatever it is the delay of: protected periods, working days, francs before the court."""

from datetime import date

from fps.droit import droit
from fps.droit.calendar import lendemain_franc, reporter, reporter_juridiction
from fps.droit.periodes import proroge


def limite(jour: date, mois: int) -> date:
    """The last day in time of a delay of `mois`, longer when it ends in a protected period; rolled over when the switch is on (H05)."""
    dernier = proroge(jour, mois)
    return reporter(dernier, actif=droit(dernier).report_jour_ouvrable)


def limite_juridiction(depart: date, echeance: date, mois: int) -> date:
    """The last day of a delay before the court that would end on `echeance`: franc, on a working day (hypothesis H114)."""
    loi = droit(depart)
    franc = loi.delais_juridiction_francs
    dernier = lendemain_franc(echeance) if franc else echeance
    recule = proroge(dernier, mois)
    if recule != dernier:
        dernier = lendemain_franc(recule) if franc else recule
    return reporter_juridiction(dernier) if loi.delais_juridiction_jour_ouvrable else dernier
