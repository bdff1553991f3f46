"""Establishing a FPS at the town's door: number, amount and end of effects are computed, each fault is refused with its own words."""

import json
from typing import Any

import httpx
import pytest

from fps.droit.numero import NumeroFps
from tests.parler.ville import Ville

pytestmark = pytest.mark.asyncio(loop_scope="session")
VOITURE = {"immatriculation": "AB-123-CD", "pays": "FR", "marque": "Renault", "categorie": "voiture"}
DEMANDE: dict[str, Any] = {
    "siret": "21590350100017",
    "zone": "rouge",
    "voie": "12 rue de l'Exemple",
    "vehicule": VOITURE,
    "agent": "0072",
    "date_heure_constat": "2026-06-12T10:42:00+02:00",
}


async def etablir(ville: Ville, **champs: Any) -> httpx.Response:
    reponse = await ville.poster("/fps", {**DEMANDE, "vehicule": ville.voiture(), **champs})
    if reponse.status_code == 201:
        ville.plaques[reponse.json()["numero"]] = reponse.json()["vehicule"]["immatriculation"]
    return reponse


async def test_a_fps_gets_its_number_its_amount_and_its_end_of_effects(ville: Ville) -> None:
    fps = (await etablir(ville, montant_deduit=500)).json()
    numero = NumeroFps.lire(fps["numero"])
    assert (numero.autorite, numero.jour, numero.dispositif, numero.ordre) == (1, 163, 72, 1)
    assert (fps["numero"], fps["cle"]) == (str(numero), numero.cle)
    assert (fps["montant"], fps["montant_deduit"], fps["minoration_montant"]) == (3000, 500, 2100)
    assert fps["fin_effets"].startswith("2026-06-12T15:42:00") and fps["mode_notification"] == "antai"


async def test_the_orders_of_an_agent_follow_each_other_and_start_again_each_day_and_for_each_agent(ville: Ville) -> None:
    demandes: list[dict[str, Any]] = [{}, {}, {"agent": "0073"}, {"date_heure_constat": "2026-06-13T10:42:00+02:00"}, {}]
    numeros = [NumeroFps.lire((await etablir(ville, **champs)).json()["numero"]) for champs in demandes]
    assert [(n.jour, n.dispositif, n.ordre) for n in numeros] == [(163, 72, 1), (163, 72, 2), (163, 73, 1), (164, 72, 1), (163, 72, 3)]


async def test_the_day_of_the_number_is_that_of_paris(ville: Ville) -> None:
    fps = (await etablir(ville, date_heure_constat="2026-06-11T22:30:00+00:00")).json()
    assert NumeroFps.lire(fps["numero"]).jour == 163


FAUTES: list[tuple[dict[str, Any], int, str, str]] = [
    ({"siret": "21690123100012"}, 404, "siret-inconnu", "siret"),
    ({"zone": "mauve"}, 404, "hors-bareme", "lieu.zone"),
    ({"vehicule": {**VOITURE, "categorie": "poids-lourd"}}, 404, "hors-bareme", "lieu.zone"),
    ({"date_heure_constat": "2026-06-15T20:00:01+02:00"}, 422, "constat-refuse", "date_heure_constat"),
    ({"date_heure_constat": "2017-12-31T10:42:00+01:00"}, 404, "hors-bareme", "lieu.zone"),
    ({"montant_deduit": 3500}, 422, "constat-refuse", "montant_fps"),
    ({"vehicule": {**VOITURE, "immatriculation": "INCONNU"}}, 422, "constat-refuse", "vehicule.immatriculation"),
    ({"agent": "1000"}, 409, "numero-invalide", "dispositif"),
]


@pytest.mark.parametrize(("champs", "statut", "code", "champ"), FAUTES)
async def test_a_fault_of_the_agent_is_refused_and_takes_no_number(
    champs: dict[str, Any], statut: int, code: str, champ: str, ville: Ville
) -> None:
    answer = await etablir(ville, **champs)
    body = answer.json()
    assert (answer.status_code, body["code"], body["champ"]) == (statut, code, champ)
    assert body["detail"].endswith(".") and body["que_faire"].endswith(".") and body["title"]
    assert (await ville.lire("/fps"))["elements"] == []
    assert NumeroFps.lire((await etablir(ville)).json()["numero"]).ordre == 1


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"champ_de_trop": 1}, "champ_de_trop"),
        ({"siret": "12"}, "siret"),
        ({"agent": "A"}, "agent"),
        ({"vehicule": {"immatriculation": "AB-123-CD"}}, "vehicule.pays"),
        ({"montant_deduit": -1}, "montant_deduit"),
        ({"date_heure_constat": "2026-06-12T10:42:00"}, "date_heure_constat"),
    ],
)
async def test_a_demand_that_does_not_follow_its_schema_names_the_field(champs: dict[str, Any], champ: str, ville: Ville) -> None:
    answer = await etablir(ville, **champs)
    assert (answer.status_code, answer.json()["code"]) == (422, "demande-invalide")
    assert champ in [erreur["champ"] for erreur in answer.json()["erreurs"]]


async def test_the_list_goes_page_by_page_and_by_state(ville: Ville) -> None:
    numeros = [(await etablir(ville)).json()["numero"] for _ in range(5)]
    await etablir(ville, vehicule={**VOITURE, "immatriculation": "ZX-123-AB"})
    await ville.world.pilot.au_calme(ville.bac)
    vus, apres = [], ""
    while True:
        page = await ville.lire("/fps", etat="transmis", limite=2, apres=apres)
        vus += [fps["numero"] for fps in page["elements"]]
        if page["suivant"] is None:
            break
        apres = page["suivant"]
    assert vus == numeros
    assert [fps["motif"] for fps in (await ville.lire("/fps", etat="abandonne"))["elements"]] == ["titulaire-non-identifie"]


async def test_the_towns_show_the_tariffs_of_the_day(ville: Ville) -> None:
    communes = {c["siret"]: c for c in (await ville.world.client.get(ville.url("/communes"))).json()}
    zones = {z["code"]: z["fps"] for z in communes["21750001600019"]["zones"]}
    assert (zones["1"]["voiture"], zones["2"]["deux-roues"]) == (7500, 2500)
    assert communes["21000200200017"]["cycle"] == "partiel"
    assert communes["21000200200017"]["zones"][0]["heures"] == ["00:00-12:00", "14:00-24:00"]
    paris, cholet = communes["21750001600019"]["zones"][0], communes["21490099500017"]["zones"][0]
    assert paris["heures"] == ["09:00-20:00"] and paris["tarifs_par_categorie"]["voiture-lourde"]["360"] == 22500
    assert (cholet["heures"], cholet["minutes_gratuites"]) == (["09:00-12:00", "14:00-19:00"], 30)


AUTRE = {**DEMANDE, "vehicule": {**VOITURE, "immatriculation": "AB-124-CD"}}


async def lot(ville: Ville, *lignes: bytes | dict[str, Any], genre: str = "application/x-ndjson") -> httpx.Response:
    corps = b"\n".join(ligne if isinstance(ligne, bytes) else json.dumps(ligne).encode() for ligne in lignes)
    return await ville.world.client.post(ville.url("/fps/lot"), content=corps, headers={"Content-Type": genre})


async def test_a_lot_answers_line_by_line_and_a_refused_line_stops_no_other_one(ville: Ville) -> None:
    lignes = (await lot(ville, DEMANDE, {**DEMANDE, "zone": "mauve"}, b"{", {**DEMANDE, "agent": "A"}, AUTRE)).text.splitlines()
    resultats = [json.loads(ligne) for ligne in lignes]
    assert [(r["ligne"], r["statut"]) for r in resultats] == [(1, 201), (2, 404), (3, 400), (4, 422), (5, 201)]
    assert [r["probleme"]["code"] for r in resultats[1:4]] == ["hors-bareme", "json-invalide", "demande-invalide"]
    assert [NumeroFps.lire(resultats[i]["reponse"]["numero"]).ordre for i in (0, 4)] == [1, 2]
    vus = (await ville.lire("/fps"))["elements"]
    assert [fps["numero"] for fps in vus] == [resultats[i]["reponse"]["numero"] for i in (0, 4)]
    assert [(fps["montant"], fps["telepaiement"]) for fps in vus] == [(3500, fps["numero"] + fps["cle"]) for fps in vus]


async def test_a_lot_of_a_thousand_fps_is_one_lot_and_one_more_line_is_refused_whole(ville: Ville) -> None:
    plaques = [f"EF-{n % 999 + 1:03d}-G{'AB'[n // 999]}" for n in range(1001)]
    lignes = [{**DEMANDE, "agent": str(72 + n % 2), "vehicule": {**VOITURE, "immatriculation": plaque}} for n, plaque in enumerate(plaques)]
    assert (await lot(ville, *lignes)).json()["code"] == "lot-invalide"
    resultats = [json.loads(ligne) for ligne in (await lot(ville, *lignes[:1000])).text.splitlines()]
    assert {r["statut"] for r in resultats} == {201} and len({r["reponse"]["numero"] for r in resultats}) == 1000


async def test_a_lot_that_is_not_ndjson_or_is_empty_is_refused(ville: Ville) -> None:
    assert (await lot(ville, DEMANDE, genre="application/json")).status_code == 415
    assert (await lot(ville)).json()["code"] == "lot-invalide"


async def test_the_towns_show_their_charges_and_their_subscriptions_of_the_day(ville: Ville) -> None:
    lille = next(c for c in (await ville.world.client.get(ville.url("/communes"))).json() if c["siret"] == DEMANDE["siret"])
    assert lille["zones"][0]["tarifs"]["300"] == lille["zones"][0]["fps"]["voiture"] == 3500
    abonnements = {a["nature"]: a["prix"] for a in lille["abonnements"]}
    assert abonnements == {
        "resident": 2000,
        "professionnel-sante": 18000,
        "faible-emission": 6000,
    }
