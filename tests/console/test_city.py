"""`fps city`: what is ill asked is told, a run is not mixed with another, its page and its drawings show its figures."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fps.kit.ground.settings import Settings
from fps.villes.catalogue import par_nom
from fps_console.commandes.city import Voulu, _meme_marche, ecart, marche
from fps_console.commandes.city_page import rapport
from fps_console.commandes.output import SPECIMEN, Panne
from fps_console.mots.lexique import ETATS
from fps_simulateur.population.chiffres import comparer, connus
from fps_simulateur.population.parametres import livres

JANVIER, JUIN = date(2024, 1, 1), date(2024, 6, 30)
FOUND: dict[str, Any] = {
    "marche": {"graine": "<42>", "du": "2024-01-01", "au": "2024-06-30"},
    "ville": "Ville de Lille",
    "fps": {
        "etablis": 3,
        "montant": 10_500,
        "paye_amiable": 3_500,
        "etats": {"paye": 1, "transmis": 2},
        "par_mois": {"2024-01": 2, "2024-02": 1},
        "par_jour": {"lundi": 3},
        "par_heure": {"10": 3},
        "par_zone": {"rouge": 3},
        "delais_de_paiement": {"4": 1},
    },
    "rapo": {2024: {"recus": 1, "admis": 0, "rejetes": 1, "irrecevables": 0, "decisions_implicites": 0, "delai_moyen_jours": 4}},
    "titres": {"emis": 1, "etats": {"averti": 1}, "reclame": 8_500, "paye": 0, "par_mois": {"2024-02": 1}},
    "requetes": {"deposees": 0, "etats": {}, "sens": {}},
    "livres": {"soldes": {"antai": {"redevable": 3_500, "creance": -3_500}}, "equilibres": True},
    "lettres": {"ecrites": 9, "mortes": 0, "en_attente": 0},
    "invariants": {"ruptures": 0, "premieres": []},
    "comparaison": comparer({c.nom: None for c in connus()} | {"montant-moyen": 3_500.0}),
}


def voulu(sortie: Path) -> Voulu:
    return Voulu(sortie, False, None, Settings(), True, False, True)


def test_a_town_that_is_not_shipped_is_told_with_the_nearest_one() -> None:
    with pytest.raises(Panne, match="vouliez-vous dire « lille »") as told:
        marche("lile", "42", 10, JANVIER, JUIN, None)
    assert (told.value.statut, told.value.code) == (2, "ville-inconnue")


@pytest.mark.parametrize(("fps", "du", "au"), [(0, JANVIER, JUIN), (10, JUIN, JANVIER), (10, date(2017, 12, 31), JUIN)])
def test_a_run_that_cannot_be_is_refused(fps: int, du: date, au: date) -> None:
    with pytest.raises(Panne) as told:
        marche("lille", "42", fps, du, au, None)
    assert (told.value.statut, told.value.code) == (2, "marche-illisible")


def test_a_town_of_ones_own_is_read_in_its_file(tmp_path: Path) -> None:
    from fps.donnees import ecrire_yaml

    fichier = tmp_path / "bourg.yaml"
    fichier.write_text(ecrire_yaml(par_nom()["bourg"].model_dump(mode="json", by_alias=True)), "utf-8")
    assert marche(str(fichier), "42", 10, JANVIER, JUIN, None).ville.siret == par_nom()["bourg"].siret


def test_a_directory_keeps_one_run_and_names_what_differs(tmp_path: Path) -> None:
    _meme_marche(marche("lille", "42", 10, JANVIER, JUIN, None), voulu(tmp_path))
    _meme_marche(marche("lille", "42", 10, JANVIER, JUIN, None), voulu(tmp_path))
    with pytest.raises(Panne, match=r"une autre marche \(graine, fps\)"):
        _meme_marche(marche("lille", "43", 11, JANVIER, JUIN, None), voulu(tmp_path))
    assert json.loads((tmp_path / "marche.json").read_text("utf-8"))["graine"] == "42"


def test_the_page_shows_every_public_figure_and_every_parameter_with_where_it_is_from() -> None:
    page = rapport(FOUND, livres(), {"mois": ("Par mois", "<svg></svg>")})
    assert page.count(SPECIMEN) == 2 and "<script" not in page and "&lt;42&gt;" in page
    assert all(c["dit"].replace("'", "&#x27;") in page and c["url"] in page for c in FOUND["comparaison"])
    dits = [(theme, nom) for theme, un in livres().model_dump().items() for nom in un]
    assert len(dits) > 30 and all(f"{theme}.{nom}" in page for theme, nom in dits)
    assert "Ils sont équilibrés." in page and "Aucun invariant enfreint." in page
    faux = rapport(FOUND | {"livres": FOUND["livres"] | {"equilibres": False}}, livres(), {})
    assert "Ils ne sont pas équilibrés." in faux
    assert ">payé<" in page and ">avertissement envoyé<" in page and ">paye<" not in page


def test_a_difference_is_told_as_one_reads_it() -> None:
    assert [ecart(None), ecart(0.0), ecart(-0.204), ecart(0.1)] == ["trop court pour le dire", "aucun", "−20 %", "+10 %"]


def test_the_same_figures_give_the_same_drawings(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the drawings are an option of the console (« dessins »)")
    from fps_console.commandes.city_dessins import DESSINS, dessiner

    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    dessins = dessiner(FOUND, tmp_path / "a", ("mois", "issues", "titres"))
    assert dessins == dessiner(FOUND, tmp_path / "b", ("mois", "issues", "titres"))
    assert all(f"<!-- {ETATS[nom]} -->" in dessins["issues"][1] for nom in FOUND["fps"]["etats"])  # each text that it draws
    for nom, (titre, svg) in dessins.items():
        assert titre == DESSINS[nom][0] and svg.startswith("<svg")
        assert (tmp_path / "a" / f"{nom}.svg").read_bytes() == (tmp_path / "b" / f"{nom}.svg").read_bytes()
        assert (tmp_path / "a" / f"{nom}.png").read_bytes()[:4] == b"\x89PNG"
    assert dessiner(FOUND | {"titres": FOUND["titres"] | {"emis": 0}}, tmp_path / "a", ("titres",)) == {}
