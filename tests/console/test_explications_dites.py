"""What an explanation says: the amounts in euros, one word for one thing, the article of each rule, none about another."""

import importlib
import inspect
import pkgutil
import re
from datetime import date
from decimal import Decimal
from typing import Any, get_type_hints

from fps.droit import calculs, parametres
from fps.droit.explication import deriver
from fps_console.commandes.explique import shown, tree
from fps_console.mots.champs import CHAMPS

# Integers that are counted; every other one is an amount.
COMPTES = {
    "taux",
    "nombre",
    "reduction_pourcent",
    "delai_annees",
    "delai_mois",
    "delai_jours",
    "delai_ville_jours",
    "envoi_ville_jours",
    "garde_jours",
    "duree_minutes",
}


def regles() -> dict[str, Any]:
    """Every rule of the law and of the four services, by its whole name."""
    trouvees: dict[str, Any] = {}
    for racine in ("fps.droit", "fps.villes", "antai.domain", "dgfip.domain", "ccsp.domain", "collectivite.domain"):
        paquet = importlib.import_module(racine)
        for info in pkgutil.walk_packages(paquet.__path__, f"{racine}."):
            for nom, f in vars(importlib.import_module(info.name)).items():
                if inspect.isfunction(f) and f.__module__ == info.name and "phrase" in vars(f):
                    trouvees[f"{info.name}.{nom}"] = f
    return trouvees


REGLES = regles()


def entiers(f: Any) -> set[str]:
    """The names of the integers that go into a rule."""
    return {
        nom for nom, type_ in get_type_hints(f).items() if nom != "return" and type_ in (int, int | None, int | Decimal, tuple[int, ...])
    }


def test_an_integer_of_an_explanation_is_an_amount_in_euros_unless_it_is_counted() -> None:
    assert len(REGLES) > 50
    noms = {nom for f in REGLES.values() for nom in entiers(f)}
    assert {nom for nom in noms if "€" not in shown(nom, 123)} == noms & COMPTES == COMPTES
    unites = {nom: h.unite for nom, h in parametres().items() if type(h.valeurs[-1].valeur) is int and nom in CHAMPS}
    assert {nom for nom, unite in unites.items() if unite == "centimes"} == {nom for nom in unites if "€" in shown(nom, 123)}


def test_no_line_of_the_tree_of_an_amount_has_a_bare_number() -> None:
    arbre = deriver(lambda: calculs.rabais(23_000, 5_000, date(2026, 10, 23)))
    assert arbre is not None
    lignes = [ligne.strip() for ligne in tree(arbre.model_dump(mode="json"), 0)]
    assert "= 50,00\u00a0€" in lignes and "impayé = 230,00\u00a0€" in lignes
    etape = "→ Retenir au plus le maximum : montant 56,00\u00a0€, maximum 50,00\u00a0€ → 50,00\u00a0€"
    assert any(ligne.startswith(etape) for ligne in lignes)
    assert CHAMPS["plafond"] == "Prix de la durée maximale" and not any("durée maximale" in ligne for ligne in lignes)


def test_each_rule_cites_the_text_that_it_applies() -> None:
    """The nine that public decisions corrected, and those of their kinds."""
    cites = {nom.rpartition(".")[2]: vars(f)["article"] for nom, f in REGLES.items()}
    assert cites["date_notification_avertissement"] == cites["rabais"] == cites["date_limite_rabais"] == "CGPPP, art. L. 2323-7-1"
    assert cites["date_notification_postale"] == "CGCT, art. L. 2333-87, II"
    for nom in ("montant_minore", "date_limite_minoration", "date_limite_minoration_lue", "minore_payable", "solde_minore"):
        assert cites[nom].startswith("Délibération de la collectivité et convention"), nom
    assert "H48" in cites["date_limite_minoration_lue"] and "H26" in cites["date_limite_minoration"]
    assert cites["lendemain_sans_attente"] == "Hypothèse H27"
    assert cites["genre"] == "FAQ du Cerema, remboursement d'un FPS"
    assert cites["date_limite_defense"] == "CGCT, art. R. 2333-120-44" and cites["date_prescription"].startswith("LPF, art. L. 274")
    assert not any(re.search(r"\bH1[01]\b", article) for article in cites.values())


def test_a_rule_whose_figure_rests_on_a_hypothesis_says_which() -> None:
    """In its article, or beside the dated value that it reads: a delay that no text gives is not told as the law."""
    for partiel, attendu in (("complet", []), ("partiel", ["Hypothèse H27"])):
        arbre = deriver(lambda cycle=partiel: calculs.emission_titre_le(date(2026, 10, 5), cycle))  # type: ignore[misc]
        assert arbre is not None and [e.article for e in arbre.etapes if "H27" in e.article] == attendu
