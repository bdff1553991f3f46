"""The towns as a bac keeps them: what is written is read back the same, and a day finds the configuration of that day."""

from datetime import date

import pytest

from fps.villes.annuaire import DEPUIS, Annuaire, Version
from fps.villes.catalogue import connues, livrees
from fps.villes.communes import Commune, CommuneInconnue
from fps.villes.defaut import par_defaut

LE = date(2026, 7, 1)


@pytest.mark.parametrize("ville", connues(), ids=lambda ville: ville.nom)
def test_what_a_bac_writes_of_a_town_is_read_back_the_same(ville: Commune) -> None:
    assert Commune.model_validate_json(ville.model_dump_json(by_alias=True)) == ville
    assert Commune.model_validate(ville.model_dump(mode="json", by_alias=True)) == ville


@pytest.mark.parametrize(
    ("jour", "nom"),
    [(date(2017, 12, 31), "avant"), (date(2026, 6, 30), "avant"), (LE, "depuis"), (date(2026, 7, 2), "depuis"), (date(2030, 1, 1), "fin")],
)
def test_a_day_finds_the_configuration_of_that_day_and_the_first_one_before_any(jour: date, nom: str) -> None:
    une = connues()[0]
    versions = [
        Version(d, une.model_copy(update={"nom": n})) for d, n in ((date(2030, 1, 1), "fin"), (date(2018, 1, 1), "avant"), (LE, "depuis"))
    ]
    annuaire = Annuaire.de(versions)
    assert annuaire.commune(une.siret, jour).nom == nom and [ville.nom for ville in annuaire.au(jour)] == [nom]


def test_a_town_of_which_nobody_told_is_the_default_one_and_so_is_one_that_left() -> None:
    siret, sans = connues()[0].siret, livrees().sans(connues()[0].siret)
    assert livrees().connait(siret) and not livrees().commune(siret, LE).par_defaut
    assert not sans.connait(siret) and sans.admet(siret) and sans.commune(siret, LE) == par_defaut(siret)
    assert [*livrees().sans(siret)] == [ville.siret for ville in connues()[1:]]


@pytest.mark.parametrize("siret", ["21590350100018", "2159035010001", "215903501000170", "", "2159035010001x"])
def test_what_is_no_siret_is_nobody(siret: str) -> None:
    assert not livrees().admet(siret) and livrees().chercher(siret, LE) is None
    with pytest.raises(CommuneInconnue):
        livrees().commune(siret, LE)


def test_the_exception_of_la_poste_is_a_siret_too() -> None:
    assert livrees().commune("35600000009075", LE).par_defaut


def test_nobody_may_say_that_an_amount_is_too_high_for_a_town_that_gave_none() -> None:
    """A refund, a message FPS: the amounts of the default configuration are those of nobody (H124)."""
    assert Annuaire().commune("21690123100011", LE).fps_maximum(LE) is None
    assert (livrees().commune("21590350100017", LE).fps_maximum(LE) or 0) > 2500


@pytest.mark.parametrize("ville", connues(), ids=lambda ville: ville.nom)
def test_what_a_party_keeps_of_a_town_is_a_town_without_its_hours_its_prices_and_its_rights(ville: Commune) -> None:
    gardee = ville.sans_la_rue()
    assert Commune.model_validate_json(gardee.model_dump_json(by_alias=True)) == gardee == gardee.sans_la_rue()
    assert (gardee.horaires, gardee.abonnements, gardee.droits, gardee.sources) == ({}, (), (), ())
    assert not any(zone.horaires or zone.tarifs or zone.tarifs_par_categorie or zone.voies or zone.ticket_gratuit for zone in gardee.zones)
    meme = ("siret", "nom", "type", "population", "cycle", "adresse", "contact", "contact_rapo", "territoire", "reductions", "par_defaut")
    assert [getattr(gardee, nom) for nom in meme] == [getattr(ville, nom) for nom in meme]
    assert [(zone.code, zone.fps) for zone in gardee.zones] == [(zone.code, zone.fps) for zone in ville.zones]
    assert gardee.fps_maximum(LE) == ville.fps_maximum(LE)


def test_a_directory_has_one_order_however_its_towns_came() -> None:
    """What was just given and what is read again from its rows list the same."""
    deux = [Version(DEPUIS, Annuaire().commune(siret, LE)) for siret in ("21690123100011", "21000400800012")]
    donne = Annuaire().avec(deux[0]).avec(deux[1])
    assert [*donne] == [*Annuaire().avec(deux[1]).avec(deux[0])] == ["21000400800012", "21690123100011"]
