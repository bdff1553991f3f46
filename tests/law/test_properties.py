"""Properties of the numbers, the dates and the amounts that hold whatever the values."""

from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fps.droit import droit
from fps.droit.calculs import date_limite_paiement, date_notification_postale, majoration, rabais, repartir_paiement_titre
from fps.droit.calendar import ajouter_mois, instant_paris, jour_ouvrable, jours_francs, paris_date
from fps.droit.money import EcritureDesequilibree, EcritureEquilibree, LigneEcriture, euros, pourcent
from fps.droit.numero import NumeroFps, cle, siret_valide
from fps.villes.catalogue import connues

jours = st.dates(date(2018, 1, 1), date(2060, 12, 31))
montants = st.integers(1, 99_999_999)
numeros = st.text("0123456789", min_size=26, max_size=26)


@given(numeros, st.integers(0, 25), st.integers(1, 9))
def test_the_key_betrays_any_single_wrong_digit(numero: str, rang: int, ecart: int) -> None:
    faux = numero[:rang] + str((int(numero[rang]) + ecart) % 10) + numero[rang + 1 :]
    assert cle(faux) != cle(numero)


@given(numeros, st.integers(0, 24))
def test_the_key_betrays_two_neighbours_exchanged(numero: str, rang: int) -> None:
    faux = numero[:rang] + numero[rang + 1] + numero[rang] + numero[rang + 2 :]
    assert (cle(faux) != cle(numero)) == (numero[rang] != numero[rang + 1])


@given(numeros)
def test_the_key_is_two_digits_below_97(numero: str) -> None:
    assert len(cle(numero)) == 2 and 0 <= int(cle(numero)) < 97


@given(st.sampled_from([c.siret for c in connues()]), jours, st.integers(0, 9), st.integers(0, 999), st.integers(0, 999))
def test_a_number_read_is_the_number_composed(siret: str, jour: date, autorite: int, dispositif: int, ordre: int) -> None:
    numero = NumeroFps.composer(siret, jour, autorite=autorite, dispositif=dispositif, ordre=ordre)
    assert NumeroFps.lire(str(numero)) == numero
    assert NumeroFps.lire(numero.affichage.split("Clé")[0]) == numero
    assert numero.date_etablissement == jour
    assert numero.telepaiement == str(numero) + numero.cle


def test_the_simulated_towns_have_valid_and_distinct_sirets() -> None:
    assert all(siret_valide(commune.siret) for commune in connues())
    assert len({commune.siret for commune in connues()}) == len(connues())


@given(jours, st.integers(0, 60))
def test_a_month_later_keeps_the_day_number_or_ends_the_month(jour: date, nombre: int) -> None:
    apres = ajouter_mois(jour, nombre)
    assert (apres.year * 12 + apres.month) - (jour.year * 12 + jour.month) == nombre
    assert apres.day == jour.day or (apres.day < jour.day and (apres + timedelta(days=1)).day == 1)


@given(jours, jours)
def test_who_is_notified_later_never_pays_earlier(un: date, autre: date) -> None:
    premier, second = sorted((un, autre))
    assert date_limite_paiement(premier) <= date_limite_paiement(second)


@given(jours, st.integers(0, 30))
def test_whole_days_stand_between_the_ends_of_jours_francs(depart: date, nombre: int) -> None:
    entre = [depart + timedelta(days=n) for n in range(1, 60) if depart + timedelta(days=n) < jours_francs(depart, nombre)]
    assert len(entre) == nombre


@given(jours)
def test_a_letter_is_notified_six_days_after_its_date(envoi: date) -> None:
    assert date_notification_postale(envoi) - envoi == timedelta(days=6)


@given(jours)
def test_a_working_day_is_found_within_five_days(jour: date) -> None:
    ouvrable = jour_ouvrable(jour)
    assert jour <= ouvrable <= jour + timedelta(days=5) and ouvrable.weekday() < 5
    assert jour_ouvrable(ouvrable) == ouvrable


@given(jours, st.times().map(lambda t: t.replace(hour=12)))
def test_an_hour_of_paris_is_of_that_day_in_paris(jour: date, heure: time) -> None:
    assert paris_date(instant_paris(jour, heure)) == jour
    assert paris_date(instant_paris(jour)) == jour


def test_an_instant_without_time_zone_has_no_date() -> None:
    with pytest.raises(ValueError, match="fuseau"):
        paris_date(datetime(2026, 6, 12, 10, 42))  # noqa: DTZ001 (the fault is the point)


@given(montants, jours)
def test_the_majoration_is_at_least_50_euros_and_20_per_cent(impaye: int, le: date) -> None:
    due, minimum = majoration(impaye, le), droit(le).majoration_minimum
    assert due >= minimum >= 5000
    assert due == minimum or abs(Fraction(impaye, 5) - due) <= Fraction(1, 2)


@given(montants, jours)
def test_the_rebate_never_exceeds_the_majoration_nor_20_per_cent(impaye: int, le: date) -> None:
    due = majoration(impaye, le)
    remise = rabais(impaye, due, le)
    assert 0 < remise <= due
    assert remise <= Fraction(impaye + due, 5) + Fraction(1, 2)
    assert impaye + due - remise >= impaye, "with the rebate, the collectivité is still paid whole"


@given(st.integers(0, 99_999_999), st.integers(0, 100))
def test_a_rate_gives_the_nearest_centime_half_up(montant: int, taux: int) -> None:
    exact = Fraction(montant * taux, 100)
    ecart = pourcent(montant, taux) - exact
    assert Fraction(-1, 2) < ecart <= Fraction(1, 2)


@given(montants, montants, st.data())
def test_a_payment_is_shared_without_loss(impaye: int, due: int, data: st.DataObject) -> None:
    montant = data.draw(st.integers(0, impaye + due))
    collectivite, etat = repartir_paiement_titre(montant, impaye, due)
    assert collectivite + etat == montant
    assert 0 <= collectivite <= impaye and 0 <= etat <= due
    assert etat == 0 or collectivite == impaye


@given(st.integers(-99_999_999_999, 99_999_999_999))
def test_an_amount_printed_can_be_read_back(centimes: int) -> None:
    texte = euros(centimes)
    assert " " not in texte and texte.endswith("\u00a0€")
    assert int(texte.replace("\u2212", "-").replace("\u202f", "").replace(",", "").removesuffix("\u00a0€")) == centimes


@given(st.lists(montants, min_size=1, max_size=8), st.integers(-5, 5))
def test_an_entry_balances_or_is_refused(debits: list[int], ecart: int) -> None:
    total = sum(debits) + ecart
    if total <= 0:
        return
    lignes = (*(LigneEcriture("d", debit=d) for d in debits), LigneEcriture("c", credit=total))
    if ecart == 0:
        assert len(EcritureEquilibree(date(2026, 6, 12), "essai", lignes).lignes) == len(debits) + 1
    else:
        with pytest.raises(EcritureDesequilibree):
            EcritureEquilibree(date(2026, 6, 12), "essai", lignes)


@pytest.mark.parametrize(("debit", "credit"), [(0, 0), (5, 5), (-1, 0), (0, -1)])
def test_a_line_is_a_debit_or_a_credit(debit: int, credit: int) -> None:
    with pytest.raises(EcritureDesequilibree):
        LigneEcriture("compte", debit=debit, credit=credit)


def test_one_line_is_not_an_entry() -> None:
    with pytest.raises(EcritureDesequilibree):
        EcritureEquilibree(date(2026, 6, 12), "rien", ())
