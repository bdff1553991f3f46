"""An advance tells the letters that were still waiting when it began."""

from datetime import date

import pytest

from fps.kit.ground.clock import paris
from fps.parties import Party
from fps_console.mots import recit
from fps_simulateur.pilote.world import World
from tests.parler.partie import bac_neuf

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_letters_that_waited_are_told(monde: World) -> None:
    bac, jour = await bac_neuf(monde, date(2026, 6, 15)), paris(date(2026, 6, 15))
    vehicule = {"immatriculation": "AB-123-CD", "pays": "FR", "marque": "Renault", "modele": "Clio", "categorie": "voiture"}
    demande = {"siret": "21590350100017", "zone": "rouge", "voie": "12 rue de l'Exemple", "vehicule": vehicule, "agent": "0072"}
    relay = monde.services[Party.COLLECTIVITE].relay
    await relay.stop()
    cree = await monde.client.post(f"{monde.addresses[Party.COLLECTIVITE]}/bacs/{bac}/fps", json=demande)
    assert cree.status_code == 201, cree.text
    relay.start()
    events = await monde.pilot.avancer(bac, jour)
    assert {(e["service"], e["acte"]) for e in events} >= {("antai", "reception"), ("antai", "identification")}
    assert recit.courtes(events) != []  # what « fps advance » shows instead of « Rien n'était dû »
    assert await monde.pilot.avancer(bac, jour) == []
