"""Nobody types a zone: the street and the postcode find it, at the control, for the FPS one by one or by the lot, and for who looks."""

import json
from typing import Any

import pytest

from fps_simulateur.pilote import villes
from tests.flows.test_villes import VAL, donnee
from tests.parler.ville import DEMANDE, LILLE, PARIS, Ville

pytestmark = pytest.mark.asyncio(loop_scope="session")
SANS_ZONE = {nom: valeur for nom, valeur in DEMANDE.items() if nom != "zone"}
CAS: list[tuple[dict[str, Any], str]] = [
    ({"voie": "27 av. de la Maquette"}, "verte"),
    ({"voie": "12 rue de l’Exemple", "code_postal": "59800"}, "rouge"),
    ({"siret": PARIS, "voie": "1 rue de Rivoli", "code_postal": "75001"}, "1"),
    ({"siret": PARIS, "voie": "1 rue de Bercy", "code_postal": "75013"}, "2"),
]
REFUS: list[tuple[dict[str, Any], str]] = [
    ({"voie": "1 rue de Bercy", "code_postal": "75012", "siret": PARIS}, "zone-ambigue"),  # the zone 2 and the woods
    ({"voie": "1 rue de Bercy", "code_postal": "59000", "siret": PARIS}, "zone-introuvable"),
    ({"voie": "1 rue de Bercy"}, "zone-introuvable"),
]


@pytest.mark.parametrize(("lieu", "zone"), CAS)
async def test_the_place_finds_the_zone(lieu: dict[str, Any], zone: str, ville: Ville) -> None:
    siret = lieu.get("siret", LILLE)
    ou = {nom: valeur for nom, valeur in lieu.items() if nom != "siret"}
    assert (await ville.lire(f"/communes/{siret}/zone", **ou))["code"] == zone
    vu = {"siret": siret, "immatriculation": "AB-123-CD", "instant": "2026-06-15T10:00:00+02:00"}
    assert (await ville.agir("/controles", {**vu, **ou}))["zone"] == zone
    sans = {**SANS_ZONE, **lieu, "date_heure_constat": "2026-06-15T10:00:00+02:00"}
    avec = {**sans, "zone": zone, "vehicule": {**DEMANDE["vehicule"], "immatriculation": "AB-999-CD"}}
    fps, attendu = [await ville.agir("/fps", demande) for demande in (sans, avec)]
    assert (fps["lieu"]["zone"], fps["montant"], fps["fin_effets"]) == (zone, attendu["montant"], attendu["fin_effets"])


@pytest.mark.parametrize(("lieu", "code"), REFUS)
async def test_a_place_of_no_zone_or_of_several_is_refused_everywhere(lieu: dict[str, Any], code: str, ville: Ville) -> None:
    siret = lieu.get("siret", LILLE)
    ou = {nom: valeur for nom, valeur in lieu.items() if nom != "siret"}
    assert await ville.refuse("/fps", {**SANS_ZONE, **lieu}) == code
    assert await ville.refuse("/controles", {"siret": siret, "immatriculation": "AB-123-CD", **ou}) == code
    reponse = await ville.world.client.get(ville.url(f"/communes/{siret}/zone"), params=ou)
    assert (reponse.json()["code"], reponse.json()["champ"]) == (code, "zone")
    lot = "\n".join(json.dumps({**SANS_ZONE, **x}) for x in (lieu, CAS[0][0]))
    lignes = await ville.world.client.post(ville.url("/fps/lot"), content=lot, headers={"Content-Type": "application/x-ndjson"})
    refuse, fait = (json.loads(ligne) for ligne in lignes.text.splitlines())
    assert (refuse["probleme"]["code"], fait["reponse"]["lieu"]["zone"]) == (code, "verte")


async def test_an_unknown_town_has_no_zone(ville: Ville) -> None:
    reponse = await ville.world.client.get(ville.url("/communes/21690123100012/zone"), params={"code_postal": "69001"})
    assert (reponse.status_code, reponse.json()["code"]) == (404, "siret-inconnu")


async def test_who_has_a_subscription_gets_no_fps_in_its_zones(ville: Ville) -> None:
    abonne = {"nature": "abonne", "nom": "Abonné", "periode": "mois", "zones": ["centre"], "prix": {"2018-01-01": 4500}}
    brut = donnee()["commune"]["zones"][0]
    zones = [brut, {**brut, "code": "port"}]
    await villes.ajouter(ville.world.pilot, ville.bac, [donnee(zones=zones, abonnements=[abonne])])
    droit = {"siret": VAL.siret, "immatriculation": "AB-123-CD", "nature": "abonne", "depuis": "2026-06-01", "jusqu_au": "2026-06-30"}
    await ville.agir("/stationnements/droits", droit)
    demande = {**SANS_ZONE, "siret": VAL.siret}
    assert await ville.refuse("/fps", {**demande, "zone": "centre"}) == "vehicule-en-regle"
    assert (await ville.agir("/fps", {**demande, "zone": "port"}))["montant"] == 2500
