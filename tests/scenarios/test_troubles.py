"""The troubles that a product meets: each is provoked by a fault that exists or by a life that is played."""

from fps.kit.boxes.pannes import Genre
from fps_simulateur.langue.modele import catalogue
from fps_simulateur.troubles import troubles


def test_each_trouble_is_provoked_by_something_that_exists_and_says_what_is_expected() -> None:
    tous, vies = troubles(), {vie.vie for vie in catalogue()}
    noms = [un.trouble for un in tous]
    assert len(noms) == len(set(noms)) >= 20
    assert [un.trouble for un in tous if un.panne is not None and un.panne not in set(Genre)] == []
    assert [un.trouble for un in tous if un.vie is not None and un.vie not in vies] == []
    assert all(un.phrase.endswith(".") and un.attendu.endswith(".") and un.article for un in tous)
