"""Who is found, and what each will do: drawn from the seed alone, within what the law and the town allow."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from fps.droit.calendar import ajouter_mois
from fps.villes.catalogue import par_nom
from fps_simulateur.langue.actes import ACTES
from fps_simulateur.population.bilan import delai_de_jugement
from fps_simulateur.population.chiffres import comparer, connus
from fps_simulateur.population.conduites import Avis, Conduite
from fps_simulateur.population.marche import Marche
from fps_simulateur.population.parametres import ParametresIllisibles, lire, livres
from fps_simulateur.population.rue import ECART, Constat, Periode, SansHeurePayante

PERIODE = Periode(date(2024, 1, 1), date(2024, 2, 29))
INCOMPLETS = {"taux": 1, "incomplet": 1, "delai_depot": "[1, 5]"}  # everybody contests at once, and nobody sends all that is asked


def marche(ville: str = "paris", graine: str = "42", fps: int = 400, periode: Periode = PERIODE) -> Marche:
    return Marche(par_nom()[ville], graine, fps, periode, livres())


def avis(constat: Constat) -> Avis:
    envoi = constat.jour + timedelta(days=1)
    return Avis(constat.numero, 3500, 2450, envoi, envoi + timedelta(days=6), envoi + timedelta(days=97))


def test_the_same_seed_finds_the_same_vehicles_and_another_seed_others() -> None:
    assert marche().constats() == marche().constats() != marche(graine="43").constats()


def test_every_finding_is_at_a_paying_hour_with_a_number_of_its_own() -> None:
    une = marche()
    found = une.constats()
    assert len({c.numero for c in found}) == len(found) == 400
    assert all(une.ville.heures(c.zone).payant(c.instant) for c in found)
    assert not [c for c in found if c.instant.weekday() == 6]  # Sunday is free in Paris
    assert found == sorted(found, key=lambda c: (c.jour, c.instant))


def test_a_vehicle_comes_back_but_not_while_its_fps_has_effects() -> None:
    plaques: dict[str, list[date]] = {}
    for constat in marche(fps=1_000).constats():
        plaques.setdefault(constat.plaque, []).append(constat.jour)
    assert sum(len(jours) > 1 for jours in plaques.values()) > 30
    assert all((b - a).days >= ECART for jours in plaques.values() for a, b in pairwise(jours))


def test_a_town_without_a_paying_hour_in_the_period_is_told() -> None:
    with pytest.raises(SansHeurePayante, match=r"Ville de Paris : aucune heure n'est payante du 07/01/2024"):
        marche(periode=Periode(date(2024, 1, 7), date(2024, 1, 7))).constats()


def test_what_is_done_of_a_fps_comes_after_it_one_act_a_day_in_the_words_of_the_language() -> None:
    une, actes = marche(fps=2_500), Counter[str]()
    for constat in une.constats():
        gestes = Conduite(constat, avis(constat), une.ville, une.graine, une.parametres).gestes()
        assert all(a.jour < b.jour for a, b in pairwise(gestes)) and all(g.jour > constat.jour for g in gestes)
        actes.update(g.acte for g in gestes)
    assert set(actes) <= set(ACTES)
    attendus = "payer le FPS, payer le titre, déposer un RAPO, déposer un RAPO par lettre, décider le RAPO, rembourser, annuler le FPS"
    attendus += ", lire l'e-avis, demander une remise, décider la remise, saisir la juridiction, défendre, juger"
    assert set(attendus.split(", ")) <= set(actes)


def test_no_decision_on_a_rapo_comes_after_the_month_whose_silence_answers(tmp_path: Path) -> None:
    lus = lire(ecrit(tmp_path, "\n  ".join(("rapo:", *(f"{nom}: {{ valeur: {v}, hypothese: x }}" for nom, v in INCOMPLETS.items())))))
    une, decisions = Marche(par_nom()["paris"], "42", 60, PERIODE, lus), 0
    for constat in une.constats():
        jours = {g.acte.removesuffix(" par lettre"): g.jour for g in Conduite(constat, avis(constat), une.ville, "42", lus).gestes()}
        if decide := jours.get("décider le RAPO"):
            decisions += 1
            assert decide <= ajouter_mois(jours["déposer un RAPO"], 1)
    assert 0 < decisions < 60


def test_no_petition_comes_after_the_month_that_follows_the_decision_on_the_rapo(tmp_path: Path) -> None:
    themes = {"rapo": "{ taux: { valeur: 1, hypothese: x } }", "juridiction": "{ apres_rapo: { valeur: 1, hypothese: x } }"}
    lus, depots = lire(ecrit(tmp_path, "\n".join(f"{theme}: {dits}" for theme, dits in themes.items()))), 0
    une = Marche(par_nom()["paris"], "42", 200, PERIODE, lus)
    for constat in une.constats():
        for geste in Conduite(constat, avis(constat), une.ville, "42", lus).gestes():
            if geste.acte == "saisir la juridiction" and (le := geste.avec.get("date_notification_decision_rapo")):
                depots += 1
                assert geste.jour <= ajouter_mois(date.fromisoformat(le), 1)
    assert depots > 20


def test_the_shares_are_those_of_the_parameters() -> None:
    found = marche(fps=3_000).constats()
    situations, paie = Counter(c.situation for c in found), Counter(c.paie for c in found)
    assert situations["etranger"] / len(found) == pytest.approx(0.047, abs=0.012)
    assert paie["jamais"] / len(found) == pytest.approx(0.42, abs=0.03)


def ecrit(dossier: Path, texte: str) -> Path:
    chemin = dossier / "p.yaml"
    chemin.write_text(texte, "utf-8")
    return chemin


def test_a_file_changes_the_parameters_that_it_names_and_nothing_else(tmp_path: Path) -> None:
    lus = lire(ecrit(tmp_path, "rapo:\n  taux: { valeur: 0.1, hypothese: Un quartier procédurier. }\n"))
    assert lus.rapo.taux.valeur == 0.1 and lus.rapo.issues == livres().rapo.issues
    assert lus.empreinte != livres().empreinte


@pytest.mark.parametrize(
    ("texte", "dit"),
    [
        ("rappo: {}\n", "« rappo » n'est pas un thème ; vouliez-vous dire « rapo » ?"),
        ("rapo: { tau: { valeur: 1 } }\n", "« rapo.tau » n'est pas un paramètre ; vouliez-vous dire « taux » ?"),
        ("rapo: { taux: { valeur: 2, hypothese: x } }\n", "« rapo.taux » : 2 est trop grand"),
        ("rapo: { taux: { valeur: 0.1 } }\n", "« rapo.taux » : donnez ou « source » (publique), ou « hypothese »"),
        ("rapo: { delai_depot: { valeur: [9, 1], hypothese: x } }\n", "le plus court des deux délais vient d'abord"),
        ("rue: { jours: { valeur: { lundi: 0 }, hypothese: x } }\n", "l'un des poids au moins n'est pas nul"),
        ("rapo\n", "des thèmes sont attendus (rue, vehicules,"),
        ("{", "ce n'est pas du YAML"),
    ],
)
def test_a_file_of_parameters_that_is_wrong_is_told_in_french(tmp_path: Path, texte: str, dit: str) -> None:
    with pytest.raises(ParametresIllisibles) as told:
        lire(ecrit(tmp_path, texte))
    assert dit in str(told.value)


def test_a_public_figure_is_compared_with_its_nearest_bound() -> None:
    rapo = next(c for c in connus() if c.nom == "taux-de-rapo")
    assert (rapo.ecart(0.04), rapo.ecart(0.049), round(rapo.ecart(0.098), 6), round(rapo.ecart(0.014), 6)) == (0.0, 0.0, 1.0, -0.5)
    lignes = {c["nom"]: c for c in comparer({c.nom: None for c in connus()} | {"montant-moyen": 3000.0})}
    assert (lignes["montant-moyen"]["reel"], lignes["montant-moyen"]["simule"]) == ("25,00 € à 27,00 €", "30,00 €")
    assert lignes["requetes"]["ecart"] is None and all(c["source"] and c["url"].startswith("http") for c in lignes.values())


def test_a_petition_that_is_not_old_enough_tells_nothing_of_the_delay_of_the_judge() -> None:
    vues = (("2024-01-01", "2025-12-31"), ("2024-01-02", None), ("2024-06-01", "2025-06-01"), ("2024-01-11", "2025-01-10"))
    requetes = [{"date_depot": depot, "decision": le and {"date_decision": le}} for depot, le in vues]
    assert delai_de_jugement(requetes, date(2026, 6, 30)) == (730 + 365) / 2
    assert delai_de_jugement(requetes, date(2026, 3, 1)) is None
