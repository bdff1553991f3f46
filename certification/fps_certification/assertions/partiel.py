"""The findings about flow 11: what a town in cycle partiel declares is computed again from its own decisions."""

from collections.abc import Iterator
from datetime import date

from fps.droit.calendar import PARIS
from fps.droit.money import euros
from fps.messages.annulation import FpsImpaye
from fps_certification.assertions.message_fps import _centimes, _instant, _prevu
from fps_certification.assertions.registre import Resultat, assertion, egal
from fps_certification.assertions.suites import aboutis
from fps_certification.observation import Observation


@assertion("impaye/accepte", "Chaque FPS déclaré impayé finit par être accepté.")
def _accepte(vu: Observation) -> Iterator[Resultat]:
    yield from aboutis(vu, FpsImpaye)


@assertion("impaye/montant-du-bareme", "Le montant initial déclaré est celui du barème, moins ce qui avait été payé à l'horodateur.")
def _bareme(vu: Observation) -> Iterator[Resultat]:
    for echange in vu.messages(FpsImpaye):
        dit = echange.donnees or {}
        if (prevu := _prevu(vu, dit)) is not None:
            montant = _centimes(dit, "montant_initial")
            yield Resultat(
                0 < montant <= prevu, echange, f"montant_initial : {euros(prevu)} au plus", f"montant_initial : {euros(montant)}"
            )


@assertion("impaye/numero-jour", "Le numéro déclaré porte l'année et le quantième du constat.")
def _jour(vu: Observation) -> Iterator[Resultat]:
    for echange in vu.messages(FpsImpaye):
        dit = echange.donnees or {}
        if (le := _instant(dit, "date_heure_constat")) is not None:
            jour, numero = le.astimezone(PARIS).date(), str(dit.get("numero_fps"))
            yield egal(echange, "l'année et le quantième", f"{jour:%y} {jour:%j}", f"{numero[14:16]} {numero[17:20]}")


@assertion("impaye/notification-du-pare-brise", "Un avis posé sur le pare-brise est notifié le jour du constat.")
def _notification(vu: Observation) -> Iterator[Resultat]:
    for echange in vu.messages(FpsImpaye):
        dit = echange.donnees or {}
        le = _instant(dit, "date_heure_constat")
        if le is None or dit.get("mode_notification") != "pare-brise":
            continue
        jour: date = le.astimezone(PARIS).date()
        yield egal(echange, "date_notification", jour.isoformat(), dit.get("date_notification"))
