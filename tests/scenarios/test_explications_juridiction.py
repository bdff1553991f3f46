"""The court explains each date and amount that it shows, by each channel, and the tree gives it again."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from ccsp.api.requetes import RequeteVue
from fps.messages.recours_collectivite import MemoireDefense
from fps.messages.recours_usager import ReponseRegularisation, Requete
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.explications import Explications, calcules, champs, depuis
from tests.parler.greffe import CONTRE_RAPO, PIECE, TROIS, Greffe

pytestmark = pytest.mark.asyncio(loop_scope="session")
FPS = Requete.example["numero_fps"]
# A town of the directory with fewer than 3,500 inhabitants files and is notified by post.
VILLAGE = "21000200200017"
PARTOUT = {"limite_recours", "examen_le", "communiquee_le", "limite_defense"}
JUGEE = {"notifiee_requerant_le", "notifiee_collectivite_le", "limite_pourvoi", "amende_abus_maximum"}


async def expliquees(tribunal: Greffe, numero: str) -> dict[str, dict[str, Any]]:
    """Every explanation of a petition, equal to its view."""
    return await Explications(tribunal.world, Party.CCSP, tribunal.bac, f"/requetes/{numero}").toutes(await tribunal.voir(numero))


async def test_every_date_and_amount_of_the_view_of_a_petition_is_explained(tribunal: Greffe) -> None:
    numero = await tribunal.deposer()
    connus = set(await Explications(tribunal.world, Party.CCSP, tribunal.bac, f"/requetes/{numero}").connus())
    montres = set(champs(RequeteVue))
    assert {
        "decision.amende_abus",
        "decision.frais",
        "decision.rectification_notifiee_le",
        "astreinte_jour",
        "pourvoi_le",
        "date_depot",
    } <= montres and len(montres) == 22
    assert montres - connus == set()


async def test_a_field_that_nobody_explains_would_be_found() -> None:
    @dataclass
    class Dedans:
        frais: int | None

    class Demain(RequeteVue):
        audience_le: date | None
        suite: Dedans | None

    assert set(champs(Demain)) - set(champs(RequeteVue)) == {"audience_le", "suite.frais"}


async def test_a_petition_on_the_portal_is_explained_from_its_filing_to_the_execution(tribunal: Greffe) -> None:
    numero = await tribunal.deposer()
    await tribunal.au(2026, 11, 6)
    found = await expliquees(tribunal, numero)
    assert calcules(found) == PARTOUT
    assert depuis(found["limite_defense"]["arbre"]) == ["date_limite_defense", "date_examen_requete"]
    assert found["date_depot"]["fait"]["article"] == "CGCT, art. R. 2333-120-32 octies"
    await tribunal.au(2026, 12, 7)
    await tribunal.decharger(numero)
    found = await expliquees(tribunal, numero)
    assert calcules(found) == PARTOUT | JUGEE | {"limite_execution"}
    assert found["notifiee_requerant_le"]["arbre"]["entrees"] == {"mise_a_disposition": "2026-12-07", "consultation": None}
    assert depuis(found["limite_execution"]["arbre"]) == ["date_limite_execution", "date_notification_decision"]
    assert depuis(found["limite_pourvoi"]["arbre"]) == ["date_limite_pourvoi", "date_notification_decision"]
    assert (found["decision.fps_decharge"]["valeur"], found["decision.fps_decharge"]["arbre"]) == (3000, None)
    assert found["amende_abus_maximum"]["valeur"] == 200_000
    await tribunal.au(2026, 12, 9)
    await tribunal.poster(f"/requetes/{numero}/consultation", {"partie": "collectivite"})
    found = await expliquees(tribunal, numero)
    assert found["notifiee_collectivite_le"]["arbre"]["entrees"] == {"mise_a_disposition": "2026-12-07", "consultation": "2026-12-09"}
    assert (found["limite_execution"]["valeur"], found["limite_pourvoi"]["valeur"]) == ("2027-03-09", "2027-02-16")
    await tribunal.au(2026, 12, 20)
    await tribunal.poster(f"/requetes/{numero}/pourvoi")
    await tribunal.au(2027, 4, 1)
    await tribunal.poster(f"/requetes/{numero}/execution")
    await tribunal.au(2027, 10, 2)
    await tribunal.poster(f"/requetes/{numero}/astreinte", {"montant_jour": 5000})
    found = await expliquees(tribunal, numero)
    assert (found["phase_juridictionnelle_le"]["valeur"], found["astreinte_jour"]["valeur"]) == ("2027-10-01", 5000)
    assert {"pourvoi_le", "execution_demandee_le", "astreinte_jour"} <= set(found) - calcules(found)


@pytest.mark.parametrize(("canal", "limite"), [("portail", "2026-12-15"), ("courrier", "2026-12-14")])
async def test_the_month_to_put_in_order_runs_from_the_notification_of_its_channel(tribunal: Greffe, canal: str, limite: str) -> None:
    numero = await tribunal.deposer(pieces=[], canal=canal)
    await tribunal.au(2026, 11, 6)
    found = await expliquees(tribunal, numero)
    assert found["limite_regularisation"]["valeur"] == limite
    voie = "date_notification_decision" if canal == "portail" else "date_notification_postale"
    assert depuis(found["limite_regularisation"]["arbre"]) == ["date_limite_regularisation", voie, "date_examen_requete"]
    await tribunal.au(2026, 11, 20)
    await tribunal.envoyer(ReponseRegularisation, numero, pieces=[{**PIECE, "nature": "avertissement"}])
    found = await expliquees(tribunal, numero)
    # In order on the day of the answer: a fact, from which the defence runs.
    assert found["communiquee_le"]["arbre"] is None and depuis(found["limite_defense"]["arbre"]) == ["date_limite_defense"]


async def test_a_fax_is_confirmed_and_read_on_days_that_the_law_gives(tribunal: Greffe) -> None:
    numero = await tribunal.deposer(canal="telecopie")
    found = await expliquees(tribunal, numero)
    assert found["confirmer_avant_le"]["valeur"] == "2026-11-20"
    assert depuis(found["examen_le"]["arbre"]) == ["date_examen_requete", "date_limite_confirmation_telecopie"]


async def test_a_decision_by_post_is_notified_by_the_post_to_both(monde: World) -> None:
    greffe = await Greffe.ouvrir(monde)
    numero = await greffe.deposer(canal="courrier", numero_fps=VILLAGE + "261163072245")
    await greffe.au(2026, 11, 6)
    await greffe.envoyer(MemoireDefense, numero, numero_fps=VILLAGE + "261163072245", siret=VILLAGE, canal="courrier")
    await greffe.juger(numero, "jugement", "rejet", amende_abus=10_000)
    found = await expliquees(greffe, numero)
    for champ in ("notifiee_requerant_le", "notifiee_collectivite_le"):
        assert depuis(found[champ]["arbre"]) == ["date_notification_postale"] and found[champ]["valeur"] == "2026-11-12"
    assert depuis(found["limite_pourvoi"]["arbre"]) == ["date_limite_pourvoi", "date_notification_postale"]
    assert found["decision.amende_abus"]["valeur"] == 10_000 and "limite_execution" not in found


async def test_the_limit_of_the_petition_runs_from_the_decision_on_the_rapo_and_with_the_distance(tribunal: Greffe) -> None:
    numero = await tribunal.deposer(**CONTRE_RAPO, pieces=TROIS, eloignement="outre-mer")
    found = (await expliquees(tribunal, numero))["limite_recours"]
    assert found["valeur"] == "2026-12-21"
    assert found["arbre"]["entrees"] == {"depart": "2026-10-20", "eloignement": "outre-mer"}


async def test_a_fps_answers_for_its_last_petition(tribunal: Greffe) -> None:
    first = await tribunal.deposer(**CONTRE_RAPO, pieces=TROIS)
    last = await tribunal.deposer()
    of_fps = Explications(tribunal.world, Party.CCSP, tribunal.bac, f"/fps/{FPS}")
    found = (await of_fps.demander("limite_recours")).json()
    assert (found["numero"], first < last) == (last, True)
    unknown = Explications(tribunal.world, Party.CCSP, tribunal.bac, f"/fps/{VILLAGE}261163072245")
    answer = await unknown.demander("limite_recours")
    assert (answer.status_code, answer.json()["code"]) == (404, "requete-inconnue")


async def test_a_field_may_be_asked_by_its_last_word_when_no_other_ends_so(tribunal: Greffe) -> None:
    numero = await tribunal.deposer()
    await tribunal.au(2026, 12, 7)
    await tribunal.decharger(numero)
    court = await Explications(tribunal.world, Party.CCSP, tribunal.bac, f"/requetes/{numero}").demander("fps_decharge")
    assert (court.json()["champ"], court.json()["valeur"]) == ("decision.fps_decharge", 3000)
