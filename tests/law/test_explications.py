"""Every rule of the law explains itself, and its explanation gives the same value again."""

import asyncio
import inspect
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antai.domain import sommes as sommes_antai
from collectivite.domain import remboursement, sommes, tarif
from fps.droit import calculs
from fps.droit.calculs import date_limite_paiement, date_notification_postale, fin_effets, majoration, rabais
from fps.droit.explication import Derivation, deriver, ecarts, recalculer, tracer
from tests.villes import commune

jours = st.dates(date(2018, 1, 1), date(2060, 12, 31))
PAR_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    date: jours,
    date | None: jours | st.none(),
    tuple[date, ...]: st.lists(jours, max_size=3).map(tuple),
    str | None: st.sampled_from([None, "America/Martinique", "Indian/Reunion"]),
    int | None: st.integers(1, 1440) | st.none(),
    bool: st.booleans(),
    tuple[int, ...]: st.lists(st.integers(1, 100_000), max_size=5).map(tuple),
    datetime: st.builds(datetime.combine, jours, st.times(), tzinfo=st.just(UTC)),
    int: st.integers(1, 1440),
    calculs.Cycle: st.sampled_from(["complet", "partiel"]),
    calculs.Eloignement: st.sampled_from(["metropole", "outre-mer", "etranger"]),
    tuple[tuple[datetime, datetime], ...]: st.lists(
        st.builds(
            lambda de, minutes: (de, de + timedelta(minutes=minutes)),
            st.datetimes(datetime(2026, 10, 20), datetime(2026, 10, 30), timezones=st.just(UTC)),  # noqa: DTZ001 (given its zone)
            st.integers(1, 900),
        ),
        max_size=3,
    ).map(tuple),
}
# The rules of each module; in the accounting documents and the tariff, the functions that are rules among others.
REGLES: list[Any] = [
    f
    for module in (calculs, sommes, sommes_antai)
    for n, f in vars(module).items()
    if inspect.isfunction(f) and f.__module__ == module.__name__ and not n.startswith("_")
]
REGLES += [remboursement.genre, remboursement.exercice, tarif.bareme]
BAREME = {
    "deliberation": st.just("Délibération simulée"),
    "grille": st.just("Grille simulée"),
    "votes": st.dictionaries(jours, st.integers(1, 30_000)).map(lambda votes: {date(2018, 1, 1): 1700, **votes}),
    "prix": st.dictionaries(jours, st.integers(1, 30_000)),
    "hypotheses": st.sampled_from([None, "H19, H81"]),
    "le": jours,
}


def racine(calcul: Any) -> Derivation:
    derivation = deriver(calcul)
    assert derivation is not None
    return derivation


@pytest.mark.parametrize("fonction", REGLES, ids=lambda f: f.__name__)
@settings(max_examples=25)
@given(donnees=st.data())
def test_every_rule_tells_its_article_and_its_tree_gives_its_value_again(fonction: Any, donnees: st.DataObject) -> None:
    types = {n: t for n, t in get_type_hints(fonction).items() if n != "return"}
    entrees = {n: donnees.draw(BAREME[n] if fonction is tarif.bareme else PAR_TYPE[t]) for n, t in types.items()}
    if fonction is calculs.repartir_paiement_titre:
        entrees["montant"] = min(entrees["montant"], entrees["impaye"])
    derivation = racine(lambda: fonction(**entrees))
    assert derivation.regle == f"{fonction.__module__}.{fonction.__name__}"
    assert derivation.article and derivation.phrase[0].isupper() and not derivation.phrase.endswith(".")
    assert recalculer(derivation) == derivation.valeur and ecarts(derivation) == []
    assert ecarts(Derivation.model_validate_json(derivation.model_dump_json())) == []


def test_a_derivation_follows_its_inputs_to_the_fact_that_started_them() -> None:
    derivation = racine(lambda: date_limite_paiement(date_notification_postale(date(2026, 9, 29))))
    notification = derivation.origines["notification"]
    assert (derivation.valeur, notification.valeur, notification.entrees) == ("2027-01-05", "2026-10-05", {"envoi": "2026-09-29"})
    lus = [(x.nom, x.valeur, x.depuis, x.hypothese) for x in (*notification.lu, *derivation.lu)]
    assert lus[:2] == [
        ("notification_postale_jours_francs", 5, date(2018, 1, 1), "H02"),
        ("delai_paiement_mois", 3, date(2018, 1, 1), None),
    ]
    assert [e.regle for e in derivation.etapes] == ["fps.droit.calendar.ajouter_mois", "fps.droit.calendar.reporter"]


def test_an_amount_names_the_rate_and_the_minimum_that_it_read() -> None:
    derivation = racine(lambda: rabais(23000, majoration(23000, date(2026, 10, 5)), date(2026, 10, 5)))
    assert derivation.valeur == 5000 and derivation.origines["majoration_due"].valeur == 5000
    assert {x.nom for x in derivation.origines["majoration_due"].lu} == {"majoration_pourcent", "majoration_minimum"}
    assert derivation.etapes[0].valeur == 5600


def test_a_tree_that_was_tampered_with_is_betrayed() -> None:
    derivation = racine(lambda: date_limite_paiement(date_notification_postale(date(2026, 9, 29))))
    derivation.origines["notification"].valeur = "2026-10-06"
    assert len(ecarts(derivation)) == 2


def test_a_refused_computation_leaves_the_tracer_ready_for_the_next() -> None:
    with tracer() as carnet:
        with pytest.raises(ValueError, match="reste dû"):
            majoration(0, date(2026, 1, 1))
        assert majoration(1000, date(2026, 1, 1)) == 5000
    assert [n.valeur for n in carnet.racines] == [None, 5000] and carnet.ouvertes == []


async def test_two_tasks_do_not_note_each_other() -> None:
    async def une(jour: date) -> list[Any]:
        with tracer() as carnet:
            date_notification_postale(jour)
            await asyncio.sleep(0)
            date_limite_paiement(jour)
        return [n.entrees for n in carnet.racines]

    a, b = date(2026, 1, 1), date(2027, 1, 1)
    trouves = list(await asyncio.gather(une(a), une(b)))
    assert trouves == [[{"envoi": f"{annee}-01-01"}, {"notification": f"{annee}-01-01"}] for annee in (2026, 2027)]


def test_nothing_is_noted_outside_and_a_fact_has_no_derivation() -> None:
    assert fin_effets(datetime(2026, 6, 12, 10, tzinfo=UTC), 60) == datetime(2026, 6, 12, 11, tzinfo=UTC)
    assert deriver(lambda: 3500) is None


def test_the_tariff_names_its_vote_and_the_charge_that_it_never_exceeds() -> None:
    derivation = racine(lambda: tarif.bareme_de(commune("21590350100017"), "rouge", "voiture", date(2026, 6, 15)))
    lus = {x.nom: (x.valeur, x.depuis, x.reference, x.hypothese) for x in derivation.lu}
    source = (date(2018, 1, 1), "Délibération simulée, Ville de Lille", "H19, H81")
    assert lus == {"bareme": (3500, *source), "plafond": (3500, *source)} and derivation.valeur == 3500
