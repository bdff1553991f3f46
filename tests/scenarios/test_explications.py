"""Each date and amount that a dossier shows is explained by the service that computed it, and the tree gives it again."""

from datetime import date
from typing import Any

import pytest

from dgfip.api.prises import PriseVue
from fps.droit.explication import Derivation, ecarts
from fps.kit.ground.clock import paris
from fps.parties import Party
from fps_console.commandes.explique import ask, tree
from fps_console.commandes.output import Panne
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.pilote.world import World
from tests.parler.explications import Explications
from tests.parler.explications import champs as champs_de
from tests.scenarios.test_first_life import LILLE, PARIS, Vie, naitre

pytestmark = pytest.mark.asyncio(loop_scope="session")
ANTAI = {
    "montant": "montant",
    "minoration_montant": None,
    "date_envoi": "date_envoi",
    "date_notification": "date_notification",
    "payer_avant_le": "date_limite_paiement",
    "date_limite_rapo": None,
    "minoration_jusqu_au": "minoration_jusqu_au",
    "date_titre": "date_titre",
    "majoration": "majoration",
}
DGFIP = {
    "majoration": "majoration",
    "total_du": "total_du",
    "rabais": "rabais",
    "montant_avec_rabais": None,
    "date_envoi": "date_envoi",
    "date_notification": "date_notification",
    "date_limite_rabais": "date_limite_rabais",
    "date_limite_recours": None,
    "date_prescription": None,
}


def depuis(arbre: dict[str, Any]) -> list[str]:
    """The rules from the field down to the fact that started it."""
    suites = [depuis(o) for o in arbre["origines"].values()]
    return [arbre["regle"].rpartition(".")[2], *max(suites, key=len, default=[])]


@pytest.mark.parametrize("ville", [LILLE, PARIS], ids=["lille", "paris"])
async def test_every_date_and_amount_of_an_unpaid_dossier_is_explained(monde: World, ville: tuple[str, str, int, int]) -> None:
    vie = await naitre(monde, ville)
    await vie.jusqu_au(date(2024, 1, 23))
    for party, chemin, champs in ((Party.ANTAI, "/dossiers", ANTAI), (Party.DGFIP, "/prises-en-charge", DGFIP)):
        vu = await vie.lire(party, f"{chemin}/{vie.numero}")
        for champ, montre in champs.items():
            found = await vie.lire(party, f"{chemin}/{vie.numero}/explication/{champ}")
            assert found["arbre"] is not None and found["arbre"]["valeur"] == found["valeur"], champ
            assert ecarts(Derivation.model_validate(found["arbre"])) == []
            assert montre is None or vu[montre] == found["valeur"]


async def test_the_payment_limit_is_followed_back_to_the_reception_of_the_message(monde: World) -> None:
    vie = await naitre(monde)
    await vie.jusqu_au(date(2023, 10, 5))
    service, found = await ask(monde.pilot, vie.bac, vie.numero, "payer_avant_le")
    assert (service, found["champ"], found["valeur"]) == (Party.ANTAI, "date_limite_paiement", "2024-01-05")
    assert depuis(found["arbre"]) == ["date_limite_paiement", "date_notification_postale", "date_envoi_apa"]
    lines = "\n".join(tree(found["arbre"], 0))
    assert "réception = 28 septembre 2023" in lines and "délai de paiement, en mois : 3" in lines and "= 5 janvier 2024" in lines


async def test_the_dgfip_answers_for_what_antai_does_not_know(monde: World) -> None:
    vie = await naitre(monde)
    await vie.jusqu_au(date(2024, 1, 23))
    service, found = await ask(monde.pilot, vie.bac, vie.numero, "montant_avec_rabais")
    assert (service, found["valeur"]) == (Party.DGFIP, 6800)
    assert depuis(found["arbre"]["origines"]["rabais_accorde"])[0] == "rabais"
    assert depuis(found["arbre"]["origines"]["total"]) == ["total_titre", "majoration"]
    assert "= 68,00\u00a0€" in "\n".join(tree(found["arbre"], 0))


async def test_what_is_not_known_yet_and_what_is_no_field_are_said_so(monde: World) -> None:
    vie = await naitre(monde)
    for champ, dit in (("majoration", "n'existe pas encore"), ("couleur", "n'a pas d'explication")):
        with pytest.raises(Panne, match=dit):
            await ask(monde.pilot, vie.bac, vie.numero, champ)
    assert isinstance(vie, Vie)


async def test_each_refusal_to_explain_has_its_code_and_what_to_do(monde: World) -> None:
    vie = await naitre(monde)
    codes = {}
    for champ in ("majoration", "couleur"):
        url = f"{monde.addresses[Party.ANTAI]}/bacs/{vie.bac}/dossiers/{vie.numero}/explication/{champ}"
        answer = await monde.client.get(url)
        codes[champ] = (answer.status_code, answer.json()["code"])
        assert answer.json()["que_faire"].endswith(".")
    assert codes == {"majoration": (409, "valeur-pas-encore-connue"), "couleur": (404, "champ-inexplique")}


async def test_each_refusal_of_the_pilot_has_its_code(monde: World) -> None:
    pilot, jour = monde.pilot, paris(date(2023, 9, 28))
    await pilot.creer("refus", jour)
    codes = []
    for method, path, body in (
        ("POST", "/bacs", {"nom": "refus", "instant": jour.isoformat()}),
        ("GET", "/bacs/nulle-part", None),
        ("GET", "/bacs/refus/courriers/inconnu", None),
        ("POST", "/bacs/refus/instant", {"instant": paris(date(2023, 9, 1)).isoformat()}),
    ):
        with pytest.raises(PiloteErreur) as refus:
            await pilot._call(Party.ANTAI, method, path, json=body)
        codes.append(refus.value.problem["code"])
    assert codes == ["bac-existant", "bac-inconnu", "courrier-inconnu", "retour-en-arriere"]


async def test_every_date_and_amount_of_the_view_of_a_title_is_explained_through_its_life(monde: World) -> None:
    vie = await naitre(monde)
    await vie.jusqu_au(date(2024, 1, 16))
    explications = Explications(monde, Party.DGFIP, vie.bac, f"/prises-en-charge/{vie.numero}")
    connus = await explications.connus()
    assert set(champs_de(PriseVue)) - {"rang"} <= set(connus)
    for jour in (date(2024, 1, 16), date(2024, 1, 23), date(2024, 2, 24), date(2024, 4, 23), date(2024, 10, 20), date(2024, 11, 19)):
        await vie.jusqu_au(jour)
        vue = await vie.lire(Party.DGFIP, f"/prises-en-charge/{vie.numero}")
        found = await explications.toutes(vue)
        assert all(x["arbre"] or x["fait"] for x in found.values()), jour
        if jour == date(2024, 2, 24):
            assert found["a_payer"]["arbre"]["valeur"] == vue["a_payer"] == 8500
        if jour == date(2024, 4, 23):
            assert depuis(found["relance_le"]["arbre"]) == ["date_relance_titre"]
    assert (vue["etat"], found["a_payer"]["arbre"]["valeur"]) == ("paye", 0)
    assert depuis(found["net_du"]["arbre"]) == ["net_reclame", "majoration"]
